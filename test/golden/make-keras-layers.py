"""Makes tiny models of every layer of Keras 3, saved as .keras and .h5, and notes what Keras computes and counts.

Element i of input k is sin(0.37 * i + k), or i * 7 % 5 for whole numbers; the batch is 2, other free sizes are 5. Models with
channels first, which TensorFlow cannot run on a processor, take their outputs from the same model with channels last.
Run: python test/golden/make-keras-layers.py [NAME...]  (needs keras 3, tensorflow, h5py, numpy, and node for brotli);
names of cases print them alone and write nothing.
"""
import json, os, re, subprocess, sys, tempfile, warnings

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = '-1'
import keras, numpy as np
from keras import layers as L, ops
import keras_operator_cases

warnings.filterwarnings('ignore')
HERE = os.path.dirname(os.path.abspath(__file__))
CASES = {}
# Classes in models that are computed.
COVERED = set()


def case(name, shapes, build, **options):
    """shapes: of the inputs without the batch, a pair (shape, dtype) for other types than float32."""
    assert name not in CASES, name
    CASES[name] = (shapes, build, options)


def one(cls, shape, base, *variants, **options):
    """One layer on one input, with each set of further settings."""
    for extra in variants or ({},):
        settings = {**base, **extra}
        text = ' '.join(f'{k}={getattr(v, "__name__", v)}' for k, v in extra.items())
        case(f'{cls} {text}'.strip(), [shape], lambda x, s=settings: getattr(L, cls)(**s)(x), **options)


def channels_first(cls, shape, base, *variants):
    """shape: channels last. The twin with channels last tells the outputs."""
    for extra in variants or ({},):
        settings = {**base, **extra}
        text = ' '.join(f'{k}={v}' for k, v in extra.items())
        case(f'{cls} channels_first {text}'.strip(), [(shape[-1],) + shape[:-1]],
             lambda x, s=settings: getattr(L, cls)(**s, data_format='channels_first')(x),
             twin=lambda x, s=settings: getattr(L, cls)(**s, data_format='channels_last')(x))


@keras.saving.register_keras_serializable('greenbench')
class Registered(keras.Model):
    """A Functional subclass with a package of its own."""


# ---- Activations, dense layers, embeddings
F = dict(activation=None)
for f in ['relu', 'relu6', 'sigmoid', 'hard_sigmoid', 'tanh', 'softmax', 'log_softmax', 'softplus', 'softsign', 'elu', 'selu',
          'celu', 'exponential', 'gelu', 'mish', 'silu', 'swish', 'hard_silu', 'hard_swish', 'leaky_relu', 'linear', 'glu',
          'hard_tanh', 'hard_shrink', 'soft_shrink', 'tanh_shrink', 'log_sigmoid', 'sparse_plus', 'sparse_sigmoid', 'sparsemax',
          'squareplus', 'threshold']:
    if f == 'threshold':
        continue  # takes arguments that a name cannot give
    one('Activation', (3, 4), {}, dict(activation=f))
one('Dense', (4,), dict(units=3), {}, dict(use_bias=False), dict(activation='relu'))
one('Dense', (2, 3, 4), dict(units=3), dict(name='deep', activation='tanh'))
one('EinsumDense', (3, 4), dict(equation='abc,cd->abd', output_shape=(None, 5)), {}, dict(bias_axes='d', activation='relu'))
one('EinsumDense', (3, 4), dict(equation='abc,cde->abde', output_shape=(None, 2, 3)), dict(bias_axes='de', name='heads'))
one('EinsumDense', (3, 2, 4), dict(equation='...x,xy->...y', output_shape=5), dict(bias_axes='y', name='dots'))
one('EinsumDense', (3, 4), dict(equation='abc,bcd->ad', output_shape=5), dict(bias_axes='d', name='joined'))
one('Embedding', ((6,), 'int32'), dict(input_dim=7, output_dim=3), {}, dict(mask_zero=True))
one('Embedding', (2, 3), dict(input_dim=7, output_dim=3), dict(name='floats'))
one('ReversibleEmbedding', ((6,), 'int32'), dict(input_dim=7, output_dim=3), {})
one('ReLU', (3, 4), {}, {}, dict(max_value=.6), dict(negative_slope=.2), dict(threshold=.3), dict(max_value=.8, negative_slope=.1, threshold=.2))
one('LeakyReLU', (3, 4), {}, {}, dict(negative_slope=.1))
one('ELU', (3, 4), {}, {}, dict(alpha=.5))
one('PReLU', (3, 4), {}, {}, dict(shared_axes=[1]), dict(shared_axes=[1, 2]))
one('Softmax', (3, 4), {}, {}, dict(axis=1), dict(axis=[1, 2]))
case('Softmax mask', [(3, 4), ((3, 4), 'bool')], lambda x, m: L.Softmax()(x, mask=m))
for cls in ['ActivityRegularization', 'Identity']:
    one(cls, (3, 4), {})
