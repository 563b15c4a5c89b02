"""What TensorFlow itself computes with the Keras files and SavedModels of `../shared/data`, or why it cannot load them.

Keras 3 refuses most files of Keras 1 and 2, for arguments that it no longer knows. From these the layers are built anew with
the arguments that it does know, and the file's weights are set: `rebuilt` says so.

Usage: python3 make-shared-outputs.py ../../../shared/data > shared-outputs.json
Made with Python 3.11, TensorFlow 2.21, Keras 3.15, h5py 3.
"""

import inspect
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import keras
import numpy as np
import tensorflow as tf
from keras.src.legacy.saving import legacy_h5_format


def made_up(shape, dtype, index):
    """Batch 2, other free sizes 5; the values that the tests make."""
    sizes = [size if size is not None else (2 if axis == 0 else 5) for axis, size in enumerate(shape)]
    count = int(np.prod(sizes))
    at = np.arange(count)
    values = (at * 7) % 5 if np.issubdtype(dtype, np.integer) else np.sin(0.37 * at + index)
    return values.astype(dtype).reshape(sizes)


def rounded(tensors):
    listed = [np.asarray(t) for t in tensors]
    return [{"shape": list(t.shape), "values": [float(f"{v:.7g}") for v in t.astype(np.float64).flatten()]} for t in listed]


@keras.saving.register_keras_serializable()
def old_hard_sigmoid(x):
    """Keras 1 and 2; that of Keras 3 has another slope."""
    return tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)


def known_arguments(cls, config):
    own = inspect.signature(cls.__init__).parameters
    takes_more = any(parameter.kind is parameter.VAR_KEYWORD for parameter in own.values())
    known = {name for base in cls.__mro__ for name in inspect.signature(base.__init__).parameters} if takes_more else set(own)
    return {name: value for name, value in config.items() if name in known and not name.endswith(("_initializer", "_regularizer", "_constraint", "dtype"))}


def rebuilt_layer(entry):
    """`{class_name, config}` of Keras 1 or 2 as a layer of Keras 3."""
    cls, config = getattr(keras.layers, entry["class_name"]), dict(entry["config"])
    for name, value in config.items():
        if isinstance(value, dict) and "class_name" in value and "config" in value and not name.endswith(("initializer", "regularizer", "constraint")):
            config[name] = rebuilt_layer(value)
        if value == "hard_sigmoid":
            config[name] = old_hard_sigmoid
    if entry["class_name"] == "BatchNormalization" and isinstance(config["axis"], list):
        (config["axis"],) = config["axis"]
    if entry["class_name"] == "GRU":
        config.setdefault("reset_after", False)
    return cls(**known_arguments(cls, config))


def rebuilt_model(config):
    layers = config["config"] if isinstance(config["config"], list) else config["config"]["layers"]
    if config["class_name"] == "Sequential":
        first = layers[0]["config"]
        model = keras.Sequential([keras.Input(batch_shape=first["batch_input_shape"], dtype=first.get("dtype", "float32"))])
        for entry in layers:
            if entry["class_name"] != "InputLayer":
                model.add(rebuilt_layer(entry))
        return model
    tensors = {}
    for entry in layers:
        if entry["class_name"] == "InputLayer":
            given = entry["config"]
            tensors[entry["name"]] = keras.Input(batch_shape=given["batch_input_shape"], name=entry["name"], dtype=given["dtype"])
            continue
        (inbound,) = entry["inbound_nodes"]
        read = [tensors[source[0]] for source in ([inbound] if isinstance(inbound[0], str) else inbound)]
        tensors[entry["name"]] = rebuilt_layer(entry)(read[0] if len(read) == 1 else read)
    ends = lambda key: [tensors[place[0]] for place in config["config"][key]]
    return keras.Model(ends("input_layers"), ends("output_layers"))


def loaded(path):
    """The model, and whether it had to be rebuilt."""
    try:
        return keras.models.load_model(path, compile=False), {}
    except Exception:
        with h5py.File(path) as file:
            model = rebuilt_model(json.loads(file.attrs["model_config"]))
            legacy_h5_format.load_weights_from_hdf5_group(file["model_weights"], model)
        return model, {"rebuilt": True}


def keras_outputs(path):
    model, how = loaded(path)
    inputs = [made_up(x.shape, np.dtype(x.dtype), index) for index, x in enumerate(model.inputs)]
    out = model(inputs[0] if len(inputs) == 1 else inputs, training=False)
    return {**how, "outputs": rounded(out if isinstance(out, (list, tuple)) else [out])}


def signature_outputs(signature):
    """Inputs in the order of their names."""
    specs = signature.structured_input_signature[1]
    given = {}
    for index, (name, spec) in enumerate(sorted(specs.items())):
        if spec.dtype == tf.string:
            return {"refused": f"input {name} is text"}
        shape = [None] if spec.shape.rank is None else spec.shape.as_list()
        given[name] = tf.constant(made_up(shape, spec.dtype.as_numpy_dtype, index))
    out = signature(**given)
    return {"outputs": rounded(out[name] for name in sorted(out))}


def attempt(compute, *arguments):
    try:
        return compute(*arguments)
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {str(error).strip().splitlines()[0][:160]}"}


root = Path(sys.argv[1])
found = {"h5": {}, "savedmodel": {}}
for path in sorted((root / "h5").rglob("*.h5")):
    found["h5"][str(path.relative_to(root / "h5"))] = attempt(keras_outputs, path)
for folder in sorted(path for path in (root / "savedmodel").iterdir() if path.is_dir()):
    model = attempt(tf.saved_model.load, str(folder))
    if isinstance(model, dict):
        found["savedmodel"][folder.name] = model
        continue
    for name, signature in sorted(model.signatures.items()):
        found["savedmodel"][f"{folder.name} {name}"] = attempt(signature_outputs, signature)
print(json.dumps(found, separators=(",", ":")).replace("},\"", "},\n\""))
