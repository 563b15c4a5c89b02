"""Pictures made larger or smaller, or read at given places."""

import torch

from torch_recorder import inputs, record


def cases():
    for name in ("upsample_nearest", "_upsample_nearest_exact"):
        for sizes in ([6, 10], [2, 3], [7, 4], [1, 1]):
            record(f"{name}2d", inputs(2, 2, 3, 5), sizes)
        record(f"{name}2d", inputs(2, 2, 3, 5), None, [2.0, 1.5])
        record(f"{name}1d", inputs(2, 2, 3), [5])
        record(f"{name}3d", inputs(2, 2, 2, 3, 2), [4, 3, 5])
    for aligned in (False, True):
        for sizes in ([6, 10], [2, 3], [7, 4], [3, 5]):
            record("upsample_bilinear2d", inputs(2, 2, 3, 5), sizes, aligned, tolerance=1e-4)
            record("upsample_bicubic2d", inputs(2, 2, 3, 5), sizes, aligned, tolerance=1e-4)
        record("upsample_bilinear2d", inputs(2, 2, 3, 5), None, aligned, [2.0, 1.5], tolerance=1e-4)
        record("upsample_linear1d", inputs(2, 2, 3), [5], aligned, tolerance=1e-4)
        record("upsample_trilinear3d", inputs(1, 2, 2, 3, 2), [4, 3, 5], aligned, tolerance=1e-4)
    record("upsample_bilinear2d", inputs(2, 2, 3, 5), [1, 1], False, tolerance=1e-4)
    record("upsample_bilinear2d", inputs(2, 2, 3, 5), [6, 10], False, 2.0, 2.0, tolerance=1e-4)
    for sizes in ([2, 3], [6, 10], [1, 2]):
        record("_upsample_bilinear2d_aa", inputs(2, 2, 3, 5), sizes, False, tolerance=1e-4)
        record("_upsample_bicubic2d_aa", inputs(2, 2, 5, 7), sizes, False, tolerance=1e-4)
    for factors in ([0.6, 0.45], [1.3, 1.7]):
        size = [int(7 * factors[0]), int(9 * factors[1])]
        record("_upsample_bilinear2d_aa", inputs(2, 2, 7, 9), None, False, factors, free=None, tolerance=1e-4)
        record("_upsample_bicubic2d_aa", inputs(2, 2, 7, 9), None, False, factors, free=None, tolerance=1e-4)
        record("_upsample_bicubic2d_aa", inputs(2, 2, 7, 9), size, False, *factors, free=None, tolerance=1e-4)
    for aligned in (False, True):
        for mode in (0, 1, 2):
            for margin in (0, 1, 2):
                grid = inputs(2, 2, 3, 2, low=-1.2, high=1.2)
                record("grid_sampler", inputs(2, 2, 4, 5), grid, mode, margin, aligned, free=None, tolerance=1e-4)
        record("affine_grid_generator", inputs(2, 2, 3), [2, 1, 3, 4], aligned, free=None, tolerance=1e-4)