for cls in ['Dropout', 'AlphaDropout', 'GaussianDropout', 'SpatialDropout1D']:
    one(cls, (3, 4), dict(rate=.3))
one('GaussianNoise', (3, 4), dict(stddev=.3))
one('SpatialDropout2D', (3, 4, 2), dict(rate=.3))
one('SpatialDropout3D', (3, 4, 2, 2), dict(rate=.3))

# ---- Convolutions
SIZES = {1: (9,), 2: (7, 6), 3: (5, 4, 6)}
for n, size in SIZES.items():
    shape = size + (2,)
    two = (2, 3, 2)[:n]
    base = dict(filters=2, kernel_size=(3, 2, 2)[:n])
    one(f'Conv{n}D', shape, base, {}, dict(padding='same', strides=two), dict(padding='same', dilation_rate=2, activation='relu'),
        dict(strides=2, use_bias=False), dict(groups=2, padding='same'))
    channels_first(f'Conv{n}D', shape, base, {}, dict(padding='same', strides=two), dict(groups=2))
    one(f'Conv{n}DTranspose', shape, base, {}, dict(padding='same', strides=two), dict(strides=two, activation='relu'),
        dict(padding='same', strides=2, output_padding=1), dict(strides=2, output_padding=1, use_bias=False))
    one(f'Conv{n}DTranspose', shape, base, dict(padding='same', dilation_rate=2), dict(dilation_rate=2))
    channels_first(f'Conv{n}DTranspose', shape, base, {}, dict(padding='same', strides=2))
    pools = [{}, dict(padding='same', strides=1), dict(pool_size=3, strides=2, padding='same'), dict(pool_size=two, strides=2)]
    for kind in ['Max', 'Average']:
        one(f'{kind}Pooling{n}D', shape, dict(pool_size=2), *pools)
        channels_first(f'{kind}Pooling{n}D', shape, dict(pool_size=2), {}, dict(padding='same', pool_size=3))
        one(f'Global{kind}Pooling{n}D', shape, {}, {}, dict(keepdims=True))
        channels_first(f'Global{kind}Pooling{n}D', shape, {}, {}, dict(keepdims=True))
        one(f'Adaptive{kind}Pooling{n}D', shape, {}, dict(output_size=2), dict(output_size=(4, 3, 3)[:n] if n > 1 else 4))
        channels_first(f'Adaptive{kind}Pooling{n}D', shape, {}, dict(output_size=3))
    one(f'ConvLSTM{n}D', (3,) + (4, 3, 3)[:n] + (2,), dict(filters=2, kernel_size=(3, 2, 2)[:n]), {}, dict(padding='same', return_sequences=True),
        dict(strides=2, activation='relu', use_bias=False), dict(padding='same', go_backwards=True, return_sequences=True),
        dict(padding='same', return_state=True, unit_forget_bias=False))
    one(f'ConvLSTM{n}D', (3,) + (4, 3, 3)[:n] + (2,), dict(filters=2, kernel_size=(3, 2, 2)[:n]), dict(dilation_rate=2, padding='same'))
one('Conv1D', (9, 2), dict(filters=2, kernel_size=3), dict(padding='causal', dilation_rate=2))
one('Conv2D', (None, None, 2), dict(filters=2, kernel_size=3, padding='same'), dict(name='free', strides=2))
for n in (1, 2):
    shape = SIZES[n] + (2,)
    base = dict(kernel_size=(3, 2)[:n])
    variants = [{}, dict(padding='same', strides=2), dict(padding='same', dilation_rate=2), dict(depth_multiplier=2, use_bias=False, activation='relu')]
    one(f'DepthwiseConv{n}D', shape, base, *variants)
    one(f'SeparableConv{n}D', shape, dict(filters=3, **base), *variants)
    channels_first(f'DepthwiseConv{n}D', shape, base, dict(padding='same', depth_multiplier=2))
    channels_first(f'SeparableConv{n}D', shape, dict(filters=3, **base), dict(padding='same', depth_multiplier=2))

