"""Whole numbers beyond 2^53, which take all 64 bits."""

from typing import Tuple

import torch
from torch import Tensor, nn


class Wide(nn.Module):
    def __init__(self):
        super().__init__()
        self.seed = 2**60 + 1

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        whole = x.to(torch.int64)
        mixed = whole * 6364136223846793005 + 1442695040888963407
        masked = whole.masked_fill(x > 0, -9223372036854775807)
        filled = torch.full_like(whole, -9223372036854775807)
        return mixed, masked, filled - 1, whole + self.seed, x * -9223372036854775807


class Computed(nn.Module):
    """Numbers of the program that leave 2^53 on the way."""

    def forward(self, x: Tensor) -> Tensor:
        largest = 9223372036854775807
        if x.dim() == 1:
            largest = 3
        below = -largest + x.size(1)
        near = 4503599627370496 * 4 + 1
        same = below == -9223372036854775804 and near == 18014398509481985 and largest > 18014398509481985
        return torch.full([2], below, dtype=torch.int64) + near + int(same)


def cases():
    torch.manual_seed(5)
    rows = lambda count: (torch.tensor([[1.0, -2.0, 3.0]]).repeat(count, 1),)
    shapes = {"shapes": {"": [2, 3]}}
    return {
        "wide, scripted": (torch.jit.script(Wide()), [rows(2)], shapes),
        "wide, traced": (torch.jit.trace(Wide(), rows(1)), [rows(2)], {}),
        "computed, scripted": (torch.jit.script(Computed()), [rows(2)], shapes),
    }
