"""Networks of Keras, as `model.export` and `tf.saved_model.save` write them."""

import shutil
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers as L

from recorder import macs_of, ramp










def dense(x):
    y = L.Dense(5, activation="relu")(x)
    return L.Dense(3, activation="softmax")(y)


def convolutional(x):
    y = L.Conv2D(6, 3, strides=2, padding="same", use_bias=False)(x)
    y = L.ReLU(6.0)(L.BatchNormalization()(y))
    y = L.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(y)
    y = L.BatchNormalization(scale=False)(y)
    y = L.SeparableConv2D(8, 3, padding="valid", activation="swish")(y)
    y = L.BatchNormalization(center=False)(y)
    y = L.MaxPooling2D(2, padding="same")(y)
    return L.Dense(3, activation="softmax")(L.Flatten()(y))


def residual(x):
    y = L.Conv2D(4, 3, padding="same", groups=2)(x)
    y = L.Add()([L.Activation("gelu")(y), x])
    gate = L.Dense(4, activation="hard_sigmoid")(L.GlobalAveragePooling2D(keepdims=True)(y))
    y = L.Multiply()([y, gate])
    y = L.Concatenate()([L.AveragePooling2D(2)(y), L.MaxPooling2D(2)(y)])
    y = L.UpSampling2D(2, interpolation="bilinear")(L.ZeroPadding2D(((1, 0), (0, 1)))(y))
    return L.GlobalMaxPooling2D()(L.Cropping2D(1)(y))


def dilated(x):
    y = L.DepthwiseConv2D(3, dilation_rate=2, padding="same")(x)
    y = L.Conv2D(5, 3, dilation_rate=2, activation="leaky_relu")(y)
    return L.Conv2DTranspose(3, 3, strides=2, padding="same")(y)


def channels_of_line(x):
    y = L.Conv1D(6, 3, padding="causal", activation="elu")(x)
    y = L.MaxPooling1D(2)(L.BatchNormalization()(y))
    return L.GlobalAveragePooling1D()(L.Conv1DTranspose(4, 3, strides=2)(y))


def volume(x):
    y = L.Conv3D(4, 2, padding="same", activation="relu")(x)
    return L.GlobalAveragePooling3D()(L.AveragePooling3D(2)(L.BatchNormalization()(y)))


def normalized(x):
    y = L.LayerNormalization()(x)
    y = L.GroupNormalization(2)(y)
    return L.UnitNormalization()(L.RMSNormalization()(y))


def attention(x):
    y = L.MultiHeadAttention(2, 3)(x, x)
    y = L.LayerNormalization()(L.Add()([x, y]))
    return L.Dense(4)(L.PReLU()(y))


def words(x):
    y = L.Embedding(11, 6)(x)
    return L.Dense(3)(L.GlobalAveragePooling1D()(y))


def preprocessed(x):
    y = L.Rescaling(1 / 127.5, offset=-1)(x)
    y = L.Normalization(axis=-1, mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 2.0, 3.0, 4.0])(y)
    y = L.Resizing(12, 10)(y)
    return L.CenterCrop(6, 4)(y)


sequence = lambda: keras.Input([5, 4])
picture = lambda: keras.Input([8, 8, 4])
NETWORKS = {
    "dense": (lambda: keras.Input([6]), dense),
    "convolutional": (picture, convolutional),
    "residual": (picture, residual),
    "dilated": (picture, dilated),
    "line": (lambda: keras.Input([9, 4]), channels_of_line),
    "volume": (lambda: keras.Input([4, 6, 6, 2]), volume),
    "normalized": (picture, normalized),
    "attention": (sequence, attention),
    "words": (lambda: keras.Input([7], dtype="int32"), words),
    "preprocessed": (picture, preprocessed),
    "lstm": (sequence, lambda x: L.Dense(2)(L.LSTM(3)(x))),
    "lstm_sequences": (sequence, lambda x: L.LSTM(3, return_sequences=True)(x)),
    "gru": (sequence, lambda x: L.GRU(3)(x)),
    "gru_reset_before": (sequence, lambda x: L.GRU(3, reset_after=False, return_sequences=True, go_backwards=True)(x)),
    "simple_rnn": (sequence, lambda x: L.SimpleRNN(3)(x)),
    "bidirectional": (sequence, lambda x: L.Bidirectional(L.LSTM(3, return_sequences=True))(x)),
    "lstm_free_length": (lambda: keras.Input([None, 4]), lambda x: L.LSTM(3)(x)),
    "lstm_unrolled": (sequence, lambda x: L.LSTM(3, unroll=True)(x)),
    "lstm_masked": (sequence, lambda x: L.LSTM(3)(L.Masking(0.3)(x))),
    "steps": (sequence, lambda x: L.TimeDistributed(L.Dense(3))(x)),
}
# Recurrent kernels by their definition: steps x gates x units x (inputs + units); TensorFlow does not look into functions.
DEFINED = {
    "residual": 8 * 8 * 4 * (3 * 3 * 2) + 4 * 4,
    "lstm": 5 * 4 * 3 * (4 + 3) + 3 * 2,
    "lstm_sequences": 5 * 4 * 3 * (4 + 3),
    "gru": 5 * 3 * 3 * (4 + 3),
    "gru_reset_before": 5 * 3 * 3 * (4 + 3),
    "simple_rnn": 5 * 3 * (4 + 3),
    "bidirectional": 2 * 5 * 4 * 3 * (4 + 3),
    "lstm_masked": 5 * 4 * 3 * (4 + 3),
}
SAVED_BY_TENSORFLOW = ("dense", "convolutional", "lstm", "attention")


def filled(model):
    """Weights that are no noise, so that the file packs small; variances stay positive."""
    for index, variable in enumerate(model.variables):
        if "seed" in variable.path:
            continue
        values = ramp(variable.shape, index) * 0.4
        variable.assign(abs(values) + 0.5 if "variance" in variable.path or "gamma" in variable.path else values)


def told_of(name, model):
    size = lambda weights: sum(int(np.prod(weight.shape)) for weight in weights)
    used = [weight for weight in model.weights if "seed" not in weight.path]
    told = {"parameters": {"total": size(used), "trainable": size(model.trainable_weights)}} if used else {}
    single = [tf.TensorSpec([1, *tensor.shape[1:]], tensor.dtype) for tensor in model.inputs]
    macs = DEFINED.get(name)
    if macs is None and name not in ("lstm_free_length",):
        macs = macs_of(tf.function(lambda x: model(x, training=False)).get_concrete_function(*single))
    return told if macs is None else {**told, "macs": macs}


def save_networks(recorder):
    for name, (make_input, make) in NETWORKS.items():
        keras.backend.clear_session()
        x = make_input()
        model = keras.Model(x, make(x))
        filled(model)
        told = told_of(name, model)
        fixed = [5] if name == "lstm_free_length" else None
        for kind in ("export", *(["save"] if name in SAVED_BY_TENSORFLOW else [])):
            folder = tempfile.mkdtemp()
            if kind == "export":
                model.export(folder, verbose=False)
            else:
                tf.saved_model.save(model, folder)
            called = f"keras_{name}" if kind == "export" else f"keras_{name}_saved"
            concrete = tf.saved_model.load(folder).signatures["serving_default"]
            recorder.case(called, concrete, below=11, fixed=fixed, **told)
            recorder.keep(called, folder)
            shutil.rmtree(folder)
