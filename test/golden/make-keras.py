"""Makes small Keras files without Keras, and says what they and some real files compute.

The forward pass is written anew from the Keras documentation, naively, channels last, in float64 with numpy and torch:
it shares nothing with the reader under test. Input element i of tensor k is sin(0.37 * i + k), or i * 7 % 5 for whole
numbers. Run: /usr/bin/python3 test/golden/make-keras.py FOLDER_OF_H5_FILES  (needs h5py, numpy, torch)
"""
import glob, io, json, os, re, sys, zipfile
import h5py, numpy as np, torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, 'keras')
rng = np.random.default_rng(7)


def act(name, x, v3):
    if isinstance(name, dict):
        name = name['config']
    t = torch.from_numpy(np.asarray(x))
    hard = lambda t: torch.clip(t / 6 + 0.5, 0, 1) if v3 else torch.clip(0.2 * t + 0.5, 0, 1)
    return {
        'linear': lambda t: t, 'relu': torch.relu, 'relu6': lambda t: torch.clip(t, 0, 6), 'tanh': torch.tanh,
        'sigmoid': torch.sigmoid, 'softmax': lambda t: torch.softmax(t, -1), 'hard_sigmoid': hard, 'silu': F.silu,
        'swish': F.silu, 'gelu': F.gelu, 'elu': F.elu, 'selu': F.selu, 'hard_silu': lambda t: t * torch.clip(t / 6 + 0.5, 0, 1),
        'softplus': F.softplus, 'exponential': torch.exp, 'softsign': F.softsign,
    }[name](t).numpy()


