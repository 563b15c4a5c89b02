"""Small networks of further families, for make-gradients.py: 8 x 8 images in three channels, five classes, smooth activations.

No bias before a batch normalisation: its gradient is 0 but for rounding, which no relative error measures.
"""

import torch
from torch import nn
from torch.nn import functional

CLASSES = 5


class Vgg(nn.Module):
    """VGG: pairs of 3 x 3 convolutions, pooling, a classifier of several layers."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1), nn.Tanh(), nn.Conv2d(6, 6, 3, padding=1), nn.Tanh(), nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.Softplus(), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 12), nn.Tanh(), nn.Linear(12, CLASSES))

    def forward(self, x):
        return self.classifier(self.features(x))


class DenseNet(nn.Module):
    """DenseNet: normalisation before each layer, whose input is all that came before; a transition that pools averages."""

    def __init__(self, growth=3, first=4):
        super().__init__()
        self.stem = nn.Conv2d(3, first, 3, padding=1, bias=False)
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(first + growth * at), nn.Tanh(), nn.Conv2d(first + growth * at, 8, 1, bias=False),
                          nn.BatchNorm2d(8), nn.Tanh(), nn.Conv2d(8, growth, 3, padding=1, bias=False)) for at in range(3))
        self.transition = nn.Sequential(nn.BatchNorm2d(13), nn.Tanh(), nn.Conv2d(13, 6, 1, bias=False), nn.AvgPool2d(2))
        self.last, self.head = nn.BatchNorm2d(6), nn.Linear(6, CLASSES)

    def forward(self, x):
        parts = [self.stem(x)]
        for layer in self.layers:
            parts.append(layer(torch.cat(parts, 1)))
        x = torch.tanh(self.last(self.transition(torch.cat(parts, 1))))
        return self.head(x.mean((2, 3)))


class Inception(nn.Module):
    """Inception: factorised and asymmetric convolutions side by side, pooling without and with stride."""

    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(3, 2, 1, bias=False)
        self.factorised = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Tanh(), nn.Conv2d(3, 3, (1, 7), padding=(0, 3)), nn.Tanh(),
                                        nn.Conv2d(3, 3, (7, 1), padding=(3, 0), bias=False))
        self.twice = nn.Sequential(nn.Conv2d(3, 2, 1), nn.Tanh(), nn.Conv2d(2, 3, 3, padding=1), nn.Tanh(),
                                    nn.Conv2d(3, 3, 3, padding=1, bias=False))
        self.pooled = nn.Conv2d(3, 2, 1, bias=False)
        self.normal = nn.BatchNorm2d(10, eps=0.001)
        self.reduced = nn.Conv2d(10, 4, 3, stride=2)
        self.head = nn.Linear(14, CLASSES)

    def forward(self, x):
        branches = [self.one(x), self.factorised(x), self.twice(x), self.pooled(functional.avg_pool2d(x, 3, 1, 1))]
        x = torch.tanh(self.normal(torch.cat(branches, 1)))
        x = torch.cat([torch.tanh(self.reduced(x)), functional.max_pool2d(x, 3, 2)], 1)
        return self.head(functional.adaptive_avg_pool2d(x, 1).flatten(1))


class ShuffleNet(nn.Module):
    """ShuffleNet V2: halves of the channels, one of which passes, and a shuffle of both."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.Tanh())
        self.branch = nn.Sequential(
            nn.Conv2d(4, 4, 1, bias=False), nn.BatchNorm2d(4), nn.Tanh(),
            nn.Conv2d(4, 4, 3, 1, 1, groups=4, bias=False), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 1), nn.Tanh())
        self.grouped = nn.Conv2d(8, 8, 1, groups=2, bias=False)
        self.head = nn.Linear(8, CLASSES)

    def forward(self, x):
        kept, changed = self.stem(x).chunk(2, 1)
        x = torch.cat([kept, self.branch(changed)], 1)
        n, c, h, w = x.shape
        x = x.reshape(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        return self.head(torch.tanh(self.grouped(x)).mean((2, 3)))


class ConvNext(nn.Module):
    """ConvNeXt: depthwise convolution, then layers over channels that lie last, with a scale of each."""

    def __init__(self, width=6):
        super().__init__()
        self.stem, self.first = nn.Conv2d(3, width, 2, 2), nn.LayerNorm(width, eps=1e-6)
        self.depth = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.normal, self.up, self.down = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.scale = nn.Parameter(torch.rand(width, 1, 1) / 4)
        self.between, self.smaller = nn.LayerNorm(width, eps=1e-6), nn.Conv2d(width, 8, 2, 2)
        self.last, self.head = nn.LayerNorm(8, eps=1e-6), nn.Linear(8, CLASSES)

    @staticmethod
    def over_channels(layer, x):
        return layer(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    def forward(self, x):
        x = self.over_channels(self.first, self.stem(x))
        y = self.down(functional.gelu(self.up(self.normal(self.depth(x).permute(0, 2, 3, 1)))))
        x = x + self.scale * y.permute(0, 3, 1, 2)
        x = self.smaller(self.over_channels(self.between, x))
        return self.head(self.last(x.mean((2, 3))))


class Swin(nn.Module):
    """Swin: attention inside windows that are rolled by half their side, with a mask and a table of relative places."""

    def __init__(self, width=8, heads=2, window=2):
        super().__init__()
        self.heads, self.window = heads, window
        self.patches = nn.Conv2d(3, width, 2, 2)
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.table = nn.Parameter(torch.randn((2 * window - 1) ** 2, heads) / 4)
        self.register_buffer("places", self.relative_places(), persistent=False)
        self.register_buffer("mask", self.mask_of(4), persistent=False)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.merge, self.head = nn.Linear(4 * width, 2 * width, bias=False), nn.Linear(2 * width, CLASSES)

    def relative_places(self):
        side = torch.arange(self.window)
        places = torch.stack(torch.meshgrid(side, side, indexing="ij")).flatten(1)
        difference = places[:, :, None] - places[:, None, :] + self.window - 1
        return (difference[0] * (2 * self.window - 1) + difference[1]).flatten()

    def mask_of(self, side):
        region = torch.zeros(side, side)
        half = self.window // 2
        for row, rows in enumerate((slice(0, -self.window), slice(-self.window, -half), slice(-half, None))):
            for column, columns in enumerate((slice(0, -self.window), slice(-self.window, -half), slice(-half, None))):
                region[rows, columns] = 3 * row + column
        windows = self.partition(region[None, :, :, None]).squeeze(-1)
        return (windows[:, :, None] != windows[:, None, :]).double() * -100.0

    def partition(self, x):
        n, h, w, c = x.shape
        x = x.reshape(n, h // self.window, self.window, w // self.window, self.window, c).permute(0, 1, 3, 2, 4, 5)
        return x.reshape(-1, self.window ** 2, c)

    def attention(self, x):
        n, h, w, c = x.shape
        half, area = self.window // 2, self.window ** 2
        windows = self.partition(torch.roll(x, (-half, -half), (1, 2)))
        parts = self.qkv(windows).reshape(-1, area, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = parts[0], parts[1], parts[2]
        scores = (q * (c // self.heads) ** -0.5) @ k.transpose(-2, -1)
        bias = self.table[self.places].reshape(area, area, self.heads).permute(2, 0, 1)
        mask = self.mask.to(x.dtype)
        scores = (scores + bias).reshape(n, -1, self.heads, area, area) + mask[None, :, None]
        y = torch.softmax(scores.reshape(-1, self.heads, area, area), -1) @ v
        y = self.out(y.transpose(1, 2).reshape(-1, area, c))
        y = y.reshape(n, h // self.window, w // self.window, self.window, self.window, c).permute(0, 1, 3, 2, 4, 5)
        return torch.roll(y.reshape(n, h, w, c), (half, half), (1, 2))

    def forward(self, x):
        x = self.patches(x).permute(0, 2, 3, 1)
        x = x + self.attention(self.before(x))
        x = x + self.down(functional.gelu(self.up(self.between(x))))
        x = torch.cat([x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]], -1)
        return self.head(self.merge(x).mean((1, 2)))


class Separable(nn.Module):
    """MobileNet V1: depthwise and pointwise convolutions in turn."""

    def __init__(self):
        super().__init__()

        def block(channels, wider, stride):
            return [nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False), nn.BatchNorm2d(channels), nn.Tanh(),
                    nn.Conv2d(channels, wider, 1, bias=False), nn.BatchNorm2d(wider), nn.Softplus()]

        self.body = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4), nn.Tanh(), *block(4, 8, 1), *block(8, 8, 2))
        self.head = nn.Conv2d(8, CLASSES, 1)

    def forward(self, x):
        return self.head(functional.adaptive_avg_pool2d(self.body(x), 1)).flatten(1)


class Squeeze(nn.Module):
    """SqueezeNet: fire modules, pooling that rounds up, a convolution that gives the classes."""

    def __init__(self):
        super().__init__()
        self.stem, self.squeeze = nn.Conv2d(3, 6, 3, 2), nn.Conv2d(6, 3, 1)
        self.narrow, self.wide = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 3, padding=1)
        self.head = nn.Conv2d(8, CLASSES, 1)

    def forward(self, x):
        x = functional.max_pool2d(torch.tanh(self.stem(x)), 2, 2, ceil_mode=True)
        x = torch.tanh(self.squeeze(x))
        x = torch.cat([torch.tanh(self.narrow(x)), torch.tanh(self.wide(x))], 1)
        return functional.softplus(self.head(x)).mean((2, 3))


FAMILIES = [Vgg, DenseNet, Inception, ShuffleNet, ConvNext, Swin, Separable, Squeeze]