# ---- Shapes
one('Flatten', (3, 4), {})
channels_first('Flatten', (3, 4, 2), {})
one('Reshape', (3, 4), {}, dict(target_shape=(2, 6)), dict(target_shape=(-1, 2, 3)), dict(target_shape=(12,)), dict(target_shape=(-1,)))
one('Reshape', (None, 4), {}, dict(name='free', target_shape=(-1, 2)))
one('Permute', (2, 3, 4), {}, dict(dims=(2, 1, 3)), dict(dims=(3, 1, 2)))
one('RepeatVector', (4,), dict(n=3))
one('ZeroPadding1D', (5, 2), {}, {}, dict(padding=(1, 2)))
one('ZeroPadding2D', (4, 5, 2), {}, {}, dict(padding=(1, 2)), dict(padding=((1, 0), (2, 1))), dict(padding=((1, 0), (2, 1)), data_format='channels_first'))
one('ZeroPadding3D', (3, 4, 5, 2), {}, {}, dict(padding=((1, 0), (2, 1), (0, 3))), dict(padding=2, data_format='channels_first'))
one('Cropping1D', (5, 2), {}, {}, dict(cropping=(1, 2)))
one('Cropping2D', (4, 5, 2), {}, dict(cropping=1), dict(cropping=((1, 0), (2, 1))), dict(name='first', cropping=((1, 0), (0, 1)), data_format='channels_first'))
one('Cropping3D', (3, 4, 5, 2), {}, {}, dict(cropping=((1, 0), (2, 1), (0, 3))), dict(name='first', cropping=((1, 1), (0, 1), (0, 0)), data_format='channels_first'))
one('UpSampling1D', (4, 2), {}, {}, dict(size=3))
one('UpSampling2D', (4, 3, 2), {}, {}, dict(size=(2, 3)), *[dict(interpolation=i) for i in ['bilinear', 'bicubic', 'lanczos3', 'lanczos5']])
channels_first('UpSampling2D', (4, 3, 2), {}, {}, dict(interpolation='bilinear'))
one('UpSampling3D', (4, 3, 2, 2), {}, {}, dict(size=(1, 2, 3)))
channels_first('UpSampling3D', (4, 3, 2, 2), {}, {})

# ---- Normalisation
for axis in (-1, 1, 2):
    one('BatchNormalization', (3, 4, 2), {}, dict(axis=axis))
one('BatchNormalization', (4,), {}, {}, dict(scale=False), dict(center=False, epsilon=.1), dict(scale=False, center=False, trainable=False))
one('LayerNormalization', (3, 4), {}, {}, dict(axis=1), dict(axis=[1, 2]), dict(scale=False), dict(center=False, epsilon=.1), dict(scale=False, center=False))
one('LayerNormalization', (3, 2, 4), {}, dict(axis=[1, 3]), dict(axis=[1, 2, 3]))
one('GroupNormalization', (3, 5, 4), dict(groups=2), {}, dict(groups=-1), dict(groups=4, scale=False), dict(center=False, epsilon=.1), dict(axis=1, groups=3))
one('GroupNormalization', (4,), dict(groups=2), dict(name='flat'))
one('RMSNormalization', (3, 4), {}, {}, dict(axis=[1, 2]), dict(epsilon=.1))
one('UnitNormalization', (3, 4), {}, {}, dict(axis=1), dict(axis=[1, 2]))
case('SpectralNormalization Dense', [(4,)], lambda x: L.SpectralNormalization(L.Dense(3))(x))
case('SpectralNormalization Conv2D', [(5, 5, 2)], lambda x: L.SpectralNormalization(L.Conv2D(3, 3), power_iterations=2)(x))


def adapted(x, **settings):
    layer = L.Normalization(**settings)
    layer.adapt(np.random.default_rng(3).normal(1, 2, (8,) + x.shape[1:]).round(2).astype('float32'))
    return layer(x)


case('Normalization adapted', [(3, 4)], adapted)
case('Normalization axis=1', [(3, 4)], lambda x: adapted(x, axis=1))
case('Normalization axis=None', [(3, 4)], lambda x: adapted(x, axis=None))
case('Normalization axis=(1, 2)', [(3, 4)], lambda x: adapted(x, axis=(1, 2)))
case('Normalization invert', [(3, 4)], lambda x: adapted(x, invert=True))
one('Normalization', (3, 4), {}, dict(mean=.5, variance=2.), dict(mean=[.5, 1., 0., 2.], variance=[2., 1., .5, 3.]),
    dict(axis=None, mean=.5, variance=2., invert=True))

# ---- Merging
PAIR = [(3, 4), (3, 4)]
for cls in ['Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate']:
    case(cls, PAIR, lambda a, b, c=cls: getattr(L, c)()([a, b]))
for cls in ['Add', 'Multiply', 'Average', 'Maximum', 'Minimum']:
    case(f'{cls} three', PAIR + [(3, 4)], lambda *a, c=cls: getattr(L, c)()(list(a)))
    case(f'{cls} broadcast', [(3, 4), (1, 4)], lambda *a, c=cls: getattr(L, c)()(list(a)))
case('Add ranks', [(3, 4), (4,)], lambda *a: L.Add()(list(a)))
case('Concatenate axis=1', [(3, 4), (2, 4)], lambda *a: L.Concatenate(axis=1)(list(a)))
for axes in (1, (2, 1), (1, 2), -1):
    shapes = {1: [(3, 4), (3, 5)], (2, 1): [(5, 4), (4, 3)], (1, 2): [(4, 5), (3, 4)], -1: [(3, 4), (5, 4)]}[axes]
    case(f'Dot axes={axes}', shapes, lambda *a, x=axes: L.Dot(axes=x)(list(a)))
case('Dot vectors', [(4,), (4,)], lambda *a: L.Dot(axes=1)(list(a)))
case('Dot normalize', [(4,), (4,)], lambda *a: L.Dot(axes=1, normalize=True)(list(a)))
case('Dot vector matrix', [(4,), (4, 3)], lambda *a: L.Dot(axes=1)(list(a)))
case('Dot four axes', [(2, 3, 4), (4, 2, 3)], lambda *a: L.Dot(axes=(3, 1))(list(a)))