def pads(size, k, s, d, padding):
    if padding == 'valid':
        return 0, 0
    reach = (k - 1) * d + 1
    if padding == 'causal':
        return reach - 1, 0
    total = max(0, (-(-size // s) - 1) * s + reach - size)
    return total // 2, total - total // 2


def lists(value, n):
    return list(value) if isinstance(value, (list, tuple)) else [value] * n


def first(x, c, n):
    """To channels first."""
    return x if c.get('data_format') == 'channels_first' else np.moveaxis(x, -1, 1)


def back(x, c):
    return x if c.get('data_format') == 'channels_first' else np.moveaxis(x, 1, -1)


def conv(x, c, kernel, bias, n, groups=1):
    x = first(x, c, n)
    k, s, d = lists(kernel.shape[:n], n), lists(c.get('strides', 1), n), lists(c.get('dilation_rate', 1), n)
    p = [pads(x.shape[2 + i], k[i], s[i], d[i], c.get('padding', 'valid')) for i in range(n)]
    x = np.pad(x, [(0, 0), (0, 0)] + p)
    w = torch.from_numpy(np.transpose(kernel, [n + 1, n] + list(range(n))).copy())
    f = [F.conv1d, F.conv2d, F.conv3d][n - 1]
    y = f(torch.from_numpy(x.copy()), w, None if bias is None else torch.from_numpy(bias), s, 0, d, groups).numpy()
    return back(y, c)


def conv_transpose(x, c, kernel, bias, n):
    x = first(x, c, n)
    k, s = lists(kernel.shape[:n], n), lists(c['strides'], n)
    full = [(x.shape[2 + i] - 1) * s[i] + k[i] for i in range(n)]
    y = np.zeros([x.shape[0], kernel.shape[n]] + full)
    for at in np.ndindex(*x.shape[2:]):  # scatter each input position
        patch = np.tensordot(x[(slice(None), slice(None)) + at], kernel, ([1], [n + 1]))  # N, *k, out
        place = tuple(slice(at[i] * s[i], at[i] * s[i] + k[i]) for i in range(n))
        y[(slice(None), slice(None)) + place] += np.moveaxis(patch, -1, 1)
    for i in range(n):
        if c['padding'] == 'same':
            want = x.shape[2 + i] * s[i]
            cut = max(0, full[i] - want) // 2
        else:
            want, cut = x.shape[2 + i] * s[i] + max(k[i] - s[i], 0), 0
        y = np.take(np.pad(y, [(0, max(0, want - full[i])) if j == 2 + i else (0, 0) for j in range(n + 2)]),
                    range(cut, cut + want), 2 + i)
    if bias is not None:
        y = y + bias.reshape([1, -1] + [1] * n)
    return back(y, c)


def pool(x, c, n, kind):
    x = first(x, c, n)
    k = lists(c['pool_size'], n)
    s = lists(c.get('strides') or k, n)
    p = [pads(x.shape[2 + i], k[i], s[i], 1, c['padding']) for i in range(n)]
    x = np.pad(x, [(0, 0), (0, 0)] + p, constant_values=np.nan)
    out = [(x.shape[2 + i] - k[i]) // s[i] + 1 for i in range(n)]
    y = np.zeros(list(x.shape[:2]) + out)
    for at in np.ndindex(*out):
        window = x[(slice(None), slice(None)) + tuple(slice(at[i] * s[i], at[i] * s[i] + k[i]) for i in range(n))]
        y[(slice(None), slice(None)) + at] = {'Max': np.nanmax, 'Average': np.nanmean}[kind](window, tuple(range(2, n + 2)))
    return back(y, c)


def rnn(x, c, kind, w, mask, v3):
    u, T = c.get('units') or c['output_dim'], x.shape[1]
    if len(w) > 6:  # Keras 1: one kernel, recurrent kernel and bias per gate; LSTM i, c, f, o
        order = [0, 2, 1, 3] if kind == 'LSTM' else [0, 1, 2]
        w = [np.concatenate([w[3 * g + part] for g in order], -1) for part in range(3)]
    k, r = w[0], w[1]
    b = w[2] if len(w) > 2 else np.zeros(k.shape[1])
    f = lambda z: act(c.get('activation', 'tanh'), z, v3)
    g = lambda z: act(c.get('recurrent_activation') or c.get('inner_activation') or 'sigmoid', z, v3)
    h, s, out, ys = np.zeros((x.shape[0], u)), np.zeros((x.shape[0], u)), np.zeros((x.shape[0], u)), []
    for t in (range(T - 1, -1, -1) if c.get('go_backwards') else range(T)):
        a = x[:, t]
        if kind == 'SimpleRNN':
            new, cell = f(a @ k + h @ r + b), s
        elif kind == 'LSTM':
            i, fo, ca, o = np.split(a @ k + h @ r + b, 4, -1)
            cell = g(fo) * s + g(i) * f(ca)
            new = g(o) * f(cell)
        elif c.get('reset_after'):
            xz, xr, xh = np.split(a @ k + b[0], 3, -1)
            hz, hr, hh = np.split(h @ r + b[1], 3, -1)
            z = g(xz + hz)
            new, cell = z * h + (1 - z) * f(xh + g(xr + hr) * hh), s
        else:
            xz, xr, xh = np.split(a @ k + b, 3, -1)
            z, re = g(xz + h @ r[:, :u]), g(xr + h @ r[:, u:2 * u])
            new, cell = z * h + (1 - z) * f(xh + (re * h) @ r[:, 2 * u:]), s
        m = np.ones((x.shape[0], 1), bool) if mask is None else mask[:, t:t + 1]
        h, s, out = np.where(m, new, h), np.where(m, cell, s), np.where(m, new, out)
        ys.append(out)
    return np.stack(ys, 1) if c.get('return_sequences') else ys[-1]


def layer(cls, c, xs, w, masks, v3):
    x, mask = xs[0], masks[0]
    n = int(cls[-2]) if re.search(r'\dD$', cls) else (int(re.search(r'(\d)D', cls).group(1)) if re.search(r'\dD', cls) else 0)
    keep = lambda y: (act(c.get('activation') or 'linear', y, v3), mask)
    bias = w[-1] if w and c.get('use_bias', c.get('bias', True)) else None
    if cls in ('Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'GaussianNoise'):
        return x, mask
    if cls == 'Dense':
        return keep(x @ w[0] + (0 if bias is None else bias))
    if cls == 'Activation':
        return keep(x)
    if cls in ('Conv1D', 'Conv2D', 'Conv3D'):
        return keep(conv(x, c, w[0], bias, n, c.get('groups', 1)))[0], None  # convolutions do not hand masks on
    if cls.startswith('DepthwiseConv') or cls.startswith('SeparableConv'):
        k = w[0]
        ci, m = k.shape[-2:]
        k2 = k.reshape(list(k.shape[:-2]) + [1, ci * m])
        y = conv(x, c, k2, bias if cls.startswith('Depthwise') else None, n, ci)
        if cls.startswith('Separable'):
            y = conv(y, {'data_format': c.get('data_format')}, w[1], bias, n)
        return keep(y)
    if 'Transpose' in cls:
        return keep(conv_transpose(x, c, w[0], bias, n))
    if cls.startswith('Global'):
        axes = tuple(range(2, x.ndim)) if c.get('data_format') == 'channels_first' else tuple(range(1, x.ndim - 1))
        return (x.mean(axes) if 'Average' in cls else x.max(axes)), None
    if 'Pooling' in cls:
        return pool(x, c, n, 'Max' if cls.startswith('Max') else 'Average'), None
    if cls.startswith('ZeroPadding'):
        p = c['padding'] if n > 1 else [c['padding']]
        return back(np.pad(first(x, c, n), [(0, 0), (0, 0)] + [tuple(v) for v in p]), c), None
    if cls.startswith('Cropping'):
        y = first(x, c, n)
        for i, (a, b) in enumerate(c['cropping'] if n > 1 else [c['cropping']]):
            y = np.take(y, range(a, y.shape[2 + i] - b), 2 + i)
        return back(y, c), None
    if cls.startswith('UpSampling'):
        y = first(x, c, n)
        for i, v in enumerate(lists(c['size'], n)):
            y = np.repeat(y, v, 2 + i)
        return back(y, c), None
    if cls == 'BatchNormalization':
        axis = c['axis'][0] if isinstance(c['axis'], list) else c['axis']
        shape = [1] * x.ndim
        shape[axis] = -1
        w = [v.reshape(shape) for v in w]
        return (x - w[-2]) / np.sqrt(w[-1] + c['epsilon']) * w[0] + w[1], mask
    if cls == 'LayerNormalization':
        return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + c['epsilon']) * w[0] + w[1], mask
    if cls == 'Flatten':
        return (np.moveaxis(x, 1, -1) if c.get('data_format') == 'channels_first' else x).reshape(x.shape[0], -1), None
    if cls == 'Reshape':
        return x.reshape([x.shape[0]] + list(c['target_shape'])), None
    if cls == 'Permute':
        return np.transpose(x, [0] + list(c['dims'])), None
    if cls == 'RepeatVector':
        return np.repeat(x[:, None], c['n'], 1), None
    if cls == 'ReLU':
        y = np.where(x > 0, x, x * (c.get('negative_slope') or 0))
        return (y if c.get('max_value') is None else np.minimum(y, c['max_value'])), mask
    if cls == 'LeakyReLU':
        return np.where(x > 0, x, x * c.get('alpha', c.get('negative_slope'))), mask
    if cls == 'PReLU':
        return np.where(x > 0, x, x * w[0]), mask
    if cls == 'Rescaling':
        return x * np.array(c['scale']) + np.array(c['offset']), mask
    if cls in ('Add', 'Multiply', 'Average', 'Maximum', 'Subtract'):
        y = xs[0]
        for z in xs[1:]:
            y = {'Add': np.add, 'Average': np.add, 'Multiply': np.multiply, 'Maximum': np.maximum, 'Subtract': np.subtract}[cls](y, z)
        return (y / len(xs) if cls == 'Average' else y), mask
    if cls == 'Concatenate':
        return np.concatenate(xs, c['axis']), None
    if cls == 'Embedding':
        return w[0][x.astype(int)], (x != 0 if c.get('mask_zero') else None)
    if cls == 'Masking':
        m = (x != c['mask_value']).any(-1)
        return x * m[..., None], m
    if cls in ('LSTM', 'GRU', 'SimpleRNN'):
        return rnn(x, c, cls, w, mask, v3), (mask if c.get('return_sequences') else None)
    if cls == 'Bidirectional':
        kind, ic = c['layer']['class_name'], c['layer']['config']
        h = len(w) // 2
        a, b = rnn(x, ic, kind, w[:h], mask, v3), rnn(x, {**ic, 'go_backwards': True}, kind, w[h:], mask, v3)
        b = b[:, ::-1] if ic['return_sequences'] else b
        return np.concatenate([a, b], -1), mask
    if cls == 'TimeDistributed':
        y = np.stack([layer(c['layer']['class_name'], c['layer']['config'], [x[:, t]], w, [None], v3)[0] for t in range(x.shape[1])], 1)
        return y, mask
    if cls == 'TensorFlowOpLayer':
        return x.reshape(c['constants']['1']), None
    raise KeyError(cls)


def run(config, weights, inputs, v3):
    """weights: dict from layer name to list of arrays, or to a dict for nested models."""
    c = config['config']
    layers = c if isinstance(c, list) else c['layers']
    if isinstance(c, list) or 'input_layers' not in c:
        xs, ms = inputs, [None] * len(inputs)
        for l in layers:
            if l['class_name'] != 'InputLayer':
                y, m = step(l, xs, weights, ms, v3)
                xs, ms = [y], [m]
        return xs
    done = {}
    ins = refs(c['input_layers'])
    for (name, _, _), x in zip(ins, inputs):
        done[name, 0] = ([x], None)
    by_name = {l.get('name', l['config'].get('name')): l for l in layers}

    def get(ref):
        name, node, index = ref
        if (name, node) not in done:
            l = by_name[name]
            sources = refs(l['inbound_nodes'][node])
            got = [get(s) for s in sources]
            y, m = step(l, [g[0] for g in got], weights, [g[1] for g in got], v3)
            done[name, node] = (y if isinstance(y, list) else [y], m)
        values, m = done[name, node]
        return values[index], m
    return [get(r)[0] for r in refs(c['output_layers'])]


def refs(v):
    if isinstance(v, dict):
        return refs(v['config']['keras_history']) if v.get('class_name') == '__keras_tensor__' else refs(v.get('args', []))
    if isinstance(v, list):
        if len(v) >= 3 and isinstance(v[0], str):
            return [tuple(v[:3])]
        return [r for x in v for r in refs(x)]
    return []


def step(l, xs, weights, masks, v3):
    name = l.get('name', l['config'].get('name') if isinstance(l['config'], dict) else None)
    if isinstance(l['config'], list) or 'layers' in l['config']:
        out = run(l, weights[name], xs, v3)
        return (out[0] if len(out) == 1 else out), None
    return layer(l['class_name'], l['config'], xs, weights.get(name, []), masks, v3)


def read_weights(h):
    g = h['model_weights']
    return {n: [g[n][w][()].astype(np.float64) for w in g[n].attrs['weight_names']] for n in g}


def inputs_for(config):
    c = config['config']
    layers = c if isinstance(c, list) else c['layers']
    names = [r[0] for r in refs(c['input_layers'])] if isinstance(c, dict) and 'input_layers' in c else [None]
    out = []
    for k, name in enumerate(names):
        l = layers[0] if name is None else next(l for l in layers if l['config']['name'] == name)
        shape = [s or 5 for s in (l['config'].get('batch_shape') or l['config']['batch_input_shape'])]
        shape[0] = 2
        i = np.arange(np.prod(shape))
        whole = 'int' in str(l['config'].get('dtype', '')) or l['class_name'] == 'Embedding'
        out.append(((i * 7 % 5).astype(float) if whole else np.float32(np.sin(0.37 * i + k)).astype(float)).reshape(shape))
    return out


def small(*shape):
    return (rng.standard_normal(shape) * 0.4).astype(np.float32)


def write_h5(path, config, weights, version):
    with h5py.File(os.path.join(OUT, path), 'w') as h:
        h.attrs['model_config'] = json.dumps(config)
        h.attrs['keras_version'] = version
        g = h.create_group('model_weights')
        g.attrs['layer_names'] = np.array([n.encode() for n in weights] or [], 'S')
        for n, ws in weights.items():
            lg = g.create_group(n)
            names = [w[0] for w in ws]
            if names:
                lg.attrs['weight_names'] = np.array([x.encode() for x in names])
            else:
                lg.attrs['weight_names'] = []
            for name, value in ws:
                lg.create_dataset(name, data=value)


def L(cls, name, inbound=None, **config):
    l = {'class_name': cls, 'name': name, 'config': {'name': name, **config}}
    if inbound is not None:
        l['inbound_nodes'] = [[[i, 0, 0, {}] if isinstance(i, str) else [*i, {}] for i in call] for call in inbound]
    return l


def flat(weights):
    return {n: ([(f'{n}/w{i}:0', v) for i, v in enumerate(ws)] if isinstance(ws, list) else nested(ws)) for n, ws in weights.items()}


def nested(ws):
    return [(f'{n}/w{i}:0', v) for n, vs in ws.items() for i, v in enumerate(vs)]


def made():
    """The files that are made here: name, config, weights by layer, version."""
    conv2 = dict(padding='same', strides=[2, 2], dilation_rate=[1, 1], data_format='channels_last', use_bias=True)
    var = lambda n: np.abs(small(n)) + 0.5
    image = [L('InputLayer', 'image', [], batch_input_shape=[None, 11, 9, 3], dtype='float32'),
             L('Conv2D', 'c1', [['image']], filters=6, kernel_size=[3, 3], activation='relu6', **conv2),
             L('BatchNormalization', 'b1', [['c1']], axis=[3], epsilon=0.001, scale=True, center=True),
             L('Activation', 'a1', [['b1']], activation='swish'),
             L('DepthwiseConv2D', 'd1', [['a1']], kernel_size=[3, 2], depth_multiplier=2, activation='linear', **conv2),
             L('MaxPooling2D', 'p1', [['a1']], pool_size=[3, 3], strides=[2, 2], padding='same', data_format='channels_last'),
             L('Conv2D', 'c2', [['p1']], filters=12, kernel_size=[2, 2], groups=2, activation='linear', padding='same', strides=[1, 1], dilation_rate=[2, 2], data_format='channels_last', use_bias=False),
             L('Add', 'add', [['d1', 'c2']]),
             L('SeparableConv2D', 's1', [['add']], filters=5, kernel_size=[3, 3], depth_multiplier=1, activation='tanh', padding='same', strides=[1, 1], dilation_rate=[1, 1], data_format='channels_last', use_bias=True),
             L('Conv2DTranspose', 't1', [['s1']], filters=4, kernel_size=[3, 3], strides=[2, 2], padding='same', dilation_rate=[1, 1], output_padding=None, data_format='channels_last', use_bias=True, activation='elu'),
             L('AveragePooling2D', 'p2', [['t1']], pool_size=[3, 3], strides=[2, 2], padding='same', data_format='channels_last'),
             L('Concatenate', 'cat', [['p2', 's1']], axis=-1),
             L('PReLU', 'pr', [['cat']], shared_axes=[1, 2]),
             L('Flatten', 'f', [['pr']], data_format='channels_last'),
             L('Dense', 'o1', [['f']], units=7, activation='softmax', use_bias=True),
             L('GlobalAveragePooling2D', 'g', [['pr']], data_format='channels_last'),
             L('Dense', 'o2', [['g']], units=2, activation='sigmoid', use_bias=False)]
    yield 'image.h5', {'class_name': 'Functional', 'config': {'name': 'image_net', 'layers': image, 'input_layers': [['image', 0, 0]], 'output_layers': [['o1', 0, 0], ['o2', 0, 0]]}}, {
        'c1': [small(3, 3, 3, 6), small(6)], 'b1': [small(6), small(6), small(6), var(6)], 'd1': [small(3, 2, 6, 2), small(12)],
        'c2': [small(2, 2, 3, 12)], 's1': [small(3, 3, 12, 1), small(1, 1, 12, 5), small(5)], 't1': [small(3, 3, 4, 5), small(4)],
        'pr': [small(1, 1, 9)], 'o1': [small(81, 7), small(7)], 'o2': [small(9, 2)]}, '2.12.0'
    rnn_of = dict(activation='tanh', recurrent_activation='sigmoid', use_bias=True, go_backwards=False, stateful=False)
    words = [L('Embedding', 'e', batch_input_shape=[None, 6], input_dim=5, output_dim=4, mask_zero=True),
             L('Bidirectional', 'bi', merge_mode='concat', layer=L('LSTM', 'l', units=3, return_sequences=True, **rnn_of)),
             L('GRU', 'g1', units=4, return_sequences=True, reset_after=True, **rnn_of),
             L('GRU', 'g2', units=4, return_sequences=True, reset_after=False, **{**rnn_of, 'go_backwards': True}),
             L('TimeDistributed', 'td', layer=L('Dense', 'd', units=3, activation='relu', use_bias=True)),
             L('Conv1D', 'c', filters=3, kernel_size=[2], strides=[1], padding='causal', dilation_rate=[2], data_format='channels_last', activation='gelu', use_bias=True),
             L('SimpleRNN', 's', units=3, return_sequences=False, activation='tanh', use_bias=True)]
    yield 'words.h5', {'class_name': 'Sequential', 'config': {'name': 'words', 'layers': words}}, {
        'e': [small(5, 4)], 'bi': [small(4, 12), small(3, 12), small(12), small(4, 12), small(3, 12), small(12)],
        'g1': [small(6, 12), small(4, 12), small(2, 12)], 'g2': [small(4, 12), small(4, 12), small(12)], 'td': [small(4, 3), small(3)],
        'c': [small(2, 3, 3), small(3)], 's': [small(3, 3), small(3, 3), small(3)]}, '2.6.0'
    inner = {'name': 'inner', 'layers': [L('InputLayer', 'x', [], batch_input_shape=[None, 4], dtype='float32'), L('Dense', 'd1', [['x']], units=4, activation='relu', use_bias=True), L('LayerNormalization', 'n1', [['d1']], axis=[1], epsilon=0.001, center=True, scale=True), L('Add', 'sum', [['d1', 'n1']])], 'input_layers': [['x', 0, 0]], 'output_layers': [['sum', 0, 0]]}
    twin = [L('InputLayer', 'left', [], batch_input_shape=[None, 4], dtype='float32'), L('InputLayer', 'right', [], batch_input_shape=[None, 4], dtype='float32'),
            {'class_name': 'Functional', 'name': 'inner', 'config': inner, 'inbound_nodes': [[['left', 0, 0, {}]], [['right', 0, 0, {}]]]},
            L('Subtract', 'minus', [[('inner', 0, 0), ('inner', 1, 0)]]), L('Multiply', 'times', [[('inner', 0, 0), ('inner', 1, 0)]]),
            L('Concatenate', 'cat', [['minus', 'times']], axis=-1), L('Dense', 'out', [['cat']], units=2, activation='linear', use_bias=True)]
    yield 'twins.h5', {'class_name': 'Functional', 'config': {'name': 'twins', 'layers': twin, 'input_layers': [['left', 0, 0], ['right', 0, 0]], 'output_layers': [['out', 0, 0]]}}, {
        'inner': {'d1': [small(4, 4), small(4)], 'n1': [small(4), small(4)]}, 'out': [small(8, 2), small(2)]}, '2.15.0'
    volume = [L('InputLayer', 'v', [], batch_input_shape=[None, 2, 5, 6, 4], dtype='float32'),
              L('Conv3D', 'c', [['v']], filters=3, kernel_size=[2, 3, 3], strides=[1, 2, 1], padding='valid', dilation_rate=[1, 1, 1], data_format='channels_first', activation='softplus', use_bias=True),
              L('BatchNormalization', 'b', [['c']], axis=[1], epsilon=0.01), L('MaxPooling3D', 'p', [['b']], pool_size=[2, 1, 1], strides=[1, 1, 1], padding='valid', data_format='channels_first'),
              L('Flatten', 'f', [['p']], data_format='channels_first'), L('Dense', 'd', [['f']], units=2, activation='selu', use_bias=True)]
    yield 'volume.h5', {'class_name': 'Model', 'config': {'name': 'volume', 'layers': volume, 'input_layers': [['v', 0, 0]], 'output_layers': [['d', 0, 0]]}}, {
        'c': [small(2, 3, 3, 2, 3), small(3)], 'b': [small(3), small(3), small(3), var(3)], 'd': [small(36, 2), small(2)]}, '2.2.4'


def made_v3():
    """A .keras archive as Keras 3 writes it: tensors as objects, weights by class and counter."""
    t = lambda n, *s: {'class_name': '__keras_tensor__', 'config': {'shape': [None, *s], 'dtype': 'float32', 'keras_history': [n, 0, 0]}}

    def K(cls, name, args, module='keras.layers', **config):
        return {'module': module, 'class_name': cls, 'config': {'name': name, 'dtype': {'module': 'keras', 'class_name': 'DTypePolicy', 'config': {'name': 'float32'}}, **config}, 'registered_name': None, 'name': name,
                'inbound_nodes': [{'args': args, 'kwargs': {}}] if args else []}
    same = dict(padding='same', strides=[1, 1], data_format='channels_last', dilation_rate=[1, 1], groups=1, use_bias=True)
    layers = [K('InputLayer', 'in', [], batch_shape=[None, 8, 8, 3]),
              K('Rescaling', 'r', [t('in', 8, 8, 3)], scale=[0.5, 2.0, 1.5], offset=[0.0, 0.1, -0.1]),
              K('Conv2D', 'stem', [t('r', 8, 8, 3)], filters=4, kernel_size=[3, 3], activation='hard_silu', **same),
              K('GlobalAveragePooling2D', 'sq', [t('stem', 8, 8, 4)], data_format='channels_last'),
              K('Reshape', 're', [t('sq', 4)], target_shape=[1, 1, 4]),
              K('Conv2D', 'ex', [t('re', 1, 1, 4)], filters=4, kernel_size=[1, 1], activation='hard_sigmoid', **same),
              K('Multiply', 'mul', [[t('stem', 8, 8, 4), t('ex', 1, 1, 4)]]),
              K('Permute', 'pe', [t('mul', 8, 8, 4)], dims=[2, 1, 3]),
              K('Reshape', 'rs', [t('pe', 8, 8, 4)], target_shape=[16, 16]),
              K('LSTM', 'l', [t('rs', 16, 16)], units=3, return_sequences=False, activation='tanh', recurrent_activation='hard_sigmoid', use_bias=True),
              K('Dense', 'd', [t('l', 3)], units=2, activation='softmax', use_bias=True)]
    config = {'module': 'keras.src.models.functional', 'class_name': 'Functional', 'config': {'name': 'se', 'trainable': True, 'layers': layers, 'input_layers': [['in', 0, 0]], 'output_layers': [['d', 0, 0]]}, 'registered_name': 'Functional'}
    w = {'stem': [small(3, 3, 3, 4), small(4)], 'ex': [small(1, 1, 4, 4), small(4)], 'l': [small(16, 12), small(3, 12), small(12)], 'd': [small(3, 2), small(2)]}
    paths = {'stem': 'layers/conv2d/vars', 'ex': 'layers/conv2d_1/vars', 'l': 'layers/lstm/cell/vars', 'd': 'layers/dense/vars'}
    memory = io.BytesIO()
    with h5py.File(memory, 'w') as h:
        for n, ws in w.items():
            for i, v in enumerate(ws):
                h.create_dataset(f'{paths[n]}/{i}', data=v)
    with zipfile.ZipFile(os.path.join(OUT, 'se.keras'), 'w') as z:
        put = lambda name, data: z.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data)
        put('metadata.json', json.dumps({'keras_version': '3.3.3', 'date_saved': '2024-01-01@00:00:00'}))
        put('config.json', json.dumps(config))
        put('model.weights.h5', memory.getvalue())
    return config, w


def counts(weights):
    return sum(counts(w) if isinstance(w, dict) else sum(int(v.size) for v in w) for w in weights.values())


def wide(weights):
    return {n: wide(w) if isinstance(w, dict) else [v.astype(np.float64) for v in w] for n, w in weights.items()}


def entry(config, weights, v3):
    out = run(config, wide(weights), inputs_for(config), v3)
    return {'parameters': counts(weights), 'outputs': [{'shape': list(o.shape), 'values': [float(f'{v:.7g}') for v in o.flatten()]} for o in out]}


def weights_alone():
    """What `save_weights` writes: Keras 2 by layer, Keras 3 by class and counter, with the optimizer beside it."""
    with h5py.File(os.path.join(OUT, 'alone.weights.h5'), 'w') as h:
        h.attrs['layer_names'] = np.array([b'd', b'b'])
        for name, weights in {'d': {'d/kernel:0': small(3, 4)}, 'b': {f'b/{n}:0': small(4) for n in ('gamma', 'beta', 'moving_mean', 'moving_variance')}}.items():
            g = h.create_group(name)
            g.attrs['weight_names'] = np.array([w.encode() for w in weights])
            for w, value in weights.items():
                g.create_dataset(w, data=value)
    with h5py.File(os.path.join(OUT, 'alone3.weights.h5'), 'w') as h:
        for path, shape in {'layers/dense/vars/0': (3, 4), 'layers/batch_normalization/vars/0': (4,), 'layers/batch_normalization/vars/1': (4,), 'layers/batch_normalization/vars/2': (4,), 'layers/batch_normalization/vars/3': (4,), 'optimizer/vars/0': (9,)}.items():
            h.create_dataset(path, data=small(*shape))


os.makedirs(OUT, exist_ok=True)
golden = {'made': {}, 'shared': {}}
for path, config, weights, version in made():
    write_h5(path, config, flat(weights), version)
    golden['made'][path] = entry(config, weights, version >= '3')
config, weights = made_v3()
golden['made']['se.keras'] = entry(config, weights, True)
weights_alone()
for path in sorted(glob.glob(os.path.join(sys.argv[1], '**/*.h5'), recursive=True)):
    with h5py.File(path, 'r') as h:
        config, weights = json.loads(h.attrs['model_config']), read_weights(h)
        if 'lambda' not in path:
            golden['shared'][os.path.relpath(path, sys.argv[1])] = entry(config, weights, False)
with open(os.path.join(HERE, 'keras.json'), 'w') as f:
    f.write(json.dumps(golden, separators=(',', ':')).replace('},"', '},\n"') + '\n')
