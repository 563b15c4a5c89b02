"""Small networks, scripted and traced, as users save them."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SmallCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2)
        )
        self.drop = nn.Dropout(0.2)
        self.fc = nn.Linear(4 * 4 * 4, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = torch.flatten(x, 1)
        return F.log_softmax(self.fc(self.drop(x)), dim=1)


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, stride=2, padding=1)
        self.head = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x))
        return self.head(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(11, 6)
        self.lstm = nn.LSTM(6, 5, batch_first=True, bidirectional=True)
        self.head = nn.Linear(10, 2)

    def forward(self, words: Tensor) -> Tensor:
        steps, _ = self.lstm(self.table(words))
        return self.head(steps[:, -1])


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(12, 8)
        self.fc2 = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = x.view(x.size(0), -1)
        return torch.sigmoid(self.fc2(torch.tanh(self.fc1(x))))


class Tied(nn.Module):
    """The table that words are looked up in, turned round, tells which word comes next."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(11, 6)
        self.head = nn.Linear(6, 11, bias=False)
        self.head.weight = self.table.weight

    def forward(self, words: Tensor) -> Tensor:
        return self.head(torch.tanh(self.table(words)))


class Cells(nn.Module):
    """The zeros that steps begin with are no weights."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.LSTMCell(4, 3), nn.GRUCell(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        h, c = torch.zeros(x.size(0), 3), torch.zeros(x.size(0), 3)
        for step in range(x.size(1)):
            h, c = self.first(x[:, step], (h, c))
            h = self.second(h, c)
        return h


def warmed(module: nn.Module, *shape: int) -> nn.Module:
    """Statistics of normalisations that are not those of a fresh layer."""
    with torch.no_grad():
        module(torch.randn(*shape))
    return module.eval()


def cases():
    torch.manual_seed(1)
    cnn, pooled, mlp = warmed(SmallCnn(), 6, 3, 8, 8), Pooled().eval(), Mlp().eval()
    recurrent = Recurrent().eval()
    script = torch.jit.script
    trace = lambda module, *inputs: torch.jit.trace(module, inputs, check_trace=False)
    images = lambda n: (torch.randn(n, 3, 8, 8),)
    words = lambda n: (torch.randint(0, 11, (n, 7)),)
    return {
        "cnn, scripted": (script(cnn), [images(1), images(3)], {}),
        "cnn, traced": (trace(cnn, *images(1)), [images(1), images(3)], {}),
        "cnn, frozen": (torch.jit.freeze(script(cnn)), [images(2)], {}),
        "pooled, scripted": (script(pooled), [(torch.randn(2, 1, 9, 9),), (torch.randn(1, 1, 16, 12),)], {}),
        "mlp, scripted": (script(mlp), [(torch.randn(2, 3, 2, 2),)], {"shapes": {"": [1, 3, 2, 2]}}),
        "mlp, traced": (trace(mlp, torch.randn(1, 12)), [(torch.randn(4, 12),)], {}),
        "recurrent, scripted": (script(recurrent), [words(1), words(3)], {}),
        "recurrent, traced": (trace(recurrent, *words(1)), [words(1)], {}),
        "cells, scripted": (script(Cells()), [(torch.randn(3, 2, 4),)], {"shapes": {"": [1, 2, 4]}}),
        "tied, scripted": (script(Tied()), [words(1), words(3)], {}),
        "tied, traced": (trace(Tied(), *words(1)), [words(3)], {}),
    }
