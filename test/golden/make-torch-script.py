"""Writes torch-script/<family>.json.gz: small modules as torch.jit.save writes them, with what PyTorch computes with them.

A family is a file of torch_script_cases/ with a function `cases()`. Each case is a module with its runs; files are kept without the `.debug_pkl` entries, which only serve error messages of
Python. `shapes` are the sizes that a user would state, `refused` is the code of the error that is expected in place of a graph.

To add a case, write a class into the file of its family, name it in its `cases()`, and run this script with the family's name;
the test finds a new family by itself.

Needs torch 2.13. Run: python3 make-torch-script.py [family ...]
"""

import base64
import gzip
import importlib
import io
import json
import os
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import torch

FOLDER = Path(__file__).parent
CASES = FOLDER / "torch_script_cases"
NAMES = {torch.float32: "float32", torch.float64: "float64", torch.int64: "int64", torch.int32: "int32", torch.bool: "bool"}


def archive(module):
    """The file, without what Python alone reads."""
    whole, kept = io.BytesIO(), io.BytesIO()
    torch.jit.save(module, whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            if not name.endswith(".debug_pkl"):
                new.writestr(zipfile.ZipInfo(name), old.read(name))
    return base64.b64encode(kept.getvalue()).decode()


def tensor(value):
    value = value.detach().contiguous()
    data = base64.b64encode(value.numpy().tobytes()).decode()
    return {"dtype": NAMES[value.dtype], "shape": list(value.shape), "data": data}


def outputs(value, path=""):
    """Tensors by the names that the graph gives them."""
    if isinstance(value, torch.Tensor):
        return {path or "output": tensor(value)}
    found = {}
    if isinstance(value, dict):
        for key, item in value.items():
            found.update(outputs(item, f"{path}_{key}" if path else str(key)))
    elif isinstance(value, (list, tuple)):
        fields = getattr(value, "_fields", None)
        for index, item in enumerate(value):
            name = f"{path or 'output'}_{index}" if fields is None else f"{path}_{fields[index]}" if path else fields[index]
            found.update(outputs(item, name))
    return found


def flat(values):
    return [item for value in values for item in (flat(value) if isinstance(value, tuple) else [value])]


def run(module, inputs):
    # A form of an overloaded forward cannot be called by the name of the module once it is loaded.
    forward = module if hasattr(module, "forward") else module.forward__0
    with torch.no_grad():
        return {"inputs": [tensor(value) for value in flat(inputs)], "outputs": outputs(forward(*inputs))}


def write(family):
    written = {}
    for name, (module, runs, more) in importlib.import_module(family).cases().items():
        reference = module if "refused" in more else torch.jit.load(io.BytesIO(base64.b64decode(archive(module)))).eval()
        trainable = sum(weight.numel() for weight in module.parameters() if weight.requires_grad)
        runs = [run(reference, inputs) for inputs in runs]
        written[name] = {"file": archive(module), "trainable": trainable, "runs": runs, **more}
    packed = gzip.compress(json.dumps(written, separators=(",", ":")).encode(), 9, mtime=0)
    (FOLDER / "torch-script" / f"{family}.json.gz").write_bytes(packed)
    print(f"{family}: {len(written)} cases, {len(packed)} bytes")


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # torch.jit writes some names in the order of a set
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    warnings.filterwarnings("ignore")
    sys.path.insert(0, str(CASES))
    families = sys.argv[1:] or sorted(path.stem for path in CASES.glob("*.py"))
    if len(families) == 1:
        write(families[0])
    else:  # names of classes tell what was compiled before: each family begins anew
        for family in families:
            subprocess.run([sys.executable, __file__, family], check=True)
