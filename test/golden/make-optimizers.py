"""Writes optimizers.json.gz: a small network as ONNX, and how PyTorch trains it with each optimizer; learning rates of schedules.

PyTorch computes in float64, in training mode, with its own running statistics. Activations are smooth.
Needs torch and onnx. Run: python3 make-optimizers.py
"""

import base64
import gzip
import io
import json
import warnings
from pathlib import Path

import onnx
import onnx.numpy_helper
import torch
from torch import nn

warnings.filterwarnings("ignore")
TARGET = Path(__file__).parent / "optimizers.json.gz"
BATCH, CLASSES, BATCHES, STEPS = 4, 3, 3, 40


def network():
    """Without a bias before the normalisation, whose gradient is 0 but for rounding, which Adam makes steps of."""
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(36, CLASSES))


def numbers(tensor):
    """float32 little-endian bytes."""
    return base64.b64encode(tensor.detach().float().numpy().tobytes()).decode()


def exported(model, x):
    buffer = io.BytesIO()
    torch.onnx.export(model, (x,), buffer, training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False,
                      opset_version=17, dynamo=False, input_names=["image"], output_names=["logits"])
    return buffer.getvalue()


def stored(file):
    return {value.name: torch.tensor(onnx.numpy_helper.to_array(value)).double()
            for value in onnx.load_from_string(file).graph.initializer}


def train(file, images, labels, make, accumulate=1, steps=STEPS):
    model = network().double().train()
    model.load_state_dict(stored(file), strict=False)
    optimizer = make(model)
    losses = []
    for step in range(steps):
        loss = nn.functional.cross_entropy(model(images[step % BATCHES].double()), labels[step % BATCHES], ignore_index=-1)
        (loss / accumulate).backward()
        losses.append(loss.item())
        if (step + 1) % accumulate == 0:
            optimizer.step()
            optimizer.zero_grad()
    state = {name: numbers(value) for name, value in model.state_dict().items() if "num_batches" not in name}
    return {"losses": losses, "state": state}


def matrices_only(model, decay):
    groups = [[p for p in model.parameters() if (p.dim() > 1) == wanted] for wanted in (True, False)]
    return [{"params": groups[0], "weight_decay": decay}, {"params": groups[1], "weight_decay": 0}]


torch.manual_seed(11)
model = network().train()
images = torch.randn(BATCHES, BATCH, 2, 6, 6)
labels = torch.randint(0, CLASSES, (BATCHES, BATCH))
file = exported(model, images[0])
padded = labels.clone()
padded[:, 2] = -1
optim = torch.optim


def case(options, make, **settings):
    return {"optimizer": options, **settings, **train(file, images, settings.pop("labels", labels), make, **settings)}


def sgd(**options):
    return lambda model: optim.SGD(model.parameters(), lr=0.05, **options)


cases = {
    "SGD": case({"kind": "sgd"}, sgd()),
    "SGD with momentum": case({"kind": "sgd", "momentum": 0.9}, sgd(momentum=0.9)),
    "SGD with momentum and decay": case({"kind": "sgd", "momentum": 0.9, "weightDecay": 0.02},
                                        sgd(momentum=0.9, weight_decay=0.02)),
    "SGD with dampening": case({"kind": "sgd", "momentum": 0.8, "dampening": 0.3, "weightDecay": 0.01},
                               sgd(momentum=0.8, dampening=0.3, weight_decay=0.01)),
    "SGD after Nesterov": case({"kind": "sgd", "momentum": 0.9, "nesterov": True, "weightDecay": 0.01},
                               sgd(momentum=0.9, nesterov=True, weight_decay=0.01)),
    "SGD with decay of matrices": case({"kind": "sgd", "weightDecay": 0.1, "decays": "matrices"},
                                       lambda model: optim.SGD(matrices_only(model, 0.1), lr=0.05)),
    "SGD over two batches": case({"kind": "sgd", "momentum": 0.9}, sgd(momentum=0.9), accumulate=2),
    "Adam": case({"kind": "adam"}, lambda model: optim.Adam(model.parameters(), lr=0.05)),
    "Adam with decay": case({"kind": "adam", "betas": [0.8, 0.95], "epsilon": 1e-3, "weightDecay": 0.05},
                            lambda model: optim.Adam(model.parameters(), lr=0.05, betas=(0.8, 0.95), eps=1e-3,
                                                     weight_decay=0.05)),
    "AdamW": case({"kind": "adamw"}, lambda model: optim.AdamW(model.parameters(), lr=0.05)),
    "AdamW with decay": case({"kind": "adamw", "weightDecay": 0.2},
                             lambda model: optim.AdamW(model.parameters(), lr=0.05, weight_decay=0.2)),
}
cases["SGD without some rows"] = {"optimizer": {"kind": "sgd"}, "isPadded": True, **train(file, images, padded, sgd())}


def rates(make, count=30):
    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.2)
    schedule = make(optimizer)
    found = []
    for _ in range(count):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def after_warm_up(steps, make):
    lr = optim.lr_scheduler
    return lambda optimizer: lr.SequentialLR(
        optimizer, [lr.LinearLR(optimizer, start_factor=1 / steps, total_iters=steps - 1), make(optimizer)], [steps])


lr = optim.lr_scheduler
schedules = [
    [{"kind": "constant", "rate": 0.2}, rates(lambda o: lr.ConstantLR(o, factor=1))],
    [{"kind": "step", "rate": 0.2, "every": 7, "factor": 0.3}, rates(lambda o: lr.StepLR(o, 7, 0.3))],
    [{"kind": "cosine", "rate": 0.2, "updates": 29, "lowest": 0.01}, rates(lambda o: lr.CosineAnnealingLR(o, 29, 0.01))],
    [{"kind": "constant", "rate": 0.2, "warmUp": 5}, rates(after_warm_up(5, lambda o: lr.ConstantLR(o, factor=1)))],
    [{"kind": "step", "rate": 0.2, "every": 7, "factor": 0.3, "warmUp": 4}, rates(after_warm_up(4, lambda o: lr.StepLR(o, 7, 0.3)))],
    [{"kind": "cosine", "rate": 0.2, "updates": 25, "warmUp": 5},
     rates(after_warm_up(5, lambda o: lr.CosineAnnealingLR(o, 25)))],
]
TARGET.write_bytes(gzip.compress(json.dumps({
    "torch": torch.__version__, "onnx": base64.b64encode(file).decode(), "images": [numbers(x) for x in images],
    "labels": labels.tolist(), "padded": padded.tolist(), "cases": cases, "schedules": schedules}).encode(), 9, mtime=0))
