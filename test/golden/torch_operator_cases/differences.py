"""Differences between neighbours."""

import torch

from torch_recorder import inputs, record


def cases():
    record("diff", inputs(2, 5))
    record("diff", inputs(2, 5), 2)
    record("diff", inputs(2, 5, 3), 1, 1)
    record("diff", inputs(4), free=None)
    record("diff", inputs(2, 5, dtype=torch.int64, low=-9, high=9))
    record("diff", inputs(2, 5, dtype=torch.uint8, low=0, high=9))
    record("diff", inputs(2, 5), 1, -1, inputs(2, 1), refused=True)
