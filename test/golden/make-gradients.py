"""Writes gradients.json.gz: small networks of each family as ONNX, with loss, gradients and statistics that PyTorch gives.

Activations are smooth, so that no kink makes float32 and float64 differ. PyTorch computes in float64 and in training mode;
running variances are those of ONNX, divided by the number of values and not by one less.
Needs torch and onnx. Run: python3 make-gradients.py
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
from gradient_families import FAMILIES
from torch import nn

warnings.filterwarnings("ignore")
TARGET = Path(__file__).parent / "gradients.json.gz"
BATCH, CLASSES = 4, 5


class Residual(nn.Module):
    """ResNet: convolutions with strides, batch normalisation, a sum, pooling."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 3, 2, 1, bias=False), nn.BatchNorm2d(6), nn.Tanh())
        self.body = nn.Sequential(nn.Conv2d(6, 6, 3, 1, 1, bias=False), nn.BatchNorm2d(6), nn.Softplus())
        self.down = nn.Conv2d(6, 8, 1, 2)
        self.head = nn.Linear(8, CLASSES)

    def forward(self, x):
        x = self.stem(x)
        x = self.down(nn.functional.avg_pool2d(x + self.body(x), 3, 1, 1, count_include_pad=False))
        return self.head(x.mean((2, 3)))


class Dense(nn.Module):
    """DenseNet and Inception: concatenation of branches, dilation, MaxPool, the largest of each channel."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.wide = nn.Conv2d(4, 3, 3, padding=2, dilation=2)
        self.line = nn.Conv2d(4, 3, (1, 3), padding=(0, 1))
        self.head = nn.Linear(10, CLASSES)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.tanh(self.first(x)), 3, 2, 1)
        x = torch.cat([x, self.wide(x), torch.sigmoid(self.line(x))], 1)
        return self.head(torch.amax(x * x, (2, 3)))


class Mobile(nn.Module):
    """MobileNet and EfficientNet: depthwise convolution, SiLU, squeeze and excitation."""

    def __init__(self):
        super().__init__()
        self.expand = nn.Sequential(nn.Conv2d(3, 8, 1, bias=False), nn.BatchNorm2d(8, momentum=0.01), nn.SiLU())
        self.depth = nn.Sequential(nn.Conv2d(8, 8, 5, 2, 2, groups=8, bias=False), nn.BatchNorm2d(8), nn.SiLU())
        self.squeeze, self.excite = nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)
        self.project = nn.Conv2d(8, 6, 1, bias=False)
        self.head = nn.Linear(6, CLASSES)

    def forward(self, x):
        x = self.depth(self.expand(x))
        gate = nn.functional.adaptive_avg_pool2d(x, 1)
        x = x * torch.sigmoid(self.excite(nn.functional.silu(self.squeeze(gate))))
        return self.head(self.project(x).flatten(2).mean(2))


class Transformer(nn.Module):
    """ViT: patches, a class token, attention, layer normalisation, GELU."""

    def __init__(self, width=8, heads=2):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.places = nn.Parameter(torch.randn(1, 5, width) / 4)
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.head, self.heads = nn.Linear(width, CLASSES), heads

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(BATCH, -1, -1), x], 1) + self.places
        parts = self.qkv(self.before(x)).reshape(BATCH, 5, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q, k, v = parts[0], parts[1], parts[2]
        weights = torch.softmax(q @ k.transpose(-2, -1) * 0.5, -1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(BATCH, 5, -1))
        x = x + self.down(nn.functional.gelu(self.up(self.between(x))))
        return self.head(x[:, 0])


class Decoder(nn.Module):
    """U-Net and GANs: transposed convolution, upsampling, group and instance normalisation, padding that mirrors."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 4, 3, 2, padding=1, padding_mode="reflect")
        self.group, self.instance = nn.GroupNorm(2, 4), nn.InstanceNorm2d(4, affine=True)
        self.up = nn.ConvTranspose2d(4, 4, 3, 2, 1, output_padding=1, bias=False)
        self.last = nn.Conv2d(8, CLASSES, 1)

    def forward(self, x):
        small = torch.tanh(self.group(self.down(x)))
        large = nn.functional.interpolate(small, scale_factor=2, mode="bilinear", align_corners=False)
        x = torch.cat([self.instance(self.up(small)), large], 1)
        return nn.functional.elu(self.last(x)).mean((2, 3))


class Recurrent(nn.Module):
    """LSTM both ways, then GRU; the picture's rows are the steps."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(24, 4, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(8, 3, batch_first=True)
        self.head = nn.Linear(3, CLASSES)

    def forward(self, x):
        steps = x.transpose(1, 2).reshape(BATCH, 8, 24)
        outputs, _ = self.gru(self.lstm(steps)[0])
        return self.head(outputs[:, -1])


def numbers(tensor):
    """float32 little-endian bytes."""
    return base64.b64encode(tensor.detach().float().numpy().tobytes()).decode()


def onnx_bytes(model, x):
    """Weights keep PyTorch's names, batch normalisation is not folded."""
    buffer = io.BytesIO()
    mode = torch.onnx.TrainingMode.TRAINING
    torch.onnx.export(model, (x,), buffer, training=mode, do_constant_folding=False, opset_version=17, dynamo=False,
                      input_names=["image"], output_names=["logits"])
    return buffer.getvalue()


def with_population_variance(before, after, model):
    """PyTorch's running variances divide by n - 1; this gives those that divide by n."""
    values = {}
    for name, module in model.named_modules():
        if not isinstance(module, nn.BatchNorm2d):
            continue
        old, new = before[f"{name}.running_var"], after[f"{name}.running_var"]
        values[f"{name}.running_mean"] = after[f"{name}.running_mean"]
        share = (new - old * (1 - module.momentum)) * (module.count - 1) / module.count
        values[f"{name}.running_var"] = old * (1 - module.momentum) + share
    return values


def count_values(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.register_forward_hook(lambda m, inputs, _: setattr(m, "count", inputs[0].numel() // inputs[0].shape[1]))


def case(make, smoothing):
    torch.manual_seed(7)
    model = make().train()
    x = torch.randn(BATCH, 3, 8, 8)
    file = onnx_bytes(model, x)
    model = model.double()
    model.load_state_dict(stored(file), strict=False)
    count_values(model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    labels = torch.tensor([2, 0, 4, 2])
    loss = nn.functional.cross_entropy(model(x.double()), labels, label_smoothing=smoothing)
    loss.backward()
    gradients = {name: numbers(value.grad) for name, value in model.named_parameters()}
    statistics = {name: numbers(value) for name, value in
                  with_population_variance(before, model.state_dict(), model).items()}
    return {"onnx": base64.b64encode(file).decode(), "image": numbers(x), "labels": labels.tolist(), "loss": loss.item(),
            "labelSmoothing": smoothing, "gradients": gradients, "statistics": statistics}


def stored(file):
    """Weights and statistics as they lie in the file: the export itself moves the statistics."""
    return {value.name: torch.tensor(onnx.numpy_helper.to_array(value)).double()
            for value in onnx.load_from_string(file).graph.initializer}


cases = {make.__name__: case(make, smoothing) for make, smoothing in
         [(Residual, 0), (Dense, 0.1), (Mobile, 0), (Transformer, 0.1), (Decoder, 0), (Recurrent, 0), *((family, 0) for family in FAMILIES)]}
TARGET.write_bytes(gzip.compress(json.dumps({"torch": torch.__version__, "cases": cases}).encode(), 9, mtime=0))
