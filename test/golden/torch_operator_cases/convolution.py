"""Convolutions and transposed ones: odd sizes, strides, pads, dilations, groups, inputs without a batch."""

from torch_recorder import inputs, record, weights

SIZES = {1: (9,), 2: (5, 6), 3: (3, 5, 4)}
KERNELS = {1: (3,), 2: (3, 2), 3: (2, 3, 2)}


def cases():
    for axes in (1, 2, 3):
        forward(axes)
        backward(axes)
    record("conv2d", inputs(2, 3, 6, 5), weights(4, 3, 3, 3), weights(4), [1, 1], [1, 1], [1, 1], 1, free=(0, 2))
    record("conv2d", inputs(2, 3, 6, 5), weights(4, 3, 3, 3), weights(4), [2], [1], [1], 1)
    record("conv2d", inputs(2, 3, 6, 5), inputs(4, 3, 3, 3), inputs(4))
    record("conv2d", inputs(2, 3, 6, 5).half(), weights(4, 3, 3, 3, dtype=inputs(1).half().dtype), None, tolerance=3e-2)
    record("conv2d", inputs(2, 3, 6, 5), weights(4, 5, 3, 3), None, refused=True)


def forward(axes):
    name, size, kernel = f"conv{axes}d", SIZES[axes], KERNELS[axes]
    ones = [1] * axes
    x, w, b = lambda c=4: inputs(2 if axes < 3 else 1, c, *size), lambda m=2, c=4: weights(m, c, *kernel), lambda m=2: weights(m)
    record(name, x(), w(), b())
    record(name, x(), w())
    record(name, x(), w(), None, [2] * axes, [1] * axes)
    record(name, x(), w(), b(), [2], [1], [1])
    record(name, x(), w(c=2), b(), ones, [1] * axes, ones, 2)
    record(name, x(), w(4, 1), b(4), ones, [0] * axes, ones, 4)
    record(name, x(), w(), b(), ones, [2] * axes, [2] * axes, 1)
    record(name, x(), w(), b(), list(range(1, axes + 1)), list(range(axes)), ones, 1)
    record(name, x(), w(), b(), ones, "same")
    record(name, x(), w(), b(), ones, "same", [2] * axes)
    record(name, x(), w(), b(), [2] * axes, "valid", ones, 1)
    record(name, inputs(4, *size), w(), b(), free=None)
    record("_convolution_mode", x(), w(), b(), ones, "same", ones, 1)
    record("convolution", x(), w(), b(), [2] * axes, [1] * axes, ones, False, [0] * axes, 1)
    record("_convolution", x(), w(), None, ones, [1] * axes, ones, False, [0] * axes, 1, False, False, True, True)


def backward(axes):
    name, size, kernel = f"conv_transpose{axes}d", SIZES[axes], KERNELS[axes]
    ones = [1] * axes
    x, w = lambda: inputs(2 if axes < 3 else 1, 4, *size), lambda m=1: weights(4, m, *kernel)
    record(name, x(), w(), weights(1))
    record(name, x(), w())
    record(name, x(), w(), weights(1), [2])
    record(name, x(), w(), weights(1), [2] * axes, [1] * axes, [1] * axes)
    record(name, x(), w(1), weights(2), [2] * axes, [0] * axes, [0] * axes, 2)
    record(name, x(), w(), weights(1), ones, [1] * axes, [0] * axes, 1, [2] * axes)
    record(name, x(), w(), weights(1), list(range(2, axes + 2)), [1] + [0] * (axes - 1), [1] + [0] * (axes - 1), 1, ones)
    record(name, inputs(4, *size), w(), weights(1), free=None)
    record("convolution", x(), w(), weights(1), [2] * axes, [1] * axes, ones, True, [1] * axes, 1)
    record("_convolution", x(), w(1), None, [2] * axes, [1] * axes, ones, True, [0] * axes, 4, False, False, True, True)
