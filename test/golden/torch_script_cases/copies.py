"""Modules that write in place into what may show the elements of another tensor, or be a copy: how these lie decides."""

from typing import Tuple

import torch
from torch import Tensor, nn


class Reshaped(nn.Module):
    """Axes in another order, parts and repetitions are copied where their elements do not lie one after the other."""

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        y = x.clone()
        turned = y.transpose(1, 2).reshape(x.shape[0], -1)
        turned.add_(1.0)
        part = y[:, :2].flatten()
        part.mul_(2.0)
        wide = y.unsqueeze(1).expand(-1, 2, -1, -1).flatten(1, 2)
        wide.sub_(3.0)
        second = (y.permute(0, 2, 1) * 2.0).flatten(1)
        second.neg_()
        return y, turned, part, wide, second


class Shown(nn.Module):
    """What is left in order, and axes that are taken apart, show the elements."""

    def forward(self, x: Tensor) -> Tensor:
        y = x.clone()
        y[:, 1].flatten(1).add_(1.0)
        y[:, :2].reshape(x.shape[0], 2, 2, 2).mul_(2.0)
        y[:, :, 1].reshape(-1, 3).sub_(3.0)
        y.transpose(0, 1).reshape(3, -1, 2, 2).neg_()
        y.unsqueeze(0).reshape(-1).add_(4.0)
        return y


class Contiguous(nn.Module):
    """What lies row after row is its own contiguous tensor."""

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        y = x.clone()
        y.contiguous().add_(1.0)
        y[0].contiguous().mul_(2.0)
        turned = y.transpose(1, 2).contiguous()
        turned.view(-1, 3).contiguous().neg_()
        part = y[:, :1].contiguous()
        part.zero_()
        if y.transpose(1, 2).is_contiguous():
            y = y + 100.0
        back = y.transpose(1, 2).transpose(1, 2).contiguous()
        back.add_(5.0)
        return y, turned, part, back


class Flattened(nn.Module):
    """A layer that flattens and one that writes in place, behind axes in another order."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.ReLU(inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        y = x.transpose(1, 2)
        return self.layers(y).sum(1) + y.sum((1, 2))


class Diagonals(nn.Module):
    """A diagonal shows the elements of its matrices."""

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        y = x.clone()
        y.diagonal(dim1=1, dim2=2).zero_()
        above = y.diagonal(1, 2, 1)
        y.mul_(2.0)
        above[:, 0] += 5.0
        y.diagonal(-1, 1, 2).neg_()
        return y, above


def cases():
    torch.manual_seed(5)
    maps = lambda n: (torch.randn(n, 3, 4),)
    found = {}
    for module in (Reshaped().eval(), Shown().eval(), Contiguous().eval(), Flattened().eval(), Diagonals().eval()):
        name = type(module).__name__.lower()
        scripted, traced = torch.jit.script(module), torch.jit.trace(module, maps(2), check_trace=False)
        found[f"{name} in place, scripted"] = (scripted, [maps(2), maps(3)], {"shapes": {"": [2, 3, 4]}})
        found[f"{name} in place, traced"] = (traced, [maps(2), maps(3)], {})
    return found
