"""Poolings over windows and to a size: odd sizes, strides, pads, dilations, windows that reach over the edge."""

import torch

from torch_recorder import inputs, record

SIZES = {1: (11,), 2: (8, 9), 3: (4, 5, 6)}


def cases():
    for axes in (1, 2, 3):
        windows(axes)
        adaptive(axes)
    for size in (5, 6, 7, 8, 9):
        for kernel, stride, pad in [(2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 3, 1), (2, 3, 0), (2, 3, 1), (1, 2, 0), (5, 4, 2), (4, 3, 2)]:
            record("max_pool1d", inputs(1, 2, size), kernel, stride, pad, 1, True)
            record("avg_pool2d", inputs(1, 1, size, 7), [kernel, 3], [stride, 2], [pad, 1], True, size % 2 == 0)
            if size <= 7:
                record("avg_pool1d", inputs(1, 2, size), kernel, stride, pad, True, True)
                record("avg_pool1d", inputs(1, 2, size), kernel, stride, pad, True, False)
                record("avg_pool2d", inputs(1, 1, size, 6), kernel, stride, pad, True, True, 5)
    for counted in (True, False):
        record("avg_pool2d", inputs(2, 3, 8, 9), 2, 3, 1, True, counted)
        record("avg_pool2d", inputs(2, 3, 8, 9), 2, 2, 1, True, counted)
        record("avg_pool3d", inputs(1, 2, 9, 8, 7), 2, 3, 1, True, counted)
    record("avg_pool2d", inputs(2, 3, 9, 9), 3, 2, 0, True, free=(0, 2))
    record("max_pool2d", inputs(2, 3, 9, 9), 3, 2, 0, 1, True, free=(0, 2))
    record("max_pool2d", inputs(2, 3, 9, 9), 3, 2, 1, free=(0, 3))
    record("avg_pool2d", inputs(2, 3, 9, 9), 3, 2, 1, False, False, free=(0, 2))
    record("adaptive_avg_pool2d", inputs(2, 3, 9, 9), [1, 1], free=(0, 2))
    record("adaptive_avg_pool2d", inputs(2, 3, 9, 8), [1, 4], free=(0, 2))
    places = torch.tensor([[[0, 3], [8, 10]], [[5, 6], [9, 15]]])
    record("max_unpool2d", inputs(2, 2, 2), places, [4, 4], free=None)
    record("max_unpool2d", inputs(2, 2, 2, 2), torch.stack([places, places.flip(0)]), [4, 4])
    record("max_unpool3d", inputs(2, 1, 2, 2, 1), torch.tensor([0, 7, 9, 23, 1, 2, 11, 22]).reshape(2, 1, 2, 2, 1), [4, 3, 2], [2, 2, 2], [0, 0, 0])
    record("fractional_max_pool2d", inputs(2, 3, 9, 9), [2, 2], [4, 4], inputs(2, 3, 2), refused=True)


def windows(axes):
    size, ones = SIZES[axes], [1] * axes
    x = lambda: inputs(2, 1, *size)
    for name in (f"max_pool{axes}d", f"max_pool{axes}d_with_indices"):
        record(name, x(), 3)
        record(name, x(), [2] * axes)
        record(name, x(), [3] * axes, [], [1] * axes, ones, False)
        record(name, x(), [3] * axes, [2] * axes, [1] * axes, ones, False)
        record(name, x(), [2] * axes, ones, [0] * axes, [2] * axes, False)
        record(name, x(), [2] * axes, [2] * axes, [1] * axes, [2] * axes, True)
        record(name, x(), [3] * axes, [2] * axes, [0] * axes, ones, True)
        record(name, x(), list(range(2, axes + 2)), list(range(1, axes + 1)), ones, ones, False)
        record(name, inputs(2, *size), 2, free=None)
    name = f"avg_pool{axes}d"
    record(name, x(), 3)
    record(name, x(), [2] * axes, [], 1)
    record(name, x(), [3] * axes, [2] * axes, [1] * axes)
    record(name, x(), [3] * axes, [2] * axes, [1] * axes, False, False)
    record(name, x(), [3] * axes, [2] * axes, [1] * axes, True, True)
    record(name, x(), [3] * axes, [2] * axes, [1] * axes, True, False)
    record(name, inputs(2, *size), 2, free=None)
    if axes > 1:
        record(name, x(), [3] * axes, [2] * axes, [1] * axes, False, True, 7)
        record(name, x(), [3] * axes, [2] * axes, [0] * axes, False, False, 2)


def adaptive(axes):
    size = SIZES[axes]
    x = lambda *sizes: inputs(2, 1, *(sizes or size))
    for wanted in (1, 2, 3, 4, 7):
        record(f"adaptive_avg_pool{axes}d", x(), [wanted] * axes)
        record(f"adaptive_max_pool{axes}d", x(), [wanted] * axes)
    record(f"adaptive_avg_pool{axes}d", x(*[6] * axes), [3] * axes)
    record(f"adaptive_max_pool{axes}d", x(*[6] * axes), [2] * axes)
    record(f"adaptive_avg_pool{axes}d", x(*[6] * axes), [6] * axes)
    record(f"adaptive_avg_pool{axes}d", inputs(2, *size), [2] * axes, free=None)
    record(f"adaptive_max_pool{axes}d", inputs(2, *size), [3] * axes, free=None)
    record(f"adaptive_max_pool{axes}d", x(), [1] * axes, free=(0, 2))
    if axes > 1:
        record(f"adaptive_avg_pool{axes}d", x(), [1] + [3] * (axes - 1))
        record(f"adaptive_avg_pool{axes}d", x(), [size[0]] + [1] * (axes - 1))
        record(f"_adaptive_avg_pool{axes}d", x(), [1] * axes)
