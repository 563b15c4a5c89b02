"""Modules that use what the language of TorchScript has: its types, its control flow, its classes."""

from enum import Enum
from typing import Dict, Final, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn


class Color(Enum):
    RED = 1
    GREEN = 2


class Pair(NamedTuple):
    left: Tensor
    right: Optional[Tensor]


class Scaled(nn.Module):
    def __init__(self, features: int):
        super().__init__()
        self.fc = nn.Linear(features, features)

    def forward(self, x: Tensor, scale: float = 2.0) -> Tensor:
        return self.fc(x) * scale


@torch.jit.interface
class ScaledInterface(torch.nn.Module):
    def forward(self, x: Tensor, scale: float) -> Tensor:
        pass


@torch.jit.script
class Collector:
    def __init__(self, most: int):
        self.most = most
        self.items: List[Tensor] = []

    def add(self, x: Tensor):
        self.items.append(x)

    def total(self) -> Tensor:
        return torch.stack(self.items).sum(0)


def plus_one(x: Tensor) -> Tensor:
    return x + 1


class Everything(nn.Module):
    """Containers, an Enum, a class, loops, a fork, a dict: all settled before the run."""

    count: Final[int]

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Scaled(4), Scaled(4)])
        self.named = nn.ModuleDict({"p": Scaled(4), "q": Scaled(4)})
        self.count = 3
        self.names = ["u", "v"]
        self.table = {"one": 1, "two": 2}
        self.color = Color.GREEN
        self.nothing = None

    @torch.jit.export
    def unused(self, x: Tensor) -> Tensor:
        return x

    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Dict[str, Tensor]:
        assert x.dim() == 2, f"expected 2 axes, got {x.dim()}"
        if mask is not None:
            x = x * mask
        kept = Collector(2)
        for index, block in enumerate(self.blocks):
            x = block(x, float(index + 1))
            kept.add(x)
        for step in range(1, self.count):
            x = x + step
        turns = 0
        while turns < 9:
            turns += 1
            if turns == 2:
                break
        for _, block in self.named.items():
            x = block(x)
        chosen: ScaledInterface = self.blocks[turns - 1]
        x = chosen.forward(x, 0.5)
        pair = Pair(x, None)
        y = pair.left
        if self.color == Color.GREEN:
            y = y * 2
        with torch.no_grad():
            y = y + 1
        y = torch.jit.wait(torch.jit.fork(plus_one, y))
        parts = [part * 2 for part in [y, x]]
        a, b = parts
        name = self.names[0] + 'é\n"q\''
        if isinstance(mask, Tensor):
            print("never")
        places: List[int] = []
        for place in range(x.size(1)):
            places.append(place)
        weights = torch.jit.annotate(List[float], [1.5, 2.5, 3e-7, -1.0])
        if "one" in self.table and not self.table["two"] == 1 and len(places) == 4:
            a = a * weights[1]
        return {"sum": a + kept.total() + float(self.table["two"]), name.split("\n")[0]: b, "first": x[:, :2]}


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)


def double_input(self, inputs: Tuple[Tensor]) -> Tuple[Tensor]:
    return (inputs[0] * 2,)


def add_one(self, inputs: Tuple[Tensor], output: Tensor) -> Tensor:
    return output + 1


def hooked() -> nn.Module:
    module = Outer()
    module.register_forward_pre_hook(double_input)
    module.register_forward_hook(add_one)
    return module


class Around(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = hooked()

    def forward(self, x: Tensor) -> Tensor:
        return self.part(x)


class EarlyReturn(nn.Module):
    """The number of turns follows from the size of the input."""

    def forward(self, x: Tensor) -> Tensor:
        for index in range(x.size(1)):
            if index > 2:
                return x
            x = x * 2
        return x + 1


class Several(nn.Module):
    """A tuple goes in, a NamedTuple with nothing in one place comes out."""

    def __init__(self):
        super().__init__()
        self.left = nn.Linear(3, 4)
        self.right = nn.Linear(5, 4)

    def forward(self, pair: Tuple[Tensor, Tensor], scale: Optional[float] = None, twice: bool = True) -> Pair:
        result = self.left(pair[0]) + self.right(pair[1])
        if scale is not None:
            result = result * scale
        return Pair(result * 2 if twice else result, None)


class Branches(nn.Module):
    """Only the run tells which way is taken."""

    def __init__(self):
        super().__init__()
        self.up = nn.Linear(4, 4)
        self.down = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        assert bool((x == x).all())
        if bool(x.sum() > 0):
            y = self.up(x)
            if bool(y.sum() > 0):
                y = y * 3
        else:
            y = self.down(x) - 1
        return y + x


class Trained(nn.Module):
    """Saved while it was trained."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 6)
        self.norm = nn.BatchNorm1d(6)
        self.drop = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.drop(self.norm(self.fc(x)).relu())


class Sizes(nn.Module):
    """Arithmetic on sizes that stay free, and numbers out of tensors."""

    def __init__(self):
        super().__init__()
        self.register_buffer("factor", torch.tensor(3))

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        y = x.reshape(n, c // 2, 2, h * w)
        total = float(c * 2) / 4 + max(c, 3) % 3
        return (y.transpose(1, 2).reshape(n, -1, h, w) + total + float(self.factor)) * c**2


class Recursive(nn.Module):
    """A loop that only the run ends."""

    def forward(self, x: Tensor) -> Tensor:
        while bool(x.sum() < 100):
            x = x * 2 + 1
        return x


class Raising(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if x.size(1) != 5:
            raise ValueError(f"expected 5 features, got {x.size(1)}")
        return x * 2


def cases():
    torch.manual_seed(0)
    script = lambda module: torch.jit.script(module.eval())
    trained = Trained()
    with torch.no_grad():
        trained(torch.randn(8, 4))
    rows = lambda *shape: (torch.randn(*shape),)
    ranked = {"shapes": {"": [2, 4]}}
    return {
        "everything": (script(Everything()), [rows(2, 4), rows(5, 4)], {}),
        "hooks of the module": (script(hooked()), [rows(2, 4)], {}),
        "hooks of a part": (script(Around()), [rows(2, 4)], {}),
        "early return": (script(EarlyReturn()), [rows(2, 5)], {"shapes": {"": [2, 5]}}),
        "several": (script(Several()), [((torch.randn(2, 3), torch.randn(2, 5)),)], {}),
        "branches": (script(Branches()), [(torch.ones(2, 4),), (-torch.ones(3, 4),), rows(1, 4)], {}),
        "saved in training": (torch.jit.script(trained.train()), [rows(3, 4)], {}),
        "sizes": (script(Sizes()), [rows(2, 4, 3, 5)], {"shapes": {"": [1, 4, 3, 5]}}),
        "loop of the run": (script(Recursive()), [], {"refused": "E_TORCH_SCRIPT", **ranked}),
        "raising": (script(Raising()), [], {"refused": "E_TORCH_RAISED", **ranked}),
        "right size for one that raises": (script(Raising()), [rows(2, 5)], {"shapes": {"": [2, 5]}}),
    }
