"""Shifts of bits, and logarithms of sums."""

import torch

from torch_recorder import inputs, record


def cases():
    whole = lambda *shape, dtype=torch.int64: inputs(*shape, dtype=dtype, low=-90, high=90)
    for name in ("bitwise_left_shift", "bitwise_right_shift", "__lshift__", "__rshift__"):
        for dtype in (torch.int64, torch.int32, torch.int8):
            record(name, whole(2, 5, dtype=dtype), 3)
            record(name, whole(2, 5, dtype=dtype), torch.tensor([0, 1, 2, 3, 4], dtype=dtype))
        record(name, inputs(2, 5, dtype=torch.uint8, low=0, high=255), 2)
    record("bitwise_left_shift", 1, torch.tensor([0, 1, 40]), free=None)
    record("bitwise_right_shift", torch.tensor([-(2**62), 2**62 + 3]), 60)
    record("__lshift__", inputs(2, 3), 2, refused=True)
    record("bitwise_left_shift_", whole(2, 5), 2)
    record("__irshift__", whole(2, 5), 2)
    record("bitwise_left_shift", whole(2, 5), 64, refused=True)
    record("bitwise_right_shift", whole(2, 5), -1, refused=True)
    infinite = torch.tensor([float("inf"), float("-inf"), float("-inf"), 100.0, -100.0])
    for name in ("logaddexp", "logaddexp2"):
        record(name, inputs(2, 5), inputs(5))
        record(name, infinite, torch.tensor([float("inf"), float("-inf"), 1.0, 99.0, 100.0]))
