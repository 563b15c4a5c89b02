"""Recurrent layers of every kind, and one whose state the caller keeps, scripted and traced."""

from typing import Tuple

import torch
from torch import Tensor, nn


class Network(nn.Module):
    """Recurrent layers whose first state is zeros made in forward."""

    def __init__(self, kind, **options):
        super().__init__()
        self.layer = kind(3, 4, num_layers=2, batch_first=True, **options)
        self.head = nn.Linear(8 if options.get("bidirectional") else 4, 2)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


class Stateful(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4)

    def forward(self, x: Tensor, state: Tuple[Tensor, Tensor]) -> Tuple[Tensor, Tensor]:
        y, (h, c) = self.lstm(x, state)
        return y, h + c


def cases():
    torch.manual_seed(4)
    script = torch.jit.script
    trace = lambda module, *inputs: torch.jit.trace(module, inputs, check_trace=False)
    steps = lambda n: (torch.randn(n, 5, 3),)
    found = {}
    for name, kind, options in (
        ("lstm", nn.LSTM, {"bidirectional": True}),
        ("gru", nn.GRU, {"dropout": 0.5}),
        ("rnn", nn.RNN, {"nonlinearity": "relu", "bias": False}),
    ):
        network = Network(kind, **options).eval()
        found[f"{name}, scripted"] = (script(network), [steps(1), steps(3)], {})
        found[f"{name}, traced"] = (trace(network, *steps(1)), [steps(1), steps(3)], {})
    given = (torch.randn(5, 2, 3), (torch.randn(1, 2, 4), torch.randn(1, 2, 4)))
    found["stateful, traced"] = (trace(Stateful().eval(), *given), [given], {})
    return found
