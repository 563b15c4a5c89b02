"""Writes torch-promotion.json: the element type that PyTorch gives a sum of operands, for all pairs and some triples.

An operand is a type with `[2]` (a tensor with axes) or `[]` (one without), or a number as Python writes it.
Needs torch 2.13. Run: python3 make-torch-promotion.py
"""

import itertools
import json
from pathlib import Path

import torch

TYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]
NUMBERS = {"True": True, "2": 2, "0.5": 0.5}


def operands():
    found = {name: value for name, value in NUMBERS.items()}
    for name in TYPES:
        found[f"{name}[2]"] = torch.ones(2, dtype=getattr(torch, name))
        found[f"{name}[]"] = torch.ones((), dtype=getattr(torch, name))
    return found


def main():
    every = operands()
    result = {}
    for left, right in itertools.product(every, every):
        if left in NUMBERS and right in NUMBERS:
            continue
        dtype = torch.result_type(every[left], every[right])
        result[f"{left} {right}"] = str(dtype).split(".")[-1]
    few = ["int32[2]", "float16[2]", "uint8[2]", "int64[]", "float64[]", "bool[]", "float16[]"]
    for names in itertools.product(few, repeat=3):
        tensors = [every[name] for name in names]
        # Operators of three tensors promote as torch.where does with two, folded by the same state: addcmul tells.
        try:
            dtype = torch.addcmul(*tensors).dtype
        except RuntimeError:
            continue
        result[" ".join(names)] = str(dtype).split(".")[-1]
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in result.items())
    (Path(__file__).parent / "torch-promotion.json").write_text("{\n" + lines + "\n}\n")
    print(len(result), "sums")


main()
