"""Every architecture of keras.applications as TensorFlow saves and runs it.

The weights are made from a hash that `test/helpers/made-weights.ts` repeats bit for bit, so that no weight is kept: the file
of an architecture holds its config, the places of its weights, their scales and what TensorFlow computes with them.

Usage: python3 make-applications.py <folder> [architecture ...]
writes <folder>/<architecture>/{model.h5, model.keras, exported/, saved/} with all weights, some 30 GB for all of them, and
applications/<architecture>.json.br beside this script, which takes Node.
Made with Python 3.11, TensorFlow 2.21, Keras 3.15, h5py 3.
"""

import base64
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import keras
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2, trackable_object_graph_pb2

HERE = Path(__file__).parent / "applications"
ARCHITECTURES = (
    "MobileNet MobileNetV2 MobileNetV3Small MobileNetV3Large NASNetMobile EfficientNetB0 EfficientNetB1 EfficientNetB2 "
    "EfficientNetB3 EfficientNetB4 EfficientNetB5 EfficientNetB6 EfficientNetB7 EfficientNetV2B0 EfficientNetV2B1 "
    "EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2S EfficientNetV2M EfficientNetV2L DenseNet121 DenseNet169 DenseNet201 "
    "ResNet50 ResNet101 ResNet152 ResNet50V2 ResNet101V2 ResNet152V2 InceptionV3 InceptionResNetV2 Xception VGG16 VGG19 "
    "ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge NASNetLarge"
).split()
# Those whose graphs of TensorFlow are kept too, without weights.
KEPT_GRAPHS = {"MobileNetV2": ("exported", "saved"), "EfficientNetB0": ("exported",), "ConvNeXtTiny": ("saved",)}
# Those that prepare the image themselves take values of 0 to 255.
TAKES_BYTES = ("EfficientNet", "MobileNetV3", "ConvNeXt")


# How far the logits spread where it is not 3. With random weights the deep ones amplify roundings: inputs that differ by 2e-7
# of their size give probabilities of EfficientNetB3 that differ by 5.2e-6 at a deviation of 3, in TensorFlow itself, by 1.1e-6
# at 1.5 and by 3e-7 at 1 (ResNet50 at 3: 1.7e-7). At 3 the SavedModel of B3 was off by 1.5e-5 in onnxruntime.
LOGIT_DEVIATIONS = {
    **{f"EfficientNetB{size}": 1.5 for size in (0, 1, 2, 3, 4)},
    **{f"EfficientNetB{size}": 1.0 for size in (5, 6, 7)},
    "EfficientNetV2M": 1.5,
    "EfficientNetV2L": 1.5,
}


def hashed(seed, count):
    """Uniform in [0, 1), 24 bits: a multiplicative hash of the place of the value and of the weight."""
    value = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed * 0x85EBCA77 & 0xFFFFFFFF)
    value ^= value >> np.uint32(16)
    value *= np.uint32(0x7FEB352D)
    value ^= value >> np.uint32(15)
    value *= np.uint32(0x846CA68B)
    value ^= value >> np.uint32(16)
    return (value >> np.uint32(8)).astype(np.float64) / 2**24


