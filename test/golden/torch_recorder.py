"""Calls operators of PyTorch and keeps the calls and their results in a plain encoding.

Arguments: null, true, 3, "text" and lists as they are; floats {"float": "0.5"}; element types {"int": code};
tensors {"dtype", "shape", "data": base64 of the little-endian elements, "constant": true for weights}.
"""

import base64
import gzip
import json

import torch

_found = []
_start = 0


def start():
    """Begins a family."""
    global _start
    _found.clear()
    _start = 0


def inputs(*shape, dtype=torch.float32, low=-2.0, high=2.0):
    """Numbers of both signs with two decimals, other ones at each call; whole ones for whole types, none of them 0."""
    global _start
    _start += 7
    count = int(torch.tensor(shape).prod()) if shape else 1
    ramp = (((torch.arange(count) + _start) * 37) % 101).double() / 101
    values = torch.round((ramp * (high - low) + low) * 100) / 100 + 0.005
    if dtype == torch.bool:
        values = values > 0
    elif not dtype.is_floating_point:
        values = torch.where(values >= 0, torch.floor(values) + 1, torch.floor(values))
    return values.to(dtype).reshape(shape)


class Constant:
    """A tensor that the file holds."""

    def __init__(self, tensor):
        self.tensor = tensor


def weights(*shape, **options):
    """The same as `inputs`, as a constant of the graph."""
    return Constant(inputs(*shape, **options))


def record(operator, *args, free=(0, 0), tolerance=1e-5, refused=False, first=False, **named):
    """Keeps one call of `torch.ops.aten.<operator>`; with `first` only the first of its results counts."""
    given = [_encoded(arg) for arg in args]
    keywords = {key: _encoded(value) for key, value in named.items()}
    case = {"operator": operator, "args": given, "named": keywords}
    if refused:
        _found.append(case | {"refused": True})
        return
    plain = [_plain(arg) for arg in args]
    packet = getattr(torch.ops.aten, operator)
    overload = torch._C._jit_resolve_packet(f"aten::{operator}", *plain, **{key: _plain(value) for key, value in named.items()})
    schema = getattr(packet, overload)._schema
    case |= {"overload": overload, "names": [argument.name for argument in schema.arguments[: len(args)]]}
    result = packet(*plain, **{key: _plain(value) for key, value in named.items()})
    if operator.endswith("_") and not operator.endswith("__"):
        result = plain[0]
    if first:
        result, case = result[0], case | {"first": True}
    _found.append(case | {"free": free, "tolerance": tolerance, "result": _encoded(result)})


def write(path):
    """Ends a family. Gives how many cases and bytes it has."""
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(_found, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return len(_found), path.stat().st_size


def _plain(value):
    if isinstance(value, Constant):
        return value.tensor.clone()
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(item) for item in value)
    return value


SCALAR_TYPES = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64]
CODES = {dtype: code for code, dtype in enumerate(SCALAR_TYPES)} | {torch.bool: 11, torch.bfloat16: 15}


def _encoded(value):
    if isinstance(value, Constant):
        return _tensor(value.tensor) | {"constant": True}
    if isinstance(value, torch.Tensor):
        return _tensor(value)
    if isinstance(value, torch.dtype):
        return {"int": CODES[value]}
    if isinstance(value, float):
        return {"float": str(value)}
    if isinstance(value, tuple):
        return {"tuple": [_encoded(item) for item in value]}
    if isinstance(value, list):
        return [_encoded(item) for item in value]
    return value


def _tensor(tensor):
    flat = tensor.detach().contiguous().reshape(-1)
    raw = flat.view(torch.uint8) if flat.dtype != torch.uint8 else flat
    data = base64.b64encode(bytes(raw.tolist())).decode()
    return {"dtype": str(tensor.dtype).split(".")[-1], "shape": list(tensor.shape), "data": data}
