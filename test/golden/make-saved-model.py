"""Outputs of two SavedModels, computed without TensorFlow: the variables are read from the checkpoint by a reader of this
script's own, and the networks, written down by hand from their graphs, run in PyTorch.

Usage: python3 make-saved-model.py ../../../shared/data/savedmodel > saved-model.json
Made with Python 3, PyTorch 1.13.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return value, at


def entries(block):
    (restarts,) = struct.unpack("<I", block[-4:])
    at, key = 0, b""
    while at < len(block) - 4 - 4 * restarts:
        shared, at = varint(block, at)
        unshared, at = varint(block, at)
        length, at = varint(block, at)
        key = key[:shared] + block[at : at + unshared]
        at += unshared
        yield key.decode(), block[at : at + length]
        at += length


def fields(message):
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        if tag & 7 == 0:
            value, at = varint(message, at)
        elif tag & 7 == 2:
            length, at = varint(message, at)
            value, at = message[at : at + length], at + length
        else:
            value, at = message[at : at + 4], at + 4
        yield tag >> 3, value


def variables(folder):
    index = (folder / "variables/variables.index").read_bytes()
    data = (folder / "variables/variables.data-00000-of-00001").read_bytes()
    _, at = varint(index[-48:], 0)
    _, at = varint(index[-48:], at)
    start, at = varint(index[-48:], at)
    size, _ = varint(index[-48:], at)
    found = {}
    for _, handle in entries(index[start : start + size]):
        offset, at = varint(handle, 0)
        length, _ = varint(handle, at)
        for key, value in entries(index[offset : offset + length]):
            entry = dict(fields(value))
            if key == "" or entry.get(1) != 1:
                continue
            shape = [dict(fields(dim)).get(1, 0) for number, dim in fields(entry.get(2, b"")) if number == 2]
            raw = data[entry.get(4, 0) : entry.get(4, 0) + entry[5]]
            found[key] = torch.from_numpy(np.frombuffer(raw, "<f4").reshape(shape).copy())
    return found


def made_up(*shape):
    """The same values as in the test: a ramp modulo 101, between -1 and 1."""
    count = int(np.prod(shape))
    return torch.tensor([((index * 37) % 101 - 50) / 50 for index in range(count)]).reshape(shape)


def same(x, kernel, stride):
    """SAME padding as TensorFlow's: one more at the end."""
    pads = []
    for size, width in zip(x.shape[:1:-1], kernel[::-1]):
        total = max((-(-size // stride) - 1) * stride + width - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads)


def keyword_spotting(folder):
    """MLPerf Tiny's DS-CNN: a convolution, four times depthwise and pointwise, average, dense."""
    saved = variables(folder)
    layer = lambda number, name: saved[f"layer_with_weights-{number}/{name}/.ATTRIBUTES/VARIABLE_VALUE"]

    def normalized(x, number):
        names = ["moving_mean", "moving_variance", "gamma", "beta"]
        return F.relu(F.batch_norm(x, *(layer(number, name) for name in names), eps=0.001))

    x = made_up(2, 49, 10, 1).permute(0, 3, 1, 2)
    x = F.conv2d(same(x, (10, 4), 2), layer(0, "kernel").permute(3, 2, 0, 1), layer(0, "bias"), 2)
    x = normalized(x, 1)
    for first in (2, 6, 10, 14):
        kernel = layer(first, "depthwise_kernel").permute(2, 3, 0, 1)
        x = normalized(F.conv2d(same(x, (3, 3), 1), kernel, layer(first, "bias"), groups=64), first + 1)
        x = F.conv2d(x, layer(first + 2, "kernel").permute(3, 2, 0, 1), layer(first + 2, "bias"))
        x = normalized(x, first + 3)
    x = F.avg_pool2d(x, (25, 5)).permute(0, 2, 3, 1).flatten(1)
    return torch.softmax(x @ layer(18, "kernel") + layer(18, "bias"), 1)


def cifar(folder):
    """One convolution and one dense layer."""
    saved = variables(folder)
    x = made_up(2, 32, 32, 3).permute(0, 3, 1, 2)
    x = F.relu(F.conv2d(x, saved["Wconv1"].permute(3, 2, 0, 1), saved["bconv1"], 2))
    return x.permute(0, 2, 3, 1).flatten(1) @ saved["W1"] + saved["b1"]


root = Path(sys.argv[1])
cases = {
    "mlcommons__tiny__kws_ref_model": keyword_spotting,
    "dotnet__machinelearning-testdata__cifar_saved_model": cifar,
}
outputs = {name: [round(float(value), 8) for value in make(root / name).flatten()] for name, make in cases.items()}
print(json.dumps(outputs, indent=2))
