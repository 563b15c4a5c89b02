"""Rewrites two folded golden architectures in the two ways in which quantised ONNX files are written.

    python3 test/golden/make-quantized.py

`resnet18-qdq` keeps Conv and Gemm between QuantizeLinear and DequantizeLinear, weights as int8 with one scale per channel;
`mobilenet_v2-qlinear` uses QLinearConv and the com.microsoft forms of Add, GlobalAveragePool and Gemm. Needs torch,
torchvision and onnx. Weights, biases and multiply-accumulates are those of the float model, which PyTorch counted.
"""
import gzip
import importlib.util
import json
import math
import pathlib

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).resolve().parent
SPEC = importlib.util.spec_from_file_location("make_torchvision", HERE / "make-torchvision.py")
floats = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(floats)


class Writer:
    """Collects the nodes and initializers of the new graph."""

    def __init__(self, graph):
        self.nodes, self.tensors = [], []
        self.weights = {tensor.name: tensor for tensor in graph.initializer}

    def add(self, operator, inputs, output, domain="", **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def constant(self, name, array):
        self.tensors.append(numpy_helper.from_array(array, name))
        return name

    def scale(self, name, channels=None, value=0.02):
        return self.constant(f"{name}.scale", numpy.full(channels or (), value, numpy.float32))

    def zero(self, name, kind, channels=None, value=0):
        return self.constant(f"{name}.zero", numpy.full(channels or (), value, kind))

    def weight(self, name, kind):
        """An integer weight whose elements lie in `weights.bin`."""
        dims = self.weights[name].dims
        tensor = TensorProto(name=f"{name}.quantized", data_type=kind, dims=dims, data_location=TensorProto.EXTERNAL)
        length = math.prod(dims) * (1 if kind == TensorProto.INT8 else 4)
        for key, value in (("location", "weights.bin"), ("offset", "0"), ("length", str(length))):
            tensor.external_data.add(key=key, value=value)
        self.tensors.append(tensor)
        return tensor.name, dims[0]


def around(writer, value):
    """QuantizeLinear and DequantizeLinear around an activation, once for all who read it."""
    if any(f"{value}.dq" in node.output for node in writer.nodes):
        return f"{value}.dq"
    scale, zero = writer.scale(value), writer.zero(value, numpy.uint8, value=128)
    writer.add("QuantizeLinear", [value, scale, zero], f"{value}.q")
    return writer.add("DequantizeLinear", [f"{value}.q", scale, zero], f"{value}.dq")


def to_qdq(writer, node):
    if node.op_type not in ("Conv", "Gemm"):
        writer.nodes.append(node)
        return
    weight, channels = writer.weight(node.input[1], TensorProto.INT8)
    scale, zero = writer.scale(weight, channels), writer.zero(weight, numpy.int8, channels)
    bias, _ = writer.weight(node.input[2], TensorProto.INT32)
    bias_scale, bias_zero = writer.scale(bias, channels), writer.zero(bias, numpy.int32, channels)
    inputs = [
        around(writer, node.input[0]),
        writer.add("DequantizeLinear", [weight, scale, zero], f"{weight}.dq", axis=0),
        writer.add("DequantizeLinear", [bias, bias_scale, bias_zero], f"{bias}.dq", axis=0),
    ]
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    copy.ClearField("input")
    copy.input.extend(inputs)
    writer.nodes.append(copy)


def quantized(writer, value):
    """The three inputs of an activation: elements, scale and zero point."""
    return [value, f"{value}.scale", f"{value}.zero"]


def declare(writer, value):
    return [writer.scale(value), writer.zero(value, numpy.uint8, value=128)]


def to_qlinear(writer, node):
    if node.op_type == "Constant":  # The bounds of Clip, which become part of the quantised range.
        return
    attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    source, output = node.input[0], node.output[0]
    if node.op_type == "Conv":
        weight, channels = writer.weight(node.input[1], TensorProto.INT8)
        operands = [weight, writer.scale(weight, channels), writer.zero(weight, numpy.int8, channels)]
        bias, _ = writer.weight(node.input[2], TensorProto.INT32)
        writer.add("QLinearConv", quantized(writer, source) + operands + declare(writer, output) + [bias], output, **attributes)
    elif node.op_type == "Gemm":
        weight, channels = writer.weight(node.input[1], TensorProto.INT8)
        operands = [weight, writer.scale(weight, channels), writer.zero(weight, numpy.int8, channels)]
        bias, _ = writer.weight(node.input[2], TensorProto.INT32)
        result = declare(writer, f"{output}.q")
        inputs = quantized(writer, source) + operands + [bias] + result
        writer.add("QGemm", inputs, f"{output}.q", "com.microsoft", transB=attributes["transB"])
        writer.add("DequantizeLinear", [f"{output}.q", *result], output)
    elif node.op_type == "Add":
        inputs = quantized(writer, source) + quantized(writer, node.input[1]) + declare(writer, output)
        writer.add("QLinearAdd", inputs, output, "com.microsoft")
    elif node.op_type == "GlobalAveragePool":
        inputs = quantized(writer, source) + declare(writer, output)
        writer.add("QLinearGlobalAveragePool", inputs, output, "com.microsoft", channels_last=0)
    else:
        writer.add("Identity" if node.op_type == "Clip" else node.op_type, [source], output)
        declare(writer, output)


def rewrite(proto, convert):
    graph = proto.graph
    writer = Writer(graph)
    nodes = list(graph.node)
    if convert is to_qlinear:
        original = graph.input[0].name
        nodes[0].input[0] = f"{original}.q"
        writer.add("QuantizeLinear", [original, *declare(writer, f"{original}.q")], f"{original}.q")
    for node in nodes:
        convert(writer, node)
    used = {name for node in writer.nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    graph.ClearField("node")
    graph.ClearField("initializer")
    graph.ClearField("value_info")
    graph.node.extend(writer.nodes)
    graph.initializer.extend(kept + [tensor for tensor in writer.tensors if tensor.name in used])
    proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def make(name, source, convert):
    torch.manual_seed(1)
    entry = floats.entry(floats.vision(source), 13, mode=floats.FOLDED)
    model, example = entry["build"]()
    model.eval()
    floats.randomise(model)
    golden = {**floats.count(model, example, entry), "opset": 13}
    proto = floats.export(model, example, entry["opset"], entry["mode"])
    rewrite(proto, convert)
    packed = gzip.compress(proto.SerializeToString(), 9, mtime=0)
    (HERE / f"{name}.onnx.gz").write_bytes(packed)
    print(f"{name:24} {golden['parameters']:>12,} {golden['macs']:>16,} {len(packed):>8,} bytes")
    return golden


if __name__ == "__main__":
    models = {
        "resnet18-qdq": make("resnet18-qdq", "resnet18", to_qdq),
        "mobilenet_v2-qlinear": make("mobilenet_v2-qlinear", "mobilenet_v2", to_qlinear),
    }
    (HERE / "quantized.json").write_text(json.dumps({"models": models}, indent=2) + "\n")
