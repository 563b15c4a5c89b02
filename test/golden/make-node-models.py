"""Writes the node tests of the onnx package (1.12) as node-models.json.gz: each model, and the sizes of its outputs.

The package computes the outputs with numpy. Inputs of few whole numbers become initializers, since shapes, axes and
counts must be known for the sizes to be known. Run: python3 make-node-models.py
"""

import base64
import gzip
import json
import warnings
from pathlib import Path

import numpy

# Names that numpy 1.24 took away and onnx 1.12 still uses.
for name, builtin in {"float": float, "int": int, "bool": bool, "object": object}.items():
    setattr(numpy, name, builtin)

import onnx
import onnx.numpy_helper
from onnx.backend.test.case.node import collect_testcases

TARGET = Path(__file__).parent / "node-models.json.gz"
LARGEST_CONSTANT = 64
# Floating-point inputs that sizes depend on.
SETTINGS = {"scales", "roi"}


def outcome(value):
    """Element type and sizes of a tensor; None for what is no tensor."""
    if isinstance(value, list) or value is None:
        return None
    array = numpy.asarray(value)
    dtype = "string" if array.dtype.kind in "OU" else str(array.dtype)
    return {"dtype": dtype, "shape": list(array.shape)}


def is_setting(info, value):
    if isinstance(value, list) or value is None or not info.type.HasField("tensor_type"):
        return False
    array = numpy.asarray(value)
    return array.size <= LARGEST_CONSTANT and (array.dtype.kind in "iub" or info.name in SETTINGS)


def with_constants(model, values):
    """The model with its small whole-number inputs as initializers."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    kept = []
    for info, value in zip(model.graph.input, values):
        if is_setting(info, value):
            result.graph.initializer.append(onnx.numpy_helper.from_array(numpy.asarray(value).copy(), info.name))
        else:
            kept.append(info)
    del result.graph.input[:]
    result.graph.input.extend(kept)
    return result


def main():
    warnings.filterwarnings("ignore")
    cases = {}
    for case in collect_testcases(None):
        if case.model is None or not case.data_sets:
            continue
        inputs, outputs = case.data_sets[0]
        model = with_constants(case.model, inputs)
        cases[case.name] = {
            "model": base64.b64encode(model.SerializeToString()).decode(),
            "outputs": [outcome(value) for value in outputs],
        }
    text = json.dumps({"onnx": onnx.__version__, "cases": cases}, sort_keys=True)
    TARGET.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{len(cases)} cases, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
