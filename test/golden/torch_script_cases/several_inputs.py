"""Modules with several inputs, whose first axes are not all the batch."""

import torch
from torch import Tensor, nn
from typing import Tuple


class OpenBags(nn.Module):
    """One row of tokens, and where each bag starts in it."""

    def __init__(self):
        super().__init__()
        self.bag = nn.EmbeddingBag(20, 4, mode="mean")

    def forward(self, tokens: Tensor, offsets: Tensor) -> Tensor:
        return self.bag(tokens, offsets)


class Picked(nn.Module):
    """Rows of a table by number: there are as many as numbers."""

    def forward(self, x: Tensor, places: Tensor) -> Tuple[Tensor, Tensor]:
        return x[places], x[:, places] + 1


class CrossAttention(nn.Module):
    """Steps first: keys and values are as many, queries others."""

    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, kdim=4, vdim=6)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tuple[Tensor, Tensor]:
        return self.attention(query, key, value)


class States(nn.Module):
    """Samples are first in the sequences and second in the states."""

    def __init__(self, kind):
        super().__init__()
        self.layer = kind(3, 4, 2, batch_first=True)


class LongStates(States):
    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        y, (h, c) = self.layer(x, (h, c))
        return y, h, c


class GatedStates(States):
    def forward(self, x: Tensor, h: Tensor) -> Tuple[Tensor, Tensor]:
        return self.layer(x, h)


def cases():
    torch.manual_seed(4)
    script = torch.jit.script
    trace = lambda module, inputs: torch.jit.trace(module, inputs, check_trace=False)
    bags = [(torch.randint(0, 20, (n,)), torch.tensor(starts)) for n, starts in ((9, [0, 4, 4, 7]), (7, [0, 2]))]
    picked = [(torch.randn(5, 5), torch.tensor(places)) for places in ([2, 0, -1], [1, 4])]
    steps = [tuple(torch.randn(n, 2, f) for n, f in ((q, 8), (k, 4), (k, 6))) for q, k in ((6, 4), (3, 5))]
    states = lambda n, count: (torch.randn(n, 5, 3), *(torch.randn(2, n, 4) for _ in range(count)))
    long, gated = LongStates(nn.LSTM).eval(), GatedStates(nn.GRU).eval()
    long_sizes, gated_sizes = {"x": [1, 5, 3], "h": [2, 1, 4], "c": [2, 1, 4]}, {"x": [2, 5, 3], "h": [2, 2, 4]}
    return {
        "open bags, traced": (trace(OpenBags().eval(), bags[0]), bags, {}),
        "picked, traced": (trace(Picked().eval(), picked[0]), picked, {}),
        "cross attention, traced": (trace(CrossAttention().eval(), steps[0]), steps, {}),
        "lstm with states, traced": (trace(long, states(1, 2)), [states(1, 2), states(3, 2)], {}),
        "lstm with states, scripted": (script(long), [states(1, 2), states(3, 2)], {"shapes": long_sizes}),
        "gru with states, traced": (trace(gated, states(2, 1)), [states(2, 1), states(3, 1)], {}),
        "gru with states, scripted": (script(gated), [states(1, 1), states(3, 1)], {"shapes": gated_sizes}),
    }