# ---- Attention
QV = [(3, 4), (5, 4)]
for cls in ['Attention', 'AdditiveAttention']:
    get = getattr(L, cls)
    case(f'{cls}', QV, lambda q, v, g=get: g()([q, v]))
    case(f'{cls} key', QV + [(5, 4)], lambda q, v, k, g=get: g(use_scale=cls == 'Attention')([q, v, k]))
    case(f'{cls} scores', QV, lambda q, v, g=get: list(g()([q, v], return_attention_scores=True)))
    case(f'{cls} causal', [(4, 4), (4, 4)], lambda q, v, g=get: g()([q, v], use_causal_mask=True))
    case(f'{cls} masks', QV + [((3,), 'bool'), ((5,), 'bool')], lambda q, v, a, b, g=get: g()([q, v], mask=[a, b]))
    case(f'{cls} implicit mask', [((5,), 'int32'), (3, 4)], lambda w, q, g=get: g()([q, L.Embedding(6, 4, mask_zero=True)(w)]))
case('Attention use_scale', QV, lambda q, v: L.Attention(use_scale=True)([q, v]))
case('Attention concat', QV, lambda q, v: L.Attention(score_mode='concat')([q, v]))
case('Attention concat use_scale', QV, lambda q, v: L.Attention(score_mode='concat', use_scale=True)([q, v]))
case('AdditiveAttention unscaled', QV, lambda q, v: L.AdditiveAttention(use_scale=False)([q, v]))
MHA = L.MultiHeadAttention
case('MultiHeadAttention', QV, lambda q, v: MHA(2, 3)(q, v))
case('MultiHeadAttention self', [(3, 4)], lambda x: MHA(2, 2)(x, x))
case('MultiHeadAttention key', QV + [(5, 3)], lambda q, v, k: MHA(2, 3, value_dim=2)(q, v, k))
case('MultiHeadAttention keywords', QV, lambda q, v: MHA(1, 2)(query=q, value=v))
case('MultiHeadAttention unbiased', QV, lambda q, v: MHA(2, 3, use_bias=False, output_shape=5)(q, v))
case('MultiHeadAttention shape', QV, lambda q, v: MHA(2, 3, output_shape=(2, 3))(q, v))
case('MultiHeadAttention axes', [(2, 3, 4)], lambda x: MHA(2, 3, attention_axes=(2,))(x, x))
case('MultiHeadAttention all axes', [(2, 3, 4)], lambda x: MHA(2, 3)(x, x))
case('MultiHeadAttention scores', QV, lambda q, v: list(MHA(2, 3)(q, v, return_attention_scores=True)))
case('MultiHeadAttention causal', [(4, 4)], lambda x: MHA(2, 3)(x, x, use_causal_mask=True))
case('MultiHeadAttention mask', QV + [((3, 5), 'bool')], lambda q, v, m: MHA(2, 3)(q, v, attention_mask=m))
case('MultiHeadAttention head mask', QV + [((2, 3, 5), 'bool')], lambda q, v, m: MHA(2, 3)(q, v, attention_mask=m))
case('MultiHeadAttention implicit mask', [((5,), 'int32')], lambda w: (lambda e: MHA(2, 3)(e, e))(L.Embedding(6, 4, mask_zero=True)(w)))
case('MultiHeadAttention gate', QV, lambda q, v: MHA(2, 3, use_gate=True)(q, v))
GQA = L.GroupQueryAttention
case('GroupQueryAttention', QV, lambda q, v: GQA(3, 4, 2)(q, v))
case('GroupQueryAttention unbiased', [(3, 4)], lambda x: GQA(3, 2, 2, use_bias=False)(x, x))
case('GroupQueryAttention causal', [(4, 4)], lambda x: GQA(3, 2, 1)(x, x, use_causal_mask=True))
case('GroupQueryAttention scores', QV, lambda q, v: list(GQA(3, 4, 2)(q, v, return_attention_scores=True)))
case('GroupQueryAttention mask', QV + [((3, 5), 'bool')], lambda q, v, m: GQA(3, 4, 2)(q, v, attention_mask=m))
case('GroupQueryAttention gate', QV, lambda q, v: GQA(3, 4, 2, use_gate=True)(q, v))
case('GroupQueryAttention implicit mask', [((5,), 'int32')], lambda w: (lambda e: GQA(3, 4, 2)(e, e))(L.Embedding(6, 4, mask_zero=True)(w)))

