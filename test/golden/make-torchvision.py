"""Writes the golden architectures: ONNX files without weights, and what PyTorch itself counts for them.

    python3 test/golden/make-torchvision.py [name ...]

Needs torch 1.13, torchvision 0.14 and onnx 1.12. Every model has random weights and is exported with a free batch; its
weights are then replaced by references to a file `weights.bin` that a test makes (`external`), or by ConstantOfShape
nodes (`constant`), so that a file of 500 MB takes 20 kB. Counts come from outside this project: parameters are
`p.numel()` summed over `model.parameters()`, multiply-accumulates are added up below from the sizes that every
convolution and matrix product of one forward pass has in PyTorch's dispatcher.
"""
import contextlib
import gzip
import io
import json
import math
import pathlib
import sys
import warnings

import onnx
import torch
import torchvision
from onnx import helper, numpy_helper
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

HERE = pathlib.Path(__file__).resolve().parent
KEPT, FOLDED = torch.onnx.TrainingMode.PRESERVE, torch.onnx.TrainingMode.EVAL
aten = torch.ops.aten


class MacCounter(TorchDispatchMode):
    """Adds up multiply-accumulates of convolutions and matrix products, without bias, padding not excluded."""

    def __init__(self):
        super().__init__()
        self.macs = 0

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        result = operator(*args, **(kwargs or {}))
        self.macs += macs_of(operator, args, result)
        return result


def macs_of(operator, args, result):
    if operator in (aten.convolution.default, aten._convolution.default):
        source, weight, transposed = args[0], args[1], args[6]
        positions = source if transposed else result
        return positions.numel() * weight[0].numel()
    if operator == aten.mm.default:
        return args[0].numel() * args[1].shape[1]
    if operator == aten.addmm.default:
        return args[1].numel() * args[2].shape[1]
    if operator == aten.bmm.default:
        return args[0].numel() * args[1].shape[2]
    if operator == aten.baddbmm.default:
        return args[1].numel() * args[2].shape[2]
    return 0


class Recurrent(nn.Module):
    """Embedding, two recurrent layers in both directions and a linear layer on the last step."""

    def __init__(self, kind):
        super().__init__()
        self.embedding = nn.Embedding(1000, 64)
        self.recurrent = kind(64, 96, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(192, 5)

    def forward(self, tokens):
        return self.head(self.recurrent(self.embedding(tokens))[0][:, -1])


class TextEncoder(nn.Module):
    """Embedding with learned places, three layers of a transformer, mean and a linear layer."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(2000, 128)
        self.places = nn.Parameter(torch.zeros(1, 32, 128))
        layer = nn.TransformerEncoderLayer(128, 4, 512, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 3)
        self.head = nn.Linear(128, 10)

    def forward(self, tokens):
        return self.head(self.encoder(self.embedding(tokens) + self.places).mean(1))


def generator():
    """The generator of DCGAN: transposed convolutions from a vector to a picture."""
    layers, channels = [], [100, 512, 256, 128, 64, 3]
    for index, (before, after) in enumerate(zip(channels, channels[1:])):
        layers.append(nn.ConvTranspose2d(before, after, 4, 2 if index else 1, 1 if index else 0, bias=False))
        layers += [nn.BatchNorm2d(after), nn.ReLU()] if after > 3 else [nn.Tanh()]
    return nn.Sequential(*layers)


class Picture(nn.Module):
    """The `out` entry of a segmentation model's dictionary."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, image):
        return self.model(image)["out"]


def vision(name, side=224, **options):
    build = getattr(torchvision.models, name)
    return lambda: (build(weights=None, **options), torch.rand(1, 3, side, side))


def segmentation(name, side=224):
    build = getattr(torchvision.models.segmentation, name)
    return lambda: (Picture(build(weights=None, weights_backbone=None)), torch.rand(1, 3, side, side))


def tokens(build, steps, limit):
    return lambda: (build(), torch.randint(0, limit, (1, steps)))


def entry(build, opset, weights="external", mode=KEPT):
    return {"build": build, "opset": opset, "weights": weights, "mode": mode}


BARE = {"aux_logits": False, "init_weights": False}
MODELS = {
    "resnet18": entry(vision("resnet18"), 9),
    "resnet50": entry(vision("resnet50"), 17),
    "resnet152": entry(vision("resnet152"), 12),
    "vgg16": entry(vision("vgg16"), 10),
    "mobilenet_v2": entry(vision("mobilenet_v2"), 11),
    "mobilenet_v3_small": entry(vision("mobilenet_v3_small"), 14),
    "efficientnet_b0": entry(vision("efficientnet_b0"), 13),
    "densenet121": entry(vision("densenet121"), 14, "constant"),
    "squeezenet1_1": entry(vision("squeezenet1_1"), 15),
    "shufflenet_v2_x1_0": entry(vision("shufflenet_v2_x1_0"), 16),
    "regnet_y_1_6gf": entry(vision("regnet_y_1_6gf"), 13),
    "convnext_tiny": entry(vision("convnext_tiny"), 17),
    "vit_b_16": entry(vision("vit_b_16"), 14),
    "swin_t": entry(vision("swin_t"), 17),
    "inception_v3": entry(vision("inception_v3", 299, **BARE), 11),
    "googlenet": entry(vision("googlenet", **BARE), 12, "constant"),
    "mnasnet0_5": entry(vision("mnasnet0_5"), 10, "constant"),
    "deeplabv3_resnet50": entry(segmentation("deeplabv3_resnet50"), 13),
    "lraspp_mobilenet_v3_large": entry(segmentation("lraspp_mobilenet_v3_large"), 11),
    "dcgan": entry(lambda: (generator(), torch.rand(1, 100, 1, 1)), 9),
    "lstm": entry(tokens(lambda: Recurrent(nn.LSTM), 20, 1000), 14),
    "gru": entry(tokens(lambda: Recurrent(nn.GRU), 20, 1000), 11),
    "transformer": entry(tokens(TextEncoder, 32, 2000), 17),
    "resnet50-folded": entry(vision("resnet50"), 13, mode=FOLDED),
    "mobilenet_v2-folded": entry(vision("mobilenet_v2"), 9, mode=FOLDED),
    "efficientnet_b0-folded": entry(vision("efficientnet_b0"), 17, mode=FOLDED),
}


def randomise(model):
    """Makes all tensors differ: the exporter merges initializers that are equal."""
    with torch.no_grad():
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.uniform_(0.01, 0.02)


def export(model, example, opset, mode):
    stream = io.BytesIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, example, stream, opset_version=opset, training=mode, do_constant_folding=mode == FOLDED,
            input_names=["input"], output_names=["output"], dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
        )
    return onnx.load_model_from_string(stream.getvalue())