def picture(shape, scale):
    """Squares of 16 pixels, each channel of each with a value of its own, in [0, scale] or around zero."""
    height, width, _ = shape
    rows, columns, channels = np.indices(shape)
    values = hashed(0, 64 * 64 * 3).reshape(64, 64, 3)[rows // 16, columns // 16, channels]
    return (values * 255 if scale == 255 else values * 2 - 1).astype(np.float32)[None]


def flattened(model):
    for layer in model.layers:
        yield from flattened(layer) if hasattr(layer, "layers") else [layer]


class Weights:
    """Gives each weight its values, and remembers by what rule."""

    def __init__(self, model):
        self.variables = [v for v in model.weights if v.dtype == "float32"]
        self.number = {v.path: index + 1 for index, v in enumerate(self.variables)}
        assert len(self.number) == len(self.variables)
        self.rules = {}

    def set(self, variable, offset, scale):
        offset, scale = float(f"{offset:.4g}"), float(f"{scale:.4g}")
        self.rules[variable.path] = (offset, scale)
        values = offset + (hashed(self.number[variable.path], int(np.prod(variable.shape))) - 0.5) * scale
        variable.assign(values.astype(np.float32).reshape(variable.shape))

    def first(self, variable):
        """Kernels keep the variance of what a ReLU passes on; scales lie around 1, shifts around 0."""
        name, shape = variable.name, variable.shape
        if "kernel" in name:
            fan_in = np.prod(shape[:2]) if name == "depthwise_kernel" or variable.path.endswith("depthwise/kernel") else np.prod(shape[:-1])
            self.set(variable, 0, np.sqrt(24 / fan_in))
        elif name in ("gamma", "variance", "moving_variance") or "layer_scale" in variable.path:
            self.set(variable, 1, 0.4)
        elif name in ("bias", "beta", "mean", "moving_mean"):
            self.set(variable, 0, 0.2)
        else:
            raise ValueError(f"{variable.path}: no rule")


def calibrate(model, weights, image, deviation):
    """Gives running statistics the size of what they meet, layer after layer, and logits the deviation given."""
    cls = keras.layers.BatchNormalization
    plain = cls.call

    def measured(self, inputs, training=None, mask=None):
        mean, spread = float(tf.reduce_mean(inputs)), float(tf.math.reduce_std(inputs))
        weights.set(self.moving_mean, mean, spread * 0.2)
        weights.set(self.moving_variance, spread**2, spread**2 * 0.4)
        return plain(self, inputs, training=False)

    cls.call = measured
    try:
        model(image, training=False)
    finally:
        cls.call = plain
    last = [layer for layer in flattened(model) if hasattr(layer, "kernel")][-1]
    features = keras.Model(model.inputs, last.input)(image, training=False).numpy()
    power = np.sqrt(np.square(features).mean() * np.prod(last.kernel.shape[:-1]))
    weights.set(last.kernel, 0, deviation * np.sqrt(12) / power)


def macs(model):
    """Multiply-accumulates of one image, by the shapes of kernels and outputs."""
    total = 0
    for layer in flattened(model):
        out = layer.output.shape[1:]
        if isinstance(layer, keras.layers.SeparableConv2D):
            *window, middle, _ = layer.pointwise_kernel.shape
            total += np.prod(out[:2]) * (middle * np.prod(layer.depthwise_kernel.shape[:2]) + middle * out[2])
        elif isinstance(layer, keras.layers.DepthwiseConv2D):
            total += np.prod(out) * np.prod(layer.kernel.shape[:2])
        elif isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)):
            total += np.prod(out) * np.prod(layer.kernel.shape[:-1])
    return int(total)


def profiled_macs(model, shape):
    """The same as TensorFlow's profiler counts it; it does not look into the calls that grouped convolutions are."""
    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(tf.TensorSpec([1, *shape]))
    options = tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation())
    counted = tf.compat.v1.profiler.profile(function.graph, cmd="op", options=options.with_empty_output().build())
    kinds = ("Conv2D", "DepthwiseConv2dNative", "MatMul")
    return sum(child.total_float_ops for child in walk(counted) if child.name in kinds) // 2


def walk(node):
    seen = {}
    def go(at):
        seen[at.name] = at
        for child in at.children:
            go(child)
    go(node)
    for name, at in seen.items():
        below = sum(child.total_float_ops for child in at.children)
        yield type("Count", (), {"name": name, "total_float_ops": at.total_float_ops - below})


def digest(values):
    if values.dtype != np.float32:
        return "count"
    return hashlib.sha256(np.ascontiguousarray(values, dtype=np.float32)).digest()


def places_h5(path, index):
    """Layer by layer: the names of its weights in the file, and which weights they are."""
    with h5py.File(path) as file:
        group = file["model_weights"]
        names = lambda of, key: [n.decode() if isinstance(n, bytes) else n for n in of.attrs[key]]
        layers = [(name, names(group[name], "weight_names")) for name in names(group, "layer_names")]
        return json.loads(file.attrs["model_config"]), {
            name: [[weight, index[digest(group[name][weight][()])]] for weight in found] for name, found in layers if found
        }


def places_keras(path, index):
    found = []
    with zipfile.ZipFile(path) as archive:
        config, metadata = json.loads(archive.read("config.json")), json.loads(archive.read("metadata.json"))
        with archive.open("model.weights.h5") as entry, h5py.File(entry) as file:
            visit = lambda name, item: found.append([name, index[digest(item[()])]]) if isinstance(item, h5py.Dataset) else None
            file.visititems(visit)
    return config, found, metadata["keras_version"]


