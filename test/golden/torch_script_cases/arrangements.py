"""Modules that write into parts of tensors, read sizes in the run, and put shapes together as user code does."""

from typing import Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class PartsWritten(nn.Module):
    """What is written into a view shows in the tensor that it is a part of, and in its other views."""

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        y = x.clone()
        row = y[:, 1]
        y[:, 0] = 1.0
        y[:, 1:3, ::2] += 2.0
        y.transpose(1, 2)[:, -1].mul_(3.0)
        y.view(-1, 12)[:, 5].zero_()
        first, rest = y.split([1, 2], dim=1)
        rest.neg_()
        first.copy_(x[:, 2:3])
        y[:, :, 3][:, 0:1] = 7.0
        y[0] = 5.0
        return y, row


class WindowMask(nn.Module):
    """A mask out of numbers alone: nothing of its making stays in the graph."""

    def forward(self, x: Tensor) -> Tensor:
        mask = x.new_zeros((4, 4))
        count = 0
        for rows in ((0, 2), (2, 3), (3, 4)):
            for columns in ((0, 2), (2, 3), (3, 4)):
                mask[rows[0] : rows[1], columns[0] : columns[1]] = count
                count += 1
        mask = mask.view(2, 2, 2, 2).permute(0, 2, 1, 3).reshape(4, 4)
        mask = mask.unsqueeze(1) - mask.unsqueeze(2)
        mask = mask.masked_fill(mask != 0, float(-100.0)).masked_fill(mask == 0, float(0.0))
        return x + mask.unsqueeze(1).unsqueeze(0).flatten(0, 2)


class Unet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.middle = nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.Conv2d(4, 4, 3, stride=2, padding=1)
        self.up = nn.Upsample(scale_factor=2.0, mode="bilinear", align_corners=False)
        self.last = nn.Conv2d(11, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        half = self.down(x)
        up = self.up(self.middle(half))
        joined = torch.cat([half, up], 1)
        wide = F.interpolate(joined, size=[x.shape[2], x.shape[3]], mode="nearest")
        return self.last(torch.cat([x, wide], dim=1))


class Decoder(nn.Module):
    """Causal attention with places, as small language models have it."""

    def __init__(self, features: int = 8, heads: int = 2, most: int = 16):
        super().__init__()
        self.heads = heads
        self.tokens, self.places = nn.Embedding(11, features), nn.Embedding(most, features)
        self.joint, self.output = nn.Linear(features, 3 * features), nn.Linear(features, features)
        self.register_buffer("mask", torch.tril(torch.ones(most, most)).view(1, 1, most, most))

    def forward(self, tokens: Tensor) -> Tensor:
        n, length = tokens.size()
        x = self.tokens(tokens) + self.places(torch.arange(0, length, dtype=torch.long, device=tokens.device))
        query, key, value = self.joint(x).split(8, dim=2)
        query = query.view(n, length, self.heads, 4).transpose(1, 2)
        key = key.view(n, length, self.heads, 4).transpose(1, 2)
        value = value.view(n, length, self.heads, 4).transpose(1, 2)
        scores = (query @ key.transpose(-2, -1)) * 0.5
        scores = scores.masked_fill(self.mask[:, :, :length, :length] == 0, float("-inf"))
        mixed = (F.softmax(scores, dim=-1) @ value).transpose(1, 2).contiguous().view(n, length, 8)
        later = F.scaled_dot_product_attention(query, key, value, is_causal=True).transpose(1, 2).reshape(n, length, 8)
        return self.output(mixed + later)[:, -1, :]


class Tokens(nn.Module):
    """A token for the class before those of the picture."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.places = nn.Parameter(torch.randn(1, 5, 8))

    def forward(self, x: Tensor) -> Tensor:
        b = x.shape[0]
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.token.expand(b, -1, -1), x), dim=1) + self.places
        return torch.roll(x, shifts=(1,), dims=(1,)).reshape(b, -1)


class PaddedLast(nn.Module):
    """A margin between two orders of axes, which engines move past each other."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = F.pad(self.first(x).permute(0, 2, 3, 1), (0, 0, 1, 2, 2, 1))
        windows = F.unfold(y.permute(0, 3, 1, 2), [3, 3], padding=[1, 1], stride=[2, 2])
        return self.last(F.fold(windows, [11, 11], [3, 3], padding=[1, 1], stride=[2, 2]))


class CutShort(nn.Module):
    """A size that only the run tells, and elements that fulfil a condition."""

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        count = int(torch.sum(x[0] > 0).item())
        return x[:, :count] + torch.ones(count), x[x > 0]


class Bags(nn.Module):
    def __init__(self):
        super().__init__()
        self.bag = nn.EmbeddingBag(11, 4, mode="mean")
        self.head = nn.Linear(4, 2)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.head(self.bag(tokens))


class Numbers(nn.Module):
    """Numbers that a trace keeps as constants without axes, beside whole ones and narrow ones."""

    def forward(self, x):
        k = torch.tensor(1.5, dtype=torch.float64)
        small = x.to(torch.int32)
        return small + 1.5, small * 2.5, small - 0.5, small / 4.0, small + k, torch.maximum(small, k), 2.5 - small, (x > 2) + 2


def cases():
    torch.manual_seed(2)
    script = torch.jit.script
    trace = lambda module, *inputs: torch.jit.trace(module, inputs, check_trace=False)
    maps = lambda n: (torch.randn(n, 3, 4),)
    images = lambda n: (torch.randn(n, 3, 8, 8),)
    words = lambda n: (torch.randint(0, 11, (n, 6)),)
    unet, decoder, tokens, bags = Unet().eval(), Decoder().eval(), Tokens().eval(), Bags().eval()
    parts, window, padded = PartsWritten().eval(), WindowMask().eval(), PaddedLast().eval()
    square = (torch.randn(4, 4, 4),)
    features = lambda n: (torch.randn(n, 5),)
    return {
        "parts written, scripted": (script(parts), [maps(1), maps(3)], {"shapes": {"": [1, 3, 4]}}),
        "parts written, traced": (trace(parts, *maps(2)), [maps(1), maps(3)], {}),
        "window mask, scripted": (script(window), [square], {"shapes": {"": [4, 4, 4]}}),
        "window mask, traced": (trace(window, *square), [square], {}),
        "numbers, traced": (trace(Numbers().eval(), *words(2)), [words(1), words(3)], {}),
        "unet, scripted": (script(unet), [images(1), (torch.randn(2, 3, 12, 16),)], {}),
        "unet, traced": (trace(unet, *images(1)), [images(1), images(2)], {}),
        "decoder, scripted": (script(decoder), [words(1), words(3)], {}),
        "decoder, traced": (trace(decoder, *words(1)), [words(1)], {}),
        "tokens, scripted": (script(tokens), [images(1), images(3)], {}),
        "cut short, scripted": (script(CutShort().eval()), [features(2), features(3)], {"shapes": {"": [2, 5]}}),
        "tokens, traced": (trace(tokens, *images(1)), [images(1), images(3)], {}),
        "padded, traced": (trace(padded, *images(1)), [images(1), images(3)], {}),
        "bags, scripted": (script(bags), [words(1), words(3)], {}),
        "bags, traced": (trace(bags, *words(2)), [words(1), words(3)], {}),
    }
