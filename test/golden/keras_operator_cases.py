"""Operators of Keras 3 between layers, models of several parts, and types: cases for `make-keras-layers.py`."""
import keras, numpy as np
from keras import layers as L, ops

T = (3, 4)
ONE = {
    'add number': lambda x: x + 1.5, 'number minus': lambda x: 1 - x, 'multiply': lambda x: x * 2, 'divide number': lambda x: x / 4,
    'number divided': lambda x: 1 / (x + 2), 'power': lambda x: (x + 2) ** 2, 'negative': lambda x: -x, 'abs': lambda x: abs(x),
    'floor divide': lambda x: x // .3, 'modulo': lambda x: x % .3, 'array': lambda x: x + np.arange(4, dtype='float32'), 'nested array': lambda x: x * np.arange(12, dtype='float32').reshape(3, 4),
    'compare': lambda x: ops.cast(x > .2, 'float32') + ops.cast(x <= -.2, 'float32'), 'where': lambda x: ops.where(x > 0, x, 0.), 'where numbers': lambda x: ops.where(ops.less(x, .1), 1., -1.),
    'logical': lambda x: ops.cast(ops.logical_and(x > -.5, ops.logical_not(x > .5)), 'float32'), 'equal': lambda x: ops.cast(ops.equal(ops.round(x), 0.), 'int32'),
    'exp': ops.exp, 'sqrt': lambda x: ops.sqrt(ops.square(x) + 1), 'log': lambda x: ops.log(ops.abs(x) + 1), 'log1p': lambda x: ops.log1p(ops.abs(x)), 'expm1': ops.expm1, 'rsqrt': lambda x: ops.rsqrt(x + 2),
    'sin': ops.sin, 'cos': ops.cos, 'tanh': ops.tanh, 'arctan': ops.arctan, 'sinh': ops.sinh, 'erf': ops.erf, 'ceil': ops.ceil, 'floor': ops.floor, 'round': ops.round, 'sign': ops.sign, 'reciprocal': lambda x: ops.reciprocal(x + 2),
    'log2': lambda x: ops.log2(x + 2), 'log10': lambda x: ops.log10(x + 2), 'trunc': lambda x: ops.trunc(x * 3), 'clip': lambda x: ops.clip(x, -.5, .5), 'maximum': lambda x: ops.maximum(x, 0.1), 'minimum': lambda x: ops.minimum(x, 0.1),
    'relu': ops.relu, 'sigmoid': ops.sigmoid, 'softmax': ops.softmax, 'softmax axis': lambda x: ops.softmax(x, axis=1), 'log_softmax': ops.log_softmax, 'gelu': ops.gelu, 'gelu exact': lambda x: ops.gelu(x, approximate=False),
    'silu': ops.silu, 'elu': lambda x: ops.elu(x, alpha=.5), 'leaky_relu': lambda x: ops.leaky_relu(x, negative_slope=.1), 'relu6': lambda x: ops.relu6(x * 8), 'softplus': ops.softplus, 'hard_sigmoid': ops.hard_sigmoid, 'selu': ops.selu, 'hard_silu': ops.hard_silu,
    'mean': lambda x: ops.mean(x, axis=1), 'mean all': lambda x: ops.mean(x, axis=(1, 2), keepdims=True), 'sum': lambda x: ops.sum(x, axis=-1), 'max': lambda x: ops.max(x, axis=2), 'min': lambda x: ops.min(x, axis=1, keepdims=True), 'prod': lambda x: ops.prod(x, axis=2),
    'var': lambda x: ops.var(x, axis=1), 'std': lambda x: ops.std(x, axis=2, keepdims=True), 'logsumexp': lambda x: ops.logsumexp(x, axis=1), 'argmax': lambda x: ops.argmax(x, axis=-1), 'argmin': lambda x: ops.argmin(x, axis=1), 'any': lambda x: ops.cast(ops.any(x > .9, axis=1), 'int32'), 'all': lambda x: ops.cast(ops.all(x > -.9, axis=2), 'int32'),
    'norm': lambda x: ops.norm(x, axis=-1), 'normalize': lambda x: ops.normalize(x, axis=-1), 'moments': lambda x: list(ops.moments(x, axes=[1])), 'cumsum': lambda x: ops.cumsum(x, axis=1), 'top_k': lambda x: list(ops.top_k(x, 2)), 'sort': lambda x: ops.sort(x, axis=1), 'argsort': lambda x: ops.argsort(x, axis=-1),
    'reshape': lambda x: ops.reshape(x, (-1, 2, 6)), 'reshape joined': lambda x: ops.reshape(x, (-1, 4)), 'transpose': lambda x: ops.transpose(x, (0, 2, 1)), 'swapaxes': lambda x: ops.swapaxes(x, 1, 2), 'moveaxis': lambda x: ops.moveaxis(x, 1, -1), 'squeeze': lambda x: ops.squeeze(ops.expand_dims(x, 2), 2), 'expand_dims': lambda x: ops.expand_dims(x, -1),
    'tile': lambda x: ops.tile(x, (1, 2, 1)), 'repeat': lambda x: ops.repeat(x, 2, axis=1), 'pad': lambda x: ops.pad(x, [[0, 0], [1, 2], [0, 1]]), 'pad reflect': lambda x: ops.pad(x, [[0, 0], [1, 1], [0, 0]], mode='reflect'), 'pad value': lambda x: ops.pad(x, [[0, 0], [1, 1], [0, 0]], constant_values=2.), 'flip': lambda x: ops.flip(x, axis=1), 'roll': lambda x: ops.roll(x, 1, axis=1),
    'split': lambda x: list(ops.split(x, 2, axis=-1)), 'split indices': lambda x: list(ops.split(x, [1, 3], axis=2)), 'unstack': lambda x: list(ops.unstack(x, axis=1)), 'stack': lambda x: ops.stack([x, x * 2], axis=1), 'concatenate': lambda x: ops.concatenate([x, x + 1], axis=-1), 'zeros_like': lambda x: ops.zeros_like(x) + ops.ones_like(x) * 3,
    'slice': lambda x: x[:, 1:], 'slice step': lambda x: x[:, ::2, ::-1], 'slice negative': lambda x: x[:, -2:, :-1], 'item': lambda x: x[:, 0], 'item last': lambda x: x[:, -1, 2], 'ellipsis': lambda x: x[..., 1], 'new axis': lambda x: x[:, None, :, :2], 'take': lambda x: ops.take(x, [2, 0, 2], axis=1), 'take_along_axis': lambda x: ops.take_along_axis(x, ops.argsort(x, axis=1), axis=1),
    'tril': ops.tril, 'triu': lambda x: ops.triu(x, 1), 'matmul constant': lambda x: x @ np.arange(8, dtype='float32').reshape(4, 2), 'tensordot': lambda x: ops.tensordot(x, np.arange(8, dtype='float32').reshape(4, 2), axes=1), 'cast int': lambda x: ops.cast(x * 3, 'int32') + 1, 'int mean': lambda x: ops.mean(ops.cast(x * 3, 'int32'), axis=1), 'int divide': lambda x: ops.cast(x * 3, 'int32') / 2,
    'stop_gradient': lambda x: ops.stop_gradient(x) * 2, 'logaddexp': lambda x: ops.logaddexp(x, 1.), 'one_hot': lambda x: ops.one_hot(ops.cast(x * 2, 'int32'), 3), 'layer_normalization': lambda x: ops.layer_normalization(x), 'rms_normalization': lambda x: ops.rms_normalization(x), 'isnan': lambda x: ops.where(ops.isnan(x / x), 0., x),
    'broadcast_to': lambda x: ops.sum(x, axis=0, keepdims=True) * 0 + x, 'square': ops.square, 'glu': ops.glu, 'squareplus': ops.squareplus,
}
TWO = {
    'add': (lambda a, b: a + b, T, T), 'subtract': (lambda a, b: a - b, T, (3, 1)), 'multiply broadcast': (lambda a, b: a * b, T, (1, 4)), 'divide': (lambda a, b: a / (b + 2), T, T), 'maximum': (ops.maximum, T, T), 'matmul': (ops.matmul, T, (4, 2)), 'dot': (lambda a, b: ops.matmul(a, ops.transpose(b, (0, 2, 1))), T, T),
    'einsum': (lambda a, b: ops.einsum('bij,bjk->bik', a, b), T, (4, 2)), 'concatenate': (lambda a, b: ops.concatenate([a, b], axis=1), T, (2, 4)), 'stack': (lambda a, b: ops.stack([a, b], axis=-1), T, T), 'where': (lambda a, b: ops.where(a > b, a, b), T, T), 'power': (lambda a, b: ops.power(a + 2, b), T, T), 'squared': (lambda a, b: ops.square(a - b), T, T),
    'mod': (lambda a, b: ops.mod(a, b + 2), T, T), 'equal': (lambda a, b: ops.cast(ops.not_equal(a, b), 'float32'), T, T), 'logaddexp': (ops.logaddexp, T, T), 'take indices': (lambda a, b: ops.take(a, ops.cast(b, 'int32'), axis=1), T, (2,)),
}


