"""Writes torch-operators/<family>.json.gz: small calls of operators of PyTorch, with what PyTorch gives for each.

A family is a file of torch_operator_cases/ with a function `cases()`. It calls `record` of torch_recorder.py once for each
case, as the operator of `torch.ops.aten` would be called:

    record("linear", inputs(2, 3), weights(4, 3), weights(4))        # weights become constants of the graph
    record("add", inputs(2, 3), 2, alpha=0.5)                        # a Python float is a float, an int an int
    record("relu_", inputs(2, 3))                                    # in place: the first argument after the call is the result
    record("matmul", inputs(3), inputs(3), free=None)                # else axis 0 of the first tensor stays free in a second run
    record("cat", [inputs(2, 3), inputs(1, 3)], 0, free=(0, 1))      # tensor 0, axis 1 stays free
    record("exp", inputs(2).half(), tolerance=2e-3)
    record("max", inputs(2, 3), 1, first=True)                       # of several results only the first counts
    record("rand", [2, 3], refused=True)                             # the rule, or the table, must refuse it by name

To add cases, write them into the file of their family, or a new file, and run this script with its name; the test
test/formats/torch/operators.test.ts finds the new JSON by itself and needs no change.

Needs torch 2.13. Run: python3 make-torch-operators.py [family ...]
"""

import importlib
import sys
from pathlib import Path

import torch_recorder

FOLDER = Path(__file__).parent
CASES = FOLDER / "torch_operator_cases"

if __name__ == "__main__":
    sys.path.insert(0, str(CASES))
    for family in sys.argv[1:] or sorted(path.stem for path in CASES.glob("*.py")):
        torch_recorder.start()
        importlib.import_module(family).cases()
        count, size = torch_recorder.write(FOLDER / "torch-operators" / f"{family}.json.gz")
        print(f"{family}: {count} cases, {size} bytes")
