"""Signatures that have no words in ONNX: each is refused by the name of its operator."""

import shutil
import tempfile

import tensorflow as tf

f32 = lambda *shape: tf.TensorSpec(shape, tf.float32, "x")


def table_of(values):
    keys = tf.constant(["a", "b", "c"])
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, tf.constant(values)), -1)


def save_refused(recorder):
    module = tf.Module()
    module.table = table_of([1, 2, 3])
    module.counter = tf.Variable(0.0)
    functions = {
        "Cholesky": (lambda x: tf.linalg.cholesky(x), f32(None, 4, 4)),
        "LookupTableFindV2": (lambda x: module.table.lookup(x), tf.TensorSpec([None], tf.string, "x")),
        "RandomUniform": (lambda x: x + tf.random.uniform(tf.shape(x)), f32(None, 4)),
        "InTopKV2": (lambda x: tf.math.in_top_k(tf.zeros([tf.shape(x)[0]], tf.int32), x, 2), f32(None, 4)),
        "StringLower": (lambda x: tf.strings.lower(x), tf.TensorSpec([None], tf.string, "x")),
        "DecodeJpeg": (lambda x: tf.io.decode_jpeg(x), tf.TensorSpec([], tf.string, "x")),
        "UnsortedSegmentSum": (lambda x: tf.math.unsorted_segment_sum(x, [0, 1, 0], 2), f32(3, 4)),
        "FFT": (lambda x: tf.math.real(tf.signal.fft(tf.cast(x, tf.complex64))), f32(None, 4)),
        "AssignAddVariableOp": (lambda x: x + module.counter.assign_add(1.0), f32(None, 4)),
    }
    signatures = {name: tf.function(function, input_signature=[spec]) for name, (function, spec) in functions.items()}
    folder = tempfile.mkdtemp()
    tf.saved_model.save(module, folder, signatures=signatures)
    recorder.keep("refused", folder)
    for name in functions:
        code = "E_TF_STATE" if name.startswith("Assign") else "E_TF_OPERATOR"
        recorder.cases.append({"folder": "refused", "signature": name, "refused": code, "runs": []})
    shutil.rmtree(folder)
