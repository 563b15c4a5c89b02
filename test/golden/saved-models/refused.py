"""Signatures that have no words in ONNX: each is refused by the name of its operator, and TensorFlow itself runs it."""

import shutil
import tempfile

import tensorflow as tf

from recorder import weight

f32 = lambda *shape: tf.TensorSpec(shape, tf.float32, "x")


def table_of(values):
    keys = tf.constant(["A", "B", "C"])
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, tf.constant(values)), -1)


def save_refused(recorder):
    module = tf.Module()
    module.table = table_of([1, 2, 3])
    module.counter = tf.Variable(0.0)
    module.kernel = weight(4, 5)
    module.scale = weight(5, trainable=False, positive=True, name="scale")
    text = tf.TensorSpec([None], tf.string, "x")

    def weighted(x):
        y = (x @ module.kernel) * module.scale
        return tf.linalg.cholesky(tf.matmul(y, y, transpose_b=True) + 4 * tf.eye(3))

    functions = {
        "Cholesky": (lambda x: tf.linalg.cholesky(tf.matmul(x, x, transpose_b=True) + 4 * tf.eye(4)), f32(None, 4, 4)),
        "Weighted": (weighted, f32(None, 3, 4)),
        "LookupTableFindV2": (lambda x: module.table.lookup(x), text),
        "InTopKV2": (lambda x: tf.math.in_top_k(tf.zeros([tf.shape(x)[0]], tf.int32), x, 2), f32(None, 4)),
        "StringLower": (lambda x: tf.strings.lower(x), text),
        "StringToHashBucketFast": (lambda x: tf.strings.to_hash_bucket_fast(x, 1000), text),
        "UnsortedSegmentSum": (lambda x: tf.math.unsorted_segment_sum(x, [0, 1, 0], 2), f32(3, 4)),
        "FFT": (lambda x: tf.math.real(tf.signal.fft(tf.cast(x, tf.complex64))), f32(None, 4)),
        "RandomUniform": (lambda x: x + tf.random.uniform(tf.shape(x)), f32(None, 4)),
        "DecodeJpeg": (lambda x: tf.io.decode_jpeg(x), tf.TensorSpec([], tf.string, "x")),
        "AssignAddVariableOp": (lambda x: x + module.counter.assign_add(1.0), f32(None, 4)),
    }
    # What these give differs from run to run, or asks for the bytes of a picture.
    unrecorded = ("RandomUniform", "DecodeJpeg", "AssignAddVariableOp")
    parameters = {"Weighted": {"total": 25, "trainable": 20}, "AssignAddVariableOp": {"total": 1, "trainable": 1}}
    signatures = {name: tf.function(function, input_signature=[spec]) for name, (function, spec) in functions.items()}
    folder = tempfile.mkdtemp()
    tf.saved_model.save(module, folder, signatures=signatures)
    recorder.keep("refused", folder)
    loaded = tf.saved_model.load(folder)
    for name in functions:
        code = "E_TF_STATE" if name.startswith("Assign") else "E_TF_OPERATOR"
        told = {"refused": code, "parameters": parameters.get(name, {"total": 0, "trainable": 0})}
        if name in unrecorded:
            recorder.cases.append({"folder": "refused", "signature": name, **told, "runs": []})
        else:
            recorder.case("refused", loaded.signatures[name], name, **told)
    shutil.rmtree(folder)