def stripped(folder):
    """`saved_model.pb` with what the signature and the restoring of variables need, and nothing else."""
    model = saved_model_pb2.SavedModel()
    model.ParseFromString((folder / "saved_model.pb").read_bytes())
    (meta,) = model.meta_graphs
    graph, functions = meta.graph_def, {f.signature.name: f for f in meta.graph_def.library.function}
    signature = meta.signature_def["serving_default"]
    nodes = {node.name: node for node in graph.node}
    seen, called = set(), set()
    todo = [info.name for info in [*signature.inputs.values(), *signature.outputs.values()]]
    todo += [meta.saver_def.restore_op_name, meta.saver_def.filename_tensor_name]
    while todo:
        name = todo.pop().lstrip("^").split(":")[0]
        if name not in seen:
            seen.add(name)
            todo += nodes[name].input
    calls = [node for node in graph.node if node.name in seen]
    while calls:
        for attribute in calls.pop().attr.values():
            if attribute.HasField("func") and attribute.func.name not in called:
                called.add(attribute.func.name)
                calls += functions[attribute.func.name].node_def
    kept = saved_model_pb2.SavedModel(saved_model_schema_version=model.saved_model_schema_version)
    made = kept.meta_graphs.add()
    made.meta_info_def.tags.extend(meta.meta_info_def.tags)
    made.meta_info_def.tensorflow_version = meta.meta_info_def.tensorflow_version
    made.saver_def.CopyFrom(meta.saver_def)
    made.signature_def["serving_default"].CopyFrom(signature)
    made.graph_def.versions.CopyFrom(graph.versions)
    made.graph_def.node.extend(node for node in graph.node if node.name in seen)
    made.graph_def.library.function.extend(functions[name] for name in sorted(called))
    for entry in [*made.graph_def.node, *(n for f in made.graph_def.library.function for n in f.node_def)]:
        entry.ClearField("experimental_debug_info")
        entry.attr.pop("_output_shapes", None)
    for function in made.graph_def.library.function:
        function.arg_attr.clear()
        function.attr.clear()
    for node in meta.object_graph_def.nodes:
        if node.HasField("variable"):
            made.object_graph_def.nodes.add().variable.CopyFrom(node.variable)
    return kept.SerializeToString(deterministic=True)


def places_saved(folder, index):
    """Keys of the checkpoint and which weights lie there; names of variables and their keys."""
    reader = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    objects = trackable_object_graph_pb2.TrackableObjectGraph()
    objects.ParseFromString(reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
    keys = sorted(key for key in reader.get_variable_to_shape_map() if key != "_CHECKPOINTABLE_OBJECT_GRAPH")
    places = [[key, index[digest(reader.get_tensor(key))]] for key in keys if reader.get_variable_to_dtype_map()[key] in (tf.float32, tf.int64)]
    names = [[a.full_name, a.checkpoint_key] for node in objects.nodes for a in node.attributes]
    return {"places": places, "names": names}


def compressed(path, content):
    """Brotli, by Node."""
    code = "const z = require('zlib'); process.stdout.write(z.brotliCompressSync(require('fs').readFileSync(0), {params: {[z.constants.BROTLI_PARAM_LGWIN]: 24}}))"
    path.write_bytes(subprocess.run(["node", "-e", code], input=content, capture_output=True, check=True).stdout)


def make(name, folder):
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    build = getattr(keras.applications, name)
    model = build(weights=None)
    scale = 255 if name.startswith(TAKES_BYTES) else 1
    shape = tuple(size or 224 for size in model.input_shape[1:-1]) + model.input_shape[-1:]
    image = picture(shape, scale)
    weights = Weights(model)
    for variable in weights.variables:
        weights.first(variable)
    for layer in flattened(model):
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    calibrate(model, weights, image, LOGIT_DEVIATIONS.get(name, 3.0))
    outputs = model(image, training=False).numpy()[0]
    print(name, "largest", outputs.max(), "median", np.median(outputs), flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "model.h5")
    model.save(folder / "model.keras")
    model.export(folder / "exported", verbose=False)
    tf.saved_model.save(model, str(folder / "saved"))
    index = {"count": -1, **{digest(v.numpy()): number for number, v in enumerate(weights.variables)}}
    config, h5_places = places_h5(folder / "model.h5", index)
    archive_config, archive_places, version = places_keras(folder / "model.keras", index)
    trainable = sum(int(np.prod(v.shape)) for v in model.trainable_weights)
    golden = {
        "name": name,
        "version": version,
        "input": shape,
        "range": scale,
        "trainable": trainable,
        "nonTrainable": model.count_params() - trainable,
        "macs": macs(build(weights=None, input_shape=shape) if None in model.input_shape[1:] else model),
        "profiledMacs": profiled_macs(model, shape),
        "weights": [[list(v.shape), *weights.rules[v.path]] for v in weights.variables],
        "h5": {"config": config, "places": h5_places},
        "keras": {"config": "same" if archive_config == config else archive_config, "places": archive_places},
        "saved": {form: places_saved(folder / form, index) for form in KEPT_GRAPHS.get(name, ())},
        "outputs": base64.b64encode(outputs.astype("<f4").tobytes()).decode(),
    }
    HERE.mkdir(exist_ok=True)
    compressed(HERE / f"{name}.json.br", json.dumps(golden, separators=(",", ":")).encode())
    for form in KEPT_GRAPHS.get(name, ()):
        compressed(HERE / f"{name}.{form}.pb.br", stripped(folder / form))
    print(name, golden["trainable"], golden["nonTrainable"], golden["macs"], golden["profiledMacs"], flush=True)


for name in sys.argv[2:] or ARCHITECTURES:
    make(name, Path(sys.argv[1]) / name)