# ---- Recurrent layers
for cls in ['SimpleRNN', 'LSTM', 'GRU']:
    one(cls, (5, 3), dict(units=2), {}, dict(return_sequences=True), dict(go_backwards=True, return_sequences=True), dict(go_backwards=True),
        dict(return_state=True), dict(return_state=True, return_sequences=True), dict(use_bias=False, activation='relu'),
        dict(dropout=.3, recurrent_dropout=.3), dict(activation='gelu'), dict(unroll=True))
    one(cls, (None, 3), dict(units=2), dict(name='free', return_sequences=True))
    case(f'{cls} stateful', [(5, 3)], lambda x, c=cls: getattr(L, c)(2, stateful=True)(x), refused=True, batch=2)
    states = 2 if cls == 'LSTM' else 1
    case(f'{cls} initial_state', [(5, 3)] + [(2,)] * states, lambda x, *s, c=cls: getattr(L, c)(2)(x, initial_state=list(s)))
    case(f'{cls} encoder decoder', [(5, 3), (4, 3)], lambda x, y, c=cls: (lambda o: getattr(L, c)(2, return_sequences=True)(y, initial_state=o[1:]))(
        getattr(L, c)(2, return_state=True)(x)))
    for extra in (dict(), dict(return_sequences=True), dict(return_sequences=True, zero_output_for_mask=True), dict(return_state=True), dict(go_backwards=True),
                  dict(go_backwards=True, return_sequences=True)):
        text = ' '.join(extra)
        case(f'{cls} masked {text}'.strip(), [((6,), 'int32')], lambda w, c=cls, e=extra: getattr(L, c)(2, **e)(L.Embedding(6, 3, mask_zero=True)(w)))
    for mode in ('sum', 'mul', 'ave', 'concat', None):
        case(f'Bidirectional {cls} {mode}', [(5, 3)], lambda x, c=cls, m=mode: L.Bidirectional(getattr(L, c)(2), merge_mode=m)(x))
    case(f'Bidirectional {cls} sequences', [(5, 3)], lambda x, c=cls: L.Bidirectional(getattr(L, c)(2, return_sequences=True))(x))
    case(f'Bidirectional {cls} states', [(5, 3)], lambda x, c=cls: L.Bidirectional(getattr(L, c)(2, return_state=True))(x))
    case(f'Bidirectional {cls} masked', [((6,), 'int32')], lambda w, c=cls: L.Bidirectional(getattr(L, c)(2, return_sequences=True))(L.Embedding(6, 3, mask_zero=True)(w)))
    case(f'Bidirectional {cls} initial_state', [(5, 3)] + [(2,)] * (2 * states), lambda x, *s, c=cls: L.Bidirectional(getattr(L, c)(2))(x, initial_state=list(s)))
    case(f'RNN {cls}Cell', [(5, 3)], lambda x, c=cls: L.RNN(getattr(L, c + 'Cell')(2))(x))
    case(f'RNN {cls}Cell sequences', [(5, 3)], lambda x, c=cls: L.RNN(getattr(L, c + 'Cell')(2), return_sequences=True, return_state=True)(x))
    case(f'RNN stacked {cls}Cell', [(5, 3)], lambda x, c=cls: L.RNN([getattr(L, c + 'Cell')(2), getattr(L, c + 'Cell')(3)], return_sequences=True)(x))
    case(f'RNN stacked {cls}Cell masked', [((6,), 'int32')], lambda w, c=cls: L.RNN([getattr(L, c + 'Cell')(2), getattr(L, c + 'Cell')(3)])(L.Embedding(6, 3, mask_zero=True)(w)))
one('LSTM', (5, 3), dict(units=2), dict(recurrent_activation='hard_sigmoid'), dict(unit_forget_bias=False), dict(recurrent_activation='relu', activation='elu'))
one('GRU', (5, 3), dict(units=2), dict(reset_after=False), dict(reset_after=False, go_backwards=True, return_sequences=True), dict(recurrent_activation='hard_sigmoid'))
case('RNN StackedRNNCells states', [(5, 3)], lambda x: L.RNN(L.StackedRNNCells([L.LSTMCell(2), L.GRUCell(3)]), return_state=True)(x))
case('RNN go_backwards', [(5, 3)], lambda x: L.RNN([L.GRUCell(2), L.GRUCell(3)], return_sequences=True, go_backwards=True)(x))
case('Bidirectional backward_layer', [(5, 3)], lambda x: L.Bidirectional(L.LSTM(2), backward_layer=L.LSTM(2, go_backwards=True, activation='relu'))(x))
case('Bidirectional RNN', [(5, 3)], lambda x: L.Bidirectional(L.RNN(L.LSTMCell(2), return_sequences=True))(x))
case('Bidirectional ConvLSTM2D', [(3, 4, 3, 2)], lambda x: L.Bidirectional(L.ConvLSTM2D(2, 2, padding='same', return_sequences=True))(x))
case('Masking', [(5, 3)], lambda x: L.LSTM(2, return_sequences=True)(L.Masking(mask_value=0.)(L.ReLU(threshold=.9)(x))))
for name, layer in {'Dense': lambda: L.Dense(3), 'Conv2D': lambda: L.Conv2D(2, 3), 'LSTM': lambda: L.LSTM(2), 'Flatten': lambda: L.Flatten(),
                    'BatchNormalization': lambda: L.BatchNormalization(), 'LayerNormalization': lambda: L.LayerNormalization(axis=[1, 2])}.items():
    shape = {'Dense': (4, 3), 'LSTM': (4, 5, 3)}.get(name, (4, 5, 5, 2))
    case(f'TimeDistributed {name}', [shape], lambda x, l=layer: L.TimeDistributed(l())(x))
