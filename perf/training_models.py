"""The networks that perf/training.mjs trains, with random weights: plain PyTorch, layer by layer as their papers have them."""
from torch import nn


class Residual(nn.Module):
    """Two 3x3 convolutions and a way around them (ResNet, arXiv:1512.03385)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.around = nn.Identity() if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        self.last = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.last(self.body(x) + self.around(x))


class Inverted(nn.Module):
    """A convolution of each channel between two of single pixels (MobileNetV2, arXiv:1801.04381)."""

    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        inner = inputs * expansion
        first = [] if expansion == 1 else [
            nn.Conv2d(inputs, inner, 1, bias=False), nn.BatchNorm2d(inner), nn.ReLU6(inplace=True)]
        self.body = nn.Sequential(
            *first,
            nn.Conv2d(inner, inner, 3, stride, 1, groups=inner, bias=False), nn.BatchNorm2d(inner), nn.ReLU6(inplace=True),
            nn.Conv2d(inner, outputs, 1, bias=False), nn.BatchNorm2d(outputs))
        self.isAround = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.body(x) if self.isAround else self.body(x)


def pooled(body, width, classes):
    return nn.Sequential(*body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))


def small_cnn():
    layers, inputs = [], 3
    for width in (32, 64, 128):
        layers += [nn.Conv2d(inputs, width, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        inputs = width
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * 4 * 4, 256), nn.ReLU(inplace=True), nn.Linear(256, 10))


def resnet18():
    stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    blocks, inputs = [], 64
    for width, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        blocks += [Residual(inputs, width, stride), Residual(width, width, 1)]
        inputs = width
    return pooled([*stem, *blocks], 512, 1000)


def mobilenet_v2():
    stem = [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6(inplace=True)]
    blocks, inputs = [], 32
    rows = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    for expansion, width, count, stride in rows:
        for index in range(count):
            blocks.append(Inverted(inputs, width, stride if index == 0 else 1, expansion))
            inputs = width
    head = [nn.Conv2d(320, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU6(inplace=True)]
    return pooled([*stem, *blocks, *head], 1280, 1000)


# Name: how to make it, sizes of an image, classes.
NETWORKS = {
    'small-cnn-32': (small_cnn, (3, 32, 32), 10),
    'resnet18-64': (resnet18, (3, 64, 64), 1000),
    'mobilenetv2-96': (mobilenet_v2, (3, 96, 96), 1000),
    'resnet18-224': (resnet18, (3, 224, 224), 1000),
}
