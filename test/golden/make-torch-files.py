"""Saves small PyTorch models and weights in every form that greenbench reads, with what PyTorch finds in them.

    python3 test/golden/make-torch-files.py

Writes the files to `torch-files/` and `torch-files.json`: of each tensor its name, element type, shape and elements, row
by row, in base64; of each model parameters and buffers as PyTorch counts them, and the outputs of one input. Needs torch
and safetensors.
"""
import base64
import io
import json
import pathlib
import pickle
import re
import struct
import tarfile
import warnings
import zipfile

import torch
from safetensors.torch import save_file
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
FILES = HERE / "torch-files"
warnings.filterwarnings("ignore")


class Small(nn.Module):
    """A classifier with tied weights, a frozen one, a constant and attributes of every plain kind."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())
        self.first = nn.Linear(4, 4, bias=False)
        self.second = nn.Linear(4, 4, bias=False)
        self.second.weight = self.first.weight
        self.head = nn.Linear(4, 5)
        self.stem[0].bias.requires_grad_(False)
        self.register_buffer("shift", torch.linspace(0, 1, 5))
        self.scale = 2.0
        self.sizes = [1, 2]
        self.factors = [0.5, 1.5]
        self.table = {"a": 1, "b": 2}
        self.mixed = (1, 2.0, "three")

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        hidden = self.stem(image).mean([2, 3]) * self.scale
        hidden = self.second(torch.tanh(self.first(hidden)))
        return self.head(hidden) + self.shift * self.factors[1] + self.table["b"] + self.sizes[0]


class Structured(nn.Module):
    """Sizes that stay free, a dict and a tuple of outputs, a part without gradients, a number read from a tensor."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(10, 4)
        self.line = nn.Linear(4, 3)
        self.drop = nn.Dropout(0.5)

    def forward(self, ids, image):
        with torch.no_grad():
            ramp = torch.arange(image.shape[1]).float() * 2
        count = ids.shape[0]
        first, second = torch.split(self.words(ids).mean(1), 2, dim=1)
        joined = torch.cat([second, first], 1).reshape(count * 2, 2).reshape(count, -1)
        small = nn.functional.interpolate(image, size=(image.shape[2] // 2, max(image.shape[3], 7)))
        return {"scores": self.drop(self.line(joined)), "rest": (small * ramp[None, :, None, None], joined * count)}


def described(tensor):
    """Element type, shape and elements of a dense tensor."""
    dense = tensor.detach().contiguous()
    content = dense.reshape(-1).view(torch.uint8).numpy().tobytes() if dense.numel() else b""
    name = str(dense.dtype).removeprefix("torch.")
    return {"dtype": name, "shape": list(dense.shape), "elements": base64.b64encode(content).decode()}


def tensors():
    """One tensor of each kind, and several that lie in one storage."""
    whole = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    names = ["float64", "float16", "bfloat16", "int8", "uint8", "int16", "int32", "int64", "bool", "complex64",
             "complex128", "uint16", "uint32", "uint64", "float8_e4m3fn", "float8_e5m2"]
    kinds = {name: whole[:2, :3].clone().to(getattr(torch, name)) for name in names}
    return {
        **kinds, "whole": whole, "transposed": whole.t(), "column": whole[:, 2], "part": whole[1:3, 1:4],
        "every_second": whole[::2, ::3], "expanded": whole[:, :1].expand(4, 3), "scalar": torch.tensor(3.5),
        "empty": torch.zeros(0, 3), "channels_last": torch.arange(48.0).reshape(2, 2, 3, 4).to(memory_format=torch.channels_last),
        "double_column": torch.arange(6).to(torch.complex128).reshape(2, 3).t(), "parameter": nn.Parameter(whole),
    }


def tar_of_2016(state):
    """The layout of PyTorch 0.1.0: a tar file of four pickled streams."""
    bodies = {name: io.BytesIO() for name in ("sys_info", "storages", "tensors", "pickle")}
    write = lambda name, value: pickle.dump(value, bodies[name], protocol=2)
    write("sys_info", {"protocol_version": 1000, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}})
    keys = {}
    for name in ("storages", "tensors"):
        write(name, len(state))
    for number, (name, tensor) in enumerate(state.items()):
        keys[id(tensor)] = 100 + number
        write("storages", (number, "cpu", type(tensor.untyped_storage()) and torch.FloatStorage))
        bodies["storages"].write(struct.pack("<q", tensor.numel()) + tensor.contiguous().numpy().tobytes())
        write("tensors", (100 + number, number, torch.FloatTensor))
        sizes = struct.pack(f"<i4x{tensor.dim()}q{tensor.dim()}qq", tensor.dim(), *tensor.shape, *tensor.stride(), 0)
        bodies["tensors"].write(sizes)
    write("storages", [])

    class Pickler(pickle._Pickler):
        def persistent_id(self, value):
            return str(keys[id(value)]) if isinstance(value, torch.Tensor) else None

    Pickler(bodies["pickle"], protocol=2).dump(dict(state))
    with tarfile.open(FILES / "oldest.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        for name, body in bodies.items():
            entry = tarfile.TarInfo(name)
            entry.size = body.tell()
            archive.addfile(entry, io.BytesIO(body.getvalue()))


def without_paths(path):
    """Writes the archive again without what names folders of this machine: where in which file a line of code stood."""
    with zipfile.ZipFile(path) as archive:
        entries = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in entries:
            if entry.filename.endswith(".debug_pkl"):
                continue
            if "/models/" in entry.filename:
                content = re.sub(rb'"stack_trace": "(\\.|[^"\\])*"', b'"stack_trace": ""', content)
            written = zipfile.ZipInfo(entry.filename)
            written.compress_type = entry.compress_type
            padding = -(archive.fp.tell() + 30 + len(entry.filename) + 4) % 64
            written.extra = b"FB" + struct.pack("<H", padding) + b"Z" * padding
            archive.writestr(written, content)


def main():
    torch.manual_seed(7)
    FILES.mkdir(exist_ok=True)
    model = Small().eval()
    image = torch.linspace(-1, 1, 2 * 3 * 8 * 8).reshape(2, 3, 8, 8)
    torch.jit.save(torch.jit.script(model), FILES / "scripted.pt")
    torch.jit.save(torch.jit.trace(model, image), FILES / "traced.pt")
    torch.save(model, FILES / "module.pt")
    state = model.state_dict()
    torch.save(state, FILES / "state.pth")
    torch.save(state, FILES / "legacy.bin", _use_new_zipfile_serialization=False)
    torch.save({"float": torch.ones(2), "view": torch.ones(6)[2:]}, FILES / "protocol5.pt", pickle_protocol=5)
    optimizer = torch.optim.Adam(model.parameters())
    model(image).sum().backward()
    optimizer.step()
    torch.save({"epoch": 3, "state_dict": {f"module.{name}": value for name, value in state.items()},
                "optimizer": optimizer.state_dict()}, FILES / "checkpoint.pt")
    kinds = tensors()
    torch.save(kinds, FILES / "kinds.pt")
    torch.save({"weight": torch.quantize_per_tensor(torch.ones(2, 3), 0.1, 3, torch.qint8), "bias": torch.ones(3)},
               FILES / "quantized.pt")
    torch.save({"weight": torch.eye(3).to_sparse(), "bias": torch.ones(3)}, FILES / "sparse.pt")
    separate = {name: value.clone() for name, value in state.items()}
    save_file(separate, FILES / "weights.safetensors", metadata={"format": "pt"})
    tar_of_2016({name: value.float() for name, value in separate.items()})
    sizes = torch.export.Dim("batch", min=1, max=64)
    torch.manual_seed(7)
    model = Small().eval()
    program = torch.export.export(model, (image,), dynamic_shapes=({0: sizes},))
    torch.export.save(program, FILES / "program.pt2")
    structured = Structured().eval()
    ids, picture = torch.arange(10).reshape(2, 5) % 10, torch.linspace(0, 1, 2 * 3 * 8 * 10).reshape(2, 3, 8, 10)
    free = {0: torch.export.Dim.AUTO, 2: torch.export.Dim.AUTO, 3: torch.export.Dim.AUTO}
    shapes = ({0: torch.export.Dim.AUTO}, free)
    torch.export.save(torch.export.export(structured, (ids, picture), dynamic_shapes=shapes), FILES / "structured.pt2")
    answer = structured(ids, picture)
    for name in ("structured.pt2", "scripted.pt", "traced.pt", "program.pt2"):
        without_paths(FILES / name)
    (FILES.parent / "torch-files.json").write_text(json.dumps({
        "kinds": {name: described(value) for name, value in kinds.items()},
        "state": {name: described(value) for name, value in model.state_dict().items()},
        "trainable": sum(value.numel() for value in model.parameters() if value.requires_grad),
        "frozen": sum(value.numel() for value in model.parameters() if not value.requires_grad),
        "buffers": sum(value.numel() for value in model.buffers()),
        "input": described(image), "output": described(model(image)),
        "structured": {
            "inputs": {"ids": described(ids), "image": described(picture)},
            "outputs": {"scores": described(answer["scores"]), "rest_0": described(answer["rest"][0]),
                        "rest_1": described(answer["rest"][1])},
        },
    }, indent=1) + "\n")


main()