case('TimeDistributed Sequential', [(4, 5, 5, 2)], lambda x: L.TimeDistributed(keras.Sequential([L.Conv2D(2, 3), L.Flatten(), L.Dense(3)]))(x))
case('TimeDistributed free', [(None, 5, 5, 2)], lambda x: L.TimeDistributed(L.Conv2D(2, 3))(x))
case('TimeDistributed masked', [((6,), 'int32')], lambda w: L.LSTM(2)(L.TimeDistributed(L.Dense(3))(L.Embedding(6, 3, mask_zero=True)(w))))


def functional(shape):
    x = keras.Input(shape)
    return keras.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(L.Conv2D(2, 3)(x))))


case('TimeDistributed Functional', [(4, 5, 5, 2)], lambda x: L.TimeDistributed(functional((5, 5, 2)))(x))
case('TimeDistributed nested twice', [(2, 3, 5, 5, 2)], lambda x: L.TimeDistributed(L.TimeDistributed(L.Conv2D(2, 3)))(x))

# ---- Masks
WORDS = [((6,), 'int32')]
emb = lambda w: L.Embedding(6, 4, mask_zero=True)(w)
case('mask GlobalAveragePooling1D', WORDS, lambda w: L.GlobalAveragePooling1D()(emb(w)))
case('mask GlobalMaxPooling1D', WORDS, lambda w: L.GlobalMaxPooling1D()(emb(w)))
case('mask through Dense', WORDS, lambda w: L.GRU(2)(L.Dropout(.2)(L.LayerNormalization()(L.Dense(3, activation='relu')(emb(w))))))
case('mask through Activation', WORDS, lambda w: L.GRU(2)(L.ReLU()(L.BatchNormalization()(L.Activation('tanh')(emb(w))))))
case('mask lost in Conv1D', WORDS, lambda w: L.GRU(2)(L.Conv1D(2, 3, padding='same')(emb(w))))
case('mask lost in Reshape', WORDS, lambda w: L.GRU(2)(L.Reshape((6, 4))(emb(w))))
case('mask Add', [((6,), 'int32')] * 2, lambda a, b: L.GRU(2)(L.Add()([emb(a), L.Embedding(6, 4, mask_zero=True)(ops.flip(b, 1))])))
case('mask Add one', [((6,), 'int32'), (6, 4)], lambda a, b: L.GRU(2)(L.Add()([emb(a), b])))
case('mask Concatenate', [((6,), 'int32')] * 2, lambda a, b: L.GRU(2)(L.Concatenate()([emb(a), L.Embedding(6, 4, mask_zero=True)(ops.flip(b, 1))])))
case('mask Concatenate one', [((6,), 'int32'), (6, 4)], lambda a, b: L.GRU(2)(L.Concatenate()([emb(a), b])))
case('mask Concatenate time', [((6,), 'int32')] * 2, lambda a, b: L.GRU(2)(L.Concatenate(axis=1)([emb(a), emb(b)])))
case('mask Multiply', [((6,), 'int32')] * 2, lambda a, b: L.GRU(2)(L.Multiply()([emb(a), emb(b)])))
case('mask RepeatVector', [(4,)], lambda x: L.GRU(2)(L.RepeatVector(3)(x)))
case('mask Flatten', WORDS, lambda w: L.Dense(2)(L.Flatten()(emb(w))))
case('mask Bidirectional stack', WORDS, lambda w: L.LSTM(2)(L.Bidirectional(L.LSTM(2, return_sequences=True))(emb(w))))
case('mask operator', WORDS, lambda w: L.GRU(2)(emb(w) * 2.))
case('mask nested model', WORDS, lambda w: keras.Sequential([L.Dense(3), L.GRU(2)])(emb(w)))
case('mask ConvLSTM1D', [(4, 3, 2)], lambda x: L.ConvLSTM1D(2, 2, padding='same')(x))
case('mask BatchNormalization', WORDS, lambda w: L.BatchNormalization()(emb(w)))
case('mask GroupNormalization', WORDS, lambda w: L.GRU(2)(L.GroupNormalization(2)(emb(w))))
case('mask EinsumDense', WORDS, lambda w: L.GRU(2)(L.EinsumDense('abc,cd->abd', output_shape=(None, 3))(emb(w))))

