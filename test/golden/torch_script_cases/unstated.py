"""Scripted modules whose first layer says little of what they read: pictures that are flattened, sequences of features."""

import torch
from torch import Tensor, nn


class Viewed(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(192, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc((x / 255).view(x.size(0), -1))


class Encoder(nn.Module):
    """A projection of features reads the input first, what works along steps comes after it."""

    def __init__(self):
        super().__init__()
        self.inner, self.head = nn.Linear(3, 8), nn.Linear(8, 2)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.layer(self.inner(x)).mean(1))


class Projected(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.lstm = nn.Linear(3, 4), nn.LSTM(4, 5, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.lstm(torch.relu(self.inner(x)))[0][:, -1]


class Mean(nn.Module):
    """Nothing but its last layer tells that there are steps: without them it would fit one size of a batch alone."""

    def __init__(self):
        super().__init__()
        self.inner, self.head = nn.Linear(3, 4), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.inner(x).mean(1))


class Shifted(nn.Module):
    """Reckons with its input before a layer reads it, whose weights alone tell the element type."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x * 2.0 - 0.5)


class Lengths(nn.Module):
    """Compares the lengths of sentences with places in them."""

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        is_kept = torch.arange(x.size(1))[None, :] < lengths[:, None]
        return (x * is_kept.unsqueeze(-1)).sum(1) / lengths.unsqueeze(1)


class Chosen(nn.Module):
    """Reads at places that an input names."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 2)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        return self.head(x)[torch.arange(x.size(0)), lengths - 1]


def cases():
    torch.manual_seed(3)
    script = lambda module: torch.jit.script(module.eval())
    steps = lambda n: (torch.randn(n, 5, 3),)
    pictures = lambda n, *shape: (torch.randn(n, *shape),)
    flat = lambda features: script(nn.Sequential(nn.Flatten(), nn.Linear(features, 3)))
    return {
        "grey pictures, flattened": (flat(64), [pictures(1, 1, 8, 8), pictures(2, 1, 8, 8)], {}),
        "flattened, as rows": (flat(64), [pictures(2, 64)], {"shapes": {"": [1, 64]}}),
        "flattened, as a user says": (flat(64), [pictures(2, 4, 4, 4)], {"shapes": {"": [1, 4, 4, 4]}}),
        "flattened rows": (flat(10), [pictures(2, 10)], {}),
        "colour pictures, viewed": (script(Viewed()), [pictures(2, 3, 8, 8)], {}),
        "encoder after a projection": (script(Encoder()), [steps(1), steps(2)], {}),
        "lstm after a projection": (script(Projected()), [steps(1), steps(2)], {}),
        "mean of steps": (script(Mean()), [steps(1), steps(2)], {}),
        "shifted, of doubles": (script(Shifted().double()), [(torch.randn(3, 4).double(),)], {"shapes": {"": [1, 4]}}),
        "lengths, compared": (
            script(Lengths()),
            [(torch.randn(3, 5, 3), torch.tensor([2, 5, 1]))],
            {"shapes": {"x": [1, 5, 3], "lengths": [1]}},
        ),
        "lengths, as places": (
            script(Chosen()),
            [(torch.randn(3, 5, 3), torch.tensor([2, 5, 1]))],
            {"shapes": {"x": [1, 5, 3]}},
        ),
        "lstm alone, whose forward is overloaded": (script(nn.LSTM(3, 4)), [steps(1), steps(2)], {}),
        "gru alone, whose forward is overloaded": (script(nn.GRU(3, 4, 2, bidirectional=True)), [steps(2)], {}),
    }
