"""Diagonals of matrices, and matrices of diagonals."""

import torch

from torch_recorder import inputs, record


def cases():
    record("diagonal", inputs(4, 4), free=None)
    record("diagonal", inputs(3, 5), 2, free=None)
    record("diagonal", inputs(5, 3), -3, free=None)
    record("diagonal", inputs(2, 3, 4), 1, 1, 2)
    record("diagonal", inputs(2, 3, 4), 0, -1, 0, free=(0, 1))
    record("diagonal", inputs(2, 3, 4, dtype=torch.int64, low=-9, high=9), -1, 2, 1)
    record("diagonal_copy", inputs(3, 3), free=None)
    record("diag", inputs(3, 4), free=None)
    record("diag", inputs(3, 4), -1, free=None)
    record("diag", inputs(3), free=None)
    record("diag", inputs(3), 2, free=None)
    record("diag", inputs(3), -1, free=None)
    record("diag_embed", inputs(2, 3))
    record("diag_embed", inputs(2, 3), 1)
    record("diag_embed", inputs(2, 3, dtype=torch.int64, low=-9, high=9), -2)
    record("diag_embed", torch.tensor([[float("inf"), float("nan")]]))
    record("diag_embed", inputs(2, 3), 0, 0, 2, refused=True)
    record("diagonal", inputs(2, 3), 5, refused=True)