# ---- Images and features
IMAGE = (6, 7, 3)
one('Rescaling', IMAGE, {}, dict(scale=1 / 127.5, offset=-1), dict(scale=[.1, .2, .3], offset=[1, 2, 3]))
one('Rescaling', (IMAGE, 'uint8'), {}, dict(name='bytes', scale=1 / 255))
for method in ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5', 'area']:
    one('Resizing', IMAGE, dict(height=4, width=9), dict(interpolation=method))
    one('Resizing', IMAGE, dict(height=12, width=14), dict(name='up', interpolation=method))
one('Resizing', IMAGE, dict(height=4, width=4), dict(crop_to_aspect_ratio=True), dict(pad_to_aspect_ratio=True), dict(antialias=True))
one('Resizing', IMAGE, dict(height=4, width=9), dict(name='wide', crop_to_aspect_ratio=True), dict(pad_to_aspect_ratio=True, fill_value=1.5))
one('CenterCrop', IMAGE, {}, dict(height=4, width=4), dict(height=6, width=3), dict(height=8, width=8), dict(height=9, width=5))
one('CenterCrop', (3, 6, 7), {}, dict(height=4, width=4, data_format='channels_first'))
one('RandomCrop', IMAGE, {}, dict(height=4, width=4), dict(height=8, width=9), dict(height=3, width=6))
for cls, settings in {'RandomBrightness': dict(factor=.2), 'RandomColorDegeneration': dict(factor=.2), 'RandomColorJitter': dict(brightness_factor=.2), 'RandomContrast': dict(factor=.2),
                      'RandomElasticTransform': {}, 'RandomErasing': {}, 'RandomFlip': {}, 'RandomGaussianBlur': {}, 'RandomGrayscale': {}, 'RandomHue': dict(factor=.2), 'RandomInvert': {},
                      'RandomPerspective': {}, 'RandomPosterization': dict(factor=4), 'RandomRotation': dict(factor=.2), 'RandomSaturation': dict(factor=.2), 'RandomSharpness': dict(factor=.2),
                      'RandomShear': dict(x_factor=.2), 'RandomTranslation': dict(height_factor=.2, width_factor=.2), 'RandomZoom': dict(height_factor=.2), 'AugMix': {}, 'CutMix': {}, 'MixUp': {},
                      'RandAugment': {}}.items():
    one(cls, IMAGE, settings)
for cls, settings in {'AutoContrast': {}, 'Solarization': dict(threshold_factor=.5), 'ContrastLimitedAdaptiveHistogramEqualization': {}, 'MaxNumBoundingBoxes': dict(max_number=3)}.items():
    one(cls, IMAGE, settings, refused=True)
case('Pipeline', [IMAGE], lambda x: L.Pipeline([L.Rescaling(.5), L.RandomFlip(), L.CenterCrop(4, 4)])(x))
for mode in ['one_hot', 'multi_hot', 'count']:
    one('CategoryEncoding', ((1 if mode == 'one_hot' else 4,), 'int32'), dict(num_tokens=5), dict(output_mode=mode))
case('CategoryEncoding weights', [((4,), 'int32'), (4,)], lambda x, w: L.CategoryEncoding(num_tokens=5, output_mode='count')(x, count_weights=w))
for mode in ['int', 'one_hot', 'multi_hot', 'count']:
    one('Discretization', (1 if mode == 'one_hot' else 4,), dict(bin_boundaries=[-.5, 0., .7]), dict(output_mode=mode))
    one('IntegerLookup', ((1 if mode == 'one_hot' else 4,), 'int64'), dict(vocabulary=[3, 1, 4]), dict(output_mode=mode))
one('IntegerLookup', ((4,), 'int64'), dict(vocabulary=[3, 1, 4]), dict(mask_token=0), dict(num_oov_indices=2), dict(invert=True), refused=True)
one('Hashing', ((4,), 'int32'), dict(num_bins=5), refused=True)
case('HashedCrossing', [((1,), 'int32')] * 2, lambda a, b: L.HashedCrossing(5)((a, b)), refused=True)
one('StringLookup', ((4,), 'string'), dict(vocabulary=['a', 'b']), refused=True)
one('TextVectorization', ((1,), 'string'), dict(vocabulary=['a', 'b']), refused=True)
one('STFTSpectrogram', (40, 1), dict(frame_length=8, frame_step=4, fft_length=16, window=None), refused=True)
one('MelSpectrogram', (256,), dict(num_mel_bins=4, sequence_length=64, sequence_stride=32, fft_length=64, sampling_rate=1000, max_freq=500), refused=True)

# ---- Lambda
case('Lambda', [(4,)], lambda x: L.Lambda(lambda v: v * 2)(x), refused=True)

keras_operator_cases.add(case)


# ---- Making and packing
def inputs_for(model):
    found = []
    for k, t in enumerate(model.inputs):
        shape = [2 if axis == 0 else (size or 5) for axis, size in enumerate(t.shape)]
        n = np.arange(int(np.prod(shape))).reshape(shape)
        kind = t.dtype
        values = np.sin(0.37 * n + k) if 'float' in kind else n * 7 % 5
        if kind == 'bool':
            values = n * 7 % 5 != k % 5  # never a row without a true one
        if kind != 'string':
            found.append(values.astype('float32' if kind == 'bfloat16' else kind))
    return found


