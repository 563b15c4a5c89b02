"""Saves modules whose parameters lie in one storage, with what PyTorch counts of them.

    python3 test/golden/make-torch-shared-weights.py

Writes `torch-shared-weights.json.gz`: of each case the parameters as PyTorch counts them, and in base64 the pickled module, its
state dict, and the state dict of parameters (`keep_vars=True`). Needs torch.
"""
import base64
import gzip
import io
import json
import pathlib
import warnings

import torch
from torch import nn

warnings.filterwarnings("ignore")


def saved(value):
    body = io.BytesIO()
    torch.save(value, body)
    return base64.b64encode(body.getvalue()).decode()


def case(first, second):
    module = nn.ParameterDict({"first": first, "second": second})
    loaded = nn.ParameterDict({"first": first.clone(), "second": first if first is second else second.clone()})
    if first is second:
        loaded["second"] = loaded["first"]
    loaded.load_state_dict(module.state_dict())
    return {
        "parameters": sum(parameter.numel() for parameter in module.parameters()),
        "loaded": sum(parameter.numel() for parameter in loaded.parameters()),
        "module": saved(module),
        "state": saved(module.state_dict()),
        "variables": saved(module.state_dict(keep_vars=True)),
    }


def main():
    whole = nn.Parameter(torch.arange(40.0).reshape(8, 5))
    cases = {
        "tied": case(whole, whole),
        "two parameters of the same elements": case(whole, nn.Parameter(whole.data)),
        "a part": case(whole, nn.Parameter(whole.data[:3])),
        "two parts": case(nn.Parameter(whole.data[:3]), nn.Parameter(whole.data[3:])),
        "the whole transposed": case(whole, nn.Parameter(whole.data.t())),
        "the whole in another shape": case(whole, nn.Parameter(whole.data.view(-1))),
    }
    path = pathlib.Path(__file__).resolve().parent / "torch-shared-weights.json.gz"
    path.write_bytes(gzip.compress(json.dumps(cases).encode(), 9, mtime=0))


main()
