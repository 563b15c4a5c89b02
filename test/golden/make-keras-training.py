"""Writes keras-training.json.gz: small Keras models as .keras files, and what Keras computes when it trains them.

Losses of ten steps of SGD with momentum on one batch, and of an evaluation behind them, by TensorFlow in float64: they tell the
gradients of all weights, however another format lays them out. Activations are smooth.
Needs tensorflow and keras 3. Run: python3 make-keras-training.py
"""

import base64
import gzip
import json
import os
import tempfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import keras  # noqa: E402
import numpy  # noqa: E402
import tensorflow  # noqa: E402

TARGET = Path(__file__).parent / "keras-training.json.gz"
BATCH, CLASSES, STEPS, RATE = 4, 5, 10, 0.2
layers = keras.layers


def recurrent():
    return [layers.Input((8, 6)), layers.Bidirectional(layers.LSTM(4, return_sequences=True)), layers.GRU(5),
            layers.Dense(CLASSES, activation="softmax")]


def simple_recurrent():
    return [layers.Input((8, 6)), layers.SimpleRNN(4, return_sequences=True), layers.GRU(5, reset_after=False),
            layers.Dense(CLASSES)]


def convolutional():
    return [layers.Input((8, 8, 3)), layers.Conv2D(6, 3, padding="same", use_bias=False), layers.BatchNormalization(momentum=0.9),
            layers.Activation("tanh"), layers.AveragePooling2D(2), layers.SeparableConv2D(8, 3, activation="softplus"),
            layers.LayerNormalization(), layers.GlobalAveragePooling2D(), layers.Dense(CLASSES, activation="softmax")]


def numbers(values):
    """float32 little-endian bytes."""
    return base64.b64encode(numpy.asarray(values).astype("<f4").tobytes()).decode()


def build(make, dtype, weights=None):
    keras.config.set_floatx(dtype)
    model = keras.Sequential(make())
    if weights is not None:
        model.set_weights(weights)
    return model


def case(make):
    keras.utils.set_random_seed(5)
    model = build(make, "float32")
    random = numpy.random.default_rng(3)
    model.set_weights([value + random.normal(0, 0.1, value.shape).astype("f4") for value in model.get_weights()])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        file = Path(path).read_bytes()
    wide = build(make, "float64", model.get_weights())
    images = random.normal(size=(BATCH, *model.input_shape[1:])).astype("f4")
    labels = numpy.array([2, 0, 4, 2])
    is_logits = model.layers[-1].activation is keras.activations.linear
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=is_logits)
    optimizer = keras.optimizers.SGD(RATE, momentum=0.9)
    losses = []
    for _ in range(STEPS):
        with tensorflow.GradientTape() as tape:
            loss = loss_of(labels, wide(images.astype("f8"), training=True))
        losses.append(float(loss))
        variables = wide.trainable_variables
        optimizer.apply(tape.gradient(loss, [variable.value for variable in variables]), variables)
    return {"keras": base64.b64encode(file).decode(), "image": numbers(images), "shape": list(images.shape),
            "labels": labels.tolist(), "losses": losses, "evaluated": float(loss_of(labels, wide(images.astype("f8"))))}


cases = {make.__name__: case(make) for make in (recurrent, simple_recurrent, convolutional)}
TARGET.write_bytes(gzip.compress(json.dumps({"keras": keras.__version__, "cases": cases}).encode(), 9, mtime=0))