def fill(model):
    rng = np.random.default_rng(11)
    for w in model.weights:
        if 'spectrogram' in w.path or w.name == 'count' or '/normalization' in w.path or w.path.startswith('normalization'):
            continue
        values = np.clip(np.round(rng.normal(size=w.shape) * 40), -127, 127) / 64
        w.assign(np.abs(values) + .5 if 'variance' in w.name else values)


def built(shapes, build, batch=None):
    keras.utils.clear_session()
    pairs = [s if len(s) == 2 and isinstance(s[1], str) else (s, 'float32') for s in shapes]
    tensors = [keras.Input(s, dtype=t, name=f'in{k}', batch_size=batch) for k, (s, t) in enumerate(pairs)]
    out = build(*tensors)
    if isinstance(out, keras.Model):
        model = out
    else:
        model = keras.Model(tensors, list(out) if isinstance(out, (tuple, list)) else out, name='m')
    fill(model)
    return model


def to_last(x):
    return np.moveaxis(x, 1, -1) if x.ndim > 2 else x


def given(model, inputs):
    names = [t.name for t in model.inputs]
    if isinstance(getattr(model, '_inputs_struct', None), dict):
        return dict(zip(names, inputs))
    return inputs if len(inputs) > 1 else inputs[0]


def computed(model, inputs, twin):
    if twin is None:
        return [np.asarray(o) for o in keras.tree.flatten(model(given(model, inputs), training=False))]
    twin.set_weights(model.get_weights())
    outputs = keras.tree.flatten(twin([to_last(x) for x in inputs]))
    return [np.moveaxis(np.asarray(o), -1, 1) if np.asarray(o).ndim > 2 else np.asarray(o) for o in outputs]


def number(v):
    return None if not np.isfinite(v) else float(f'{v:.7g}')


def entry(name, folder):
    shapes, build, options = CASES[name]
    model = built(shapes, build, options.get('batch'))
    twin = options.get('twin')
    record = {'parameters': int(model.count_params()), 'trainable': int(sum(np.prod(w.shape) for w in model.trainable_weights))}
    if options.get('refused'):
        record['refused'] = True
    else:
        COVERED.update(classes_in(model))
    if 'tolerance' in options:
        record['tolerance'] = options['tolerance']
    files = {}
    for kind in options.get('kinds', ('keras', 'h5')):
        path = os.path.join(folder, f'm.{kind}')
        try:
            model.save(path)
            files[kind] = open(path, 'rb').read()
        except Exception as error:
            print(f'{name}: no .{kind}: {type(error).__name__} {str(error)[:200]}')
    inputs = inputs_for(model)
    if not options.get('refused'):
        outputs = computed(model, inputs, None if twin is None else built([to_last_shape(s) for s in shapes], twin))
        record['outputs'] = [{'shape': list(o.shape), 'values': [number(v) for v in o.astype('float64').ravel()]} for o in outputs]
    return record, files


def to_last_shape(shape):
    return shape[1:] + shape[:1]


def classes_in(model):
    text = json.dumps(keras.saving.serialize_keras_object(model), default=str)
    return set(re.findall(r'"class_name": "(?:\w+>)?(\w+)"', text))


def public_layers():
    found = {}
    for name in sorted(dir(L)):
        value = getattr(L, name)
        if isinstance(value, type):
            found.setdefault(value, []).append(name)
    return sorted(value.__name__ if value.__name__ in names else names[0] for value, names in found.items())


def main():
    wanted = sys.argv[1:]
    records, blobs, at = {}, [], 0
    with tempfile.TemporaryDirectory() as folder:
        for name in CASES:
            if wanted and not any(name.startswith(w) for w in wanted):
                continue
            try:
                record, files = entry(name, folder)
            except Exception as error:
                print(f'{name}: {type(error).__name__}: {str(error)[:300]}')
                continue
            for kind, content in files.items():
                record[kind] = [at, len(content)]
                blobs.append(content)
                at += len(content)
            records[name] = record
    out = os.environ.get('OUT') or (None if wanted else os.path.join(HERE, 'keras-layers.br'))
    if out is None:
        print(json.dumps(records, indent=1))
        return
    head = json.dumps({'keras': keras.__version__, 'layers': public_layers(), 'covered': sorted(COVERED), 'cases': records}, separators=(',', ':')).encode()
    pack = len(head).to_bytes(4, 'little') + head + b''.join(blobs)
    script = 'const z=require("zlib"),c=z.constants;process.stdout.write(z.brotliCompressSync(require("fs").readFileSync(0),{params:{[c.BROTLI_PARAM_LGWIN]:24}}))'
    with open(out, 'wb') as file:
        file.write(subprocess.run(['node', '-e', script], input=pack, stdout=subprocess.PIPE, check=True).stdout)
    print(len(records), 'cases', len(pack), '->', os.path.getsize(out), 'bytes')


main()