def make_external(graph):
    """Lets every weight lie at the start of one file, which only has to be as long as the largest."""
    for tensor in graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or not tensor.dims:
            continue
        length = 4 * math.prod(tensor.dims)
        for field in ("raw_data", "float_data"):
            tensor.ClearField(field)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (("location", "weights.bin"), ("offset", "0"), ("length", str(length))):
            tensor.external_data.add(key=key, value=value)


def make_constant(graph):
    """Replaces every weight by a ConstantOfShape node."""
    weights = [tensor for tensor in graph.initializer if tensor.data_type == onnx.TensorProto.FLOAT and tensor.dims]
    value = helper.make_tensor("value", onnx.TensorProto.FLOAT, [1], [0.01])
    nodes = []
    for tensor in weights:
        shape = helper.make_tensor(f"{tensor.name}.shape", onnx.TensorProto.INT64, [len(tensor.dims)], tensor.dims)
        graph.initializer.append(shape)
        nodes.append(helper.make_node("ConstantOfShape", [shape.name], [tensor.name], value=value))
        graph.initializer.remove(tensor)
    rest = list(graph.node)
    graph.ClearField("node")
    graph.node.extend(nodes + rest)


def count(model, example, entry):
    """PyTorch's own figures. Gradients stay on: without them fused operators hide the products inside attention."""
    counter = MacCounter()
    with counter:
        output = model(example)
    folded = sum(layer.num_features for layer in model.modules() if isinstance(layer, nn.BatchNorm2d))
    parameters = sum(p.numel() for p in model.parameters())
    buffers = sum(b.numel() for b in model.buffers() if b.is_floating_point())
    return {
        "parameters": parameters - folded if entry["mode"] == FOLDED else parameters,
        "buffers": 0 if entry["mode"] == FOLDED else buffers,
        "macs": counter.macs,
        "input": list(example.shape),
        "output": list(output.shape),
    }


def make(name, entry):
    torch.manual_seed(1)
    model, example = entry["build"]()
    model.eval()
    randomise(model)
    golden = {**count(model, example, entry), "opset": entry["opset"], "weights": entry["weights"]}
    proto = export(model, example, entry["opset"], entry["mode"])
    (make_constant if entry["weights"] == "constant" else make_external)(proto.graph)
    packed = gzip.compress(proto.SerializeToString(), 9, mtime=0)
    (HERE / f"{name}.onnx.gz").write_bytes(packed)
    print(f"{name:28} {golden['parameters']:>12,} {golden['macs']:>16,} {len(packed):>8,} bytes", flush=True)
    return golden


def main(names):
    path = HERE / "torchvision.json"
    golden = json.loads(path.read_text())["models"] if path.exists() else {}
    for name in names or MODELS:
        golden[name] = make(name, MODELS[name])
    made_by = {"torch": torch.__version__, "torchvision": torchvision.__version__, "onnx": onnx.__version__}
    ordered = {name: golden[name] for name in MODELS if name in golden}
    path.write_text(json.dumps({"madeBy": made_by, "models": ordered}, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
