"""Saves functions of TensorFlow as SavedModels and records what TensorFlow itself computes and counts for them."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

BATCHES = (2, 3)
MOST_ELEMENTS = 40
# Operators with weights whose work TensorFlow does not tell.
UNCOUNTED = ("BatchMatMulV2", "Einsum", "Conv3D", "Conv2DBackpropInput", "Conv3DBackpropInputV2", "While", "StatelessWhile")
DROPPED = ("fingerprint.pb", "keras_metadata.pb")


PACK = """
const { brotliCompressSync, constants } = require('node:zlib')
const params = { [constants.BROTLI_PARAM_LGWIN]: 24 }
process.stdout.write(brotliCompressSync(require('node:fs').readFileSync(0), { params }))
"""


def ramp(shape, start=0):
    """Values between -1 and 1 that the test makes too."""
    count = int(np.prod(shape))
    return (((np.arange(count) + start) * 37 % 101 - 50) / 50).astype(np.float32).reshape(shape)


def weight(*shape, start=5, trainable=True, positive=False, name="weight"):
    values = ramp(shape, start) * 0.5
    return tf.Variable(abs(values) + 0.5 if positive else values, trainable=trainable, name=name)


def given(spec, free, start, below):
    """The description of an input, from which the test makes its values, and the values."""
    free = iter(free)
    shape = [next(free) if size is None else size for size in spec.shape]
    dtype = spec.dtype.name
    told = {"dtype": dtype, "shape": shape, "start": start}
    if dtype in ("int32", "int64"):
        told["below"] = below
        values = (np.arange(int(np.prod(shape))) * 37 + start) % below
        return told, values.reshape(shape).astype(dtype)
    if dtype == "string":
        return told, np.array([chr(65 + (index + start) % 5) for index in range(int(np.prod(shape)))]).reshape(shape)
    values = ramp(shape, start)
    return told, values > 0 if dtype == "bool" else values.astype(dtype)


def seen(tensor):
    """The shape, and every `step`-th element."""
    values = np.asarray(tensor)
    step = max(1, values.size // MOST_ELEMENTS) | 1
    kept = values.flatten()[::step]
    texts = [value.decode() for value in kept.tolist()] if values.dtype.kind in "SO" else None
    data = texts or [float(f"{value:.7g}") if values.dtype.kind == "f" else int(value) for value in kept.tolist()]
    return {"shape": list(values.shape), "step": step, "data": data}


def macs_of(concrete):
    """Half of what TensorFlow counts for the products and convolutions of a batch of one; nothing where it cannot."""
    graph = convert_variables_to_constants_v2(concrete).graph
    total = 0
    for operation in graph.get_operations():
        if operation.type in UNCOUNTED:
            return None
        if operation.type in ("MatMul", "Conv2D", "DepthwiseConv2dNative"):
            total += ops.get_stats_for_node_def(graph, operation.node_def, "flops").value // 2
    return int(total)


class Recorder:
    """Everything that goes into one file."""

    def __init__(self):
        self.folders = {}
        self.cases = []

    def keep(self, name, folder):
        files = [path for path in sorted(Path(folder).rglob("*")) if path.is_file() and path.name not in DROPPED]
        self.folders[name] = {str(path.relative_to(folder)): path.read_bytes().decode("latin1") for path in files}

    def case(self, folder, concrete, signature=None, below=4, batches=BATCHES, fixed=None, start=1, **told):
        """Runs one signature of a loaded SavedModel."""
        specs = dict(sorted(concrete.structured_input_signature[1].items()))
        runs = []
        for batch in batches:
            pairs = {key: given(spec, [batch, *(fixed or [])], index + start, below) for index, (key, spec) in enumerate(specs.items())}
            outputs = concrete(**{key: tf.constant(value) for key, (_, value) in pairs.items()})
            runs.append(
                {
                    "inputs": {key: description for key, (description, _) in pairs.items()},
                    "outputs": {key: seen(value) for key, value in outputs.items()},
                }
            )
        self.cases.append({"folder": folder, "signature": signature, "runs": runs, **told})

    def write(self, path):
        """Brotli, which Node brings along, sees repetitions that lie far apart."""
        content = json.dumps({"folders": self.folders, "cases": self.cases}, separators=(",", ":"), ensure_ascii=False)
        packed = subprocess.run(["node", "-e", PACK], input=content.encode(), stdout=subprocess.PIPE, check=True)
        Path(path).write_bytes(packed.stdout)


def counted(function, specs):
    """Parameters as the variables that a function reads, and multiply-accumulates of a batch of one."""
    single = [tf.TensorSpec([1 if size is None else size for size in spec.shape], spec.dtype) for spec in specs]
    concrete = tf.function(function).get_concrete_function(*single)
    size = lambda variables: sum(int(np.prod(variable.shape)) for variable in variables)
    total = size(concrete.graph.variables)
    told = {"parameters": {"total": total, "trainable": size(concrete.graph.trainable_variables)}}
    macs = macs_of(concrete)
    return told if macs is None else {**told, "macs": macs}


def save_functions(recorder, name, table, **options):
    """One SavedModel with a signature for each function: `{name: (function, *specs, {options})}`."""
    module = tf.Module()
    module.weights = []
    signatures, told = {}, {}
    for key, (function, *specs) in table.items():
        told[key] = dict(specs.pop()) if specs and isinstance(specs[-1], dict) else {}
        named = [tf.TensorSpec(spec.shape, spec.dtype, f"x{index}") for index, spec in enumerate(specs)]
        signatures[key] = tf.function(function, input_signature=named)
        if told[key].pop("count", False):
            told[key] = {**counted(function, specs), **told[key]}
    module.weights = list({id(v): v for f in signatures.values() for v in f.get_concrete_function().graph.variables}.values())
    folder = tempfile.mkdtemp()
    tf.saved_model.save(module, folder, signatures=signatures)
    loaded = tf.saved_model.load(folder)
    for key in table:
        recorder.case(name, loaded.signatures[key], key, **{**options, **told[key]})
    recorder.keep(name, folder)
    shutil.rmtree(folder)