class Scaled(keras.Layer):
    def __init__(self, factor=2., **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def get_config(self):
        return {**super().get_config(), 'factor': self.factor}


def conv_block(x):
    """Operators on images: channels stay where they are."""
    y = L.Conv2D(4, 3, padding='same')(x)
    return L.Conv2D(2, 1)(y * ops.sigmoid(y) + ops.mean(y, axis=(1, 2), keepdims=True))[:, ::2, 1:, :]


def nested(x):
    inner = keras.Input((4,))
    block = keras.Model(inner, L.Dense(4, activation='relu')(inner) + inner, name='block')
    return L.Dense(2)(block(block(x)))


def nested_shared(x):
    inner = keras.Input((4,))
    shared = L.Dense(4, activation='tanh')
    low = keras.Model(inner, shared(shared(inner)), name='low')
    high_in = keras.Input((4,))
    high = keras.Model(high_in, low(low(high_in)) + high_in, name='high')
    return [high(x), low(x)]


def many_nested(a, b):
    x, y = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([x, y], [L.Dense(3)(x), L.Add()([x, y])], name='pair')
    p, q = model([a, b])
    r, s = model([b, a])
    return [L.Concatenate()([p, r]), q, s]


def dicts():
    a, b = keras.Input((4,), name='zeta'), keras.Input((3,), name='alpha')
    return keras.Model({'zeta': a, 'alpha': b}, L.Concatenate()([L.Dense(2)(a), b]))


def dict_outputs():
    a = keras.Input((4,))
    return keras.Model(a, {'two': L.Dense(2, name='two')(a), 'one': L.Dense(1, name='one')(a)})


def nested_dicts(a, b):
    x, y = keras.Input((4,), name='zeta'), keras.Input((4,), name='alpha')
    model = keras.Model({'zeta': x, 'alpha': y}, L.Dense(3)(x) - L.Dense(3)(y), name='named')
    return model({'alpha': a, 'zeta': b})


def siamese(a, b):
    tower = keras.Sequential([L.Conv1D(3, 2), L.GlobalMaxPooling1D(), L.Dense(3)], name='tower')
    return ops.sqrt(ops.sum(ops.square(tower(a) - tower(b)), axis=1, keepdims=True))


def sequential(*layers, shape=None):
    def build(x):
        model = keras.Sequential(list(layers_of(layers)))
        model(x)
        return model
    return build


def layers_of(makers):
    return [make() for make in makers]


def transformer(w):
    """A block as users write it, with masks."""
    e = L.Embedding(6, 4, mask_zero=True)(w)
    e = e + L.Embedding(6, 4)(ops.cumsum(ops.ones_like(w), axis=1) - 1)
    a = L.LayerNormalization()(e + L.MultiHeadAttention(2, 2, dropout=.1)(e, e, use_causal_mask=True))
    f = L.Dense(4)(L.Dropout(.1)(L.Dense(8, activation='gelu')(a)))
    return L.Dense(3, activation='softmax')(L.GlobalAveragePooling1D()(L.LayerNormalization()(a + f)))


def typed(policy, build):
    def make(*tensors):
        keras.config.set_dtype_policy(policy)
        try:
            return build(*tensors)
        finally:
            keras.config.set_dtype_policy('float32')
    return make


def subclassed():
    """A Functional model of a class of its own, registered under a package."""
    @keras.saving.register_keras_serializable('greenbench', name='Named')
    class Named(keras.Model):
        pass
    x = keras.Input((4,))
    return Named(x, L.Dense(2)(x), name='named')


def quantized(x):
    layer = L.Dense(3)
    y = layer(x)
    layer.quantize('int8')
    return y


def add(case):
    for name, build in ONE.items():
        case(f'op {name}', [T], lambda x, b=build: b(x))
    for name, (build, *shapes) in TWO.items():
        case(f'op2 {name}', shapes, lambda a, b, f=build: f(a, b))
    case('op images', [(5, 6, 3)], conv_block)
    case('op whole numbers', [((4,), 'int32')], lambda w: [w + 1, w // 2, w % 2, w * 2 - 1, ops.cast(w, 'float32') / 2, w > 1])
    case('op depth_to_space', [(2, 3, 8)], lambda x: ops.depth_to_space(x, 2))
    case('model nested', [(4,)], nested)
    case('model nested shared', [(4,)], nested_shared, kinds=['keras'])
    case('model nested with several inputs and outputs', [(4,), (4,)], many_nested)
    case('model dict inputs', [], lambda: dicts())
    case('model dict outputs', [], lambda: dict_outputs())
    case('model nested dicts', [(4,), (4,)], nested_dicts)
    case('model list outputs', [(4,)], lambda x: [L.Dense(2)(x), x, L.ReLU()(x)])
    case('model siamese', [(5, 2), (5, 2)], siamese)
    case('model transformer', [((5,), 'int32')], transformer)
    case('model Sequential without InputLayer', [(4,)], sequential(lambda: L.Dense(3), lambda: L.BatchNormalization(), lambda: L.Dense(2)))
    case('model Sequential of models', [(6, 6, 2)], sequential(lambda: keras.Sequential([L.Conv2D(2, 3), L.ReLU()]), lambda: keras.Sequential([L.Flatten(), L.Dense(3)])))
    case('model frozen', [(4,)], lambda x: L.Dense(2)(keras.Sequential([L.Dense(3), L.BatchNormalization()], trainable=False)(x)))
    case('model subclass', [], lambda: subclassed())
    case('model input is output', [(4,)], lambda x: [x, L.Dense(2)(x)])
    for policy in ('mixed_float16', 'mixed_bfloat16'):
        case(f'type {policy}', [(4,)], typed(policy, lambda x: L.Dense(2, dtype='float32')(L.BatchNormalization()(L.Dense(3, activation='relu')(x)))), tolerance=.05)
    for policy in ('float16', 'bfloat16', 'float64'):
        case(f'type {policy}', [((4,), policy)], typed(policy, lambda x: L.Dense(2)(L.Dense(3, activation='relu')(x))), tolerance=.05 if policy != 'float64' else 1e-5)
    case('type int8 quantised', [(4,)], quantized, refused=True)
    case('custom layer', [(4,)], lambda x: Scaled()(x), refused=True)
