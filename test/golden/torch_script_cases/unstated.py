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
        "lstm alone, whose forward is overloaded": (script(nn.LSTM(3, 4)), [steps(1), steps(2)], {}),
        "gru alone, whose forward is overloaded": (script(nn.GRU(3, 4, 2, bidirectional=True)), [steps(2)], {}),
    }
