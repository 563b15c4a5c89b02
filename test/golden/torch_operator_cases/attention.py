"""Attention, recurrent layers and einsum."""

import torch

from torch_recorder import inputs, record, weights


def cases():
    sums()
    attended()
    layers()
    recurrent()


def sums():
    record("einsum", "ij,jk->ik", [inputs(2, 3), inputs(3, 4)])
    record("einsum", "bhid, bhjd -> bhij", [inputs(2, 2, 3, 4), inputs(2, 2, 5, 4)], free=None)
    record("einsum", "...i,ij->...j", [inputs(2, 3, 4), weights(4, 2)])
    record("einsum", "ij->ji", [inputs(2, 3)])


def attended():
    def heads(length, count=2):
        return inputs(2, count, length, 4)

    name = "scaled_dot_product_attention"
    record(name, heads(3), heads(5), heads(5), free=None)
    record(name, inputs(2, 3, 4), inputs(2, 3, 4), inputs(2, 3, 6), free=None)
    record(name, heads(3), heads(5), heads(5), inputs(3, 5), free=None)
    record(name, heads(3), heads(5), heads(5), torch.tensor([[1, 0, 1, 1, 0]] * 3, dtype=torch.bool), free=None)
    nothing_left = torch.tensor([[1, 0, 1], [0, 0, 0], [1, 1, 1]], dtype=torch.bool)
    record(name, heads(3), heads(3), heads(3), nothing_left, free=None)
    record(name, heads(3), heads(3), heads(3), torch.zeros(3, 3).masked_fill(~nothing_left, -torch.inf), free=None)
    record(name, heads(3), heads(3), heads(3), None, 0.0, True, free=None)
    record(name, heads(3), heads(3), heads(3), None, 0.0, True, free=(0, 2))
    record(name, heads(3), heads(3), heads(3), None, 0.0, False, scale=0.25, free=None)
    record(name, heads(3, 4), heads(5), heads(5), None, 0.0, False, enable_gqa=True, free=None)


def layers():
    features = 4
    own = inputs(2, 3, features)
    joint = [weights(3 * features, features), weights(3 * features)]
    output = [weights(features, features), weights(features)]
    name = "_native_multi_head_attention"
    record(name, own, own, own, features, 2, *joint, *output, None, True, True, None, free=None, tolerance=1e-4)
    left_out = torch.tensor([[0, 0, 1], [0, 0, 0]], dtype=torch.bool)
    record(name, own, own, own, features, 2, *joint, *output, left_out, False, True, 1, free=None, tolerance=1e-4, first=True)
    later = torch.tensor([[0, 1, 1], [0, 0, 1], [0, 0, 0]], dtype=torch.bool)
    record(name, own, own, own, features, 2, *joint, *output, later, False, True, 0, free=None, tolerance=1e-4, first=True)
    nothing_left = torch.tensor([[0, 0, 1], [1, 1, 1]], dtype=torch.bool)
    record(name, own, own, own, features, 2, *joint, *output, nothing_left, True, True, 1, free=None, tolerance=1e-4)
    norms = [weights(features) for _ in range(4)]
    forward = [weights(6, features), weights(6), weights(features, 6), weights(features)]
    for is_gelu, is_first in ((False, False), (True, True)):
        record("_transformer_encoder_layer_fwd", own, features, 2, *joint, *output, is_gelu, is_first, 1e-5, *norms, *forward,
               None, None, tolerance=1e-4)
    record("_transformer_encoder_layer_fwd", own, features, 2, *joint, *output, False, False, 1e-5, *norms, *forward,
           left_out, 1, free=None, tolerance=1e-4)


GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}


def recurrent():
    for name in GATES:
        network(name, 1, 1)
        network(name, 1, 2, batch_first=True)
        network(name, 2, 1, bias=False, dropout=0.5)
        network(name, 2, 2, zero=True)
        cell(name)


def network(name, layers, directions, bias=True, batch_first=False, zero=False, dropout=0.0):
    features, hidden, rows = 3, 2, GATES[name] * 2
    parameters = []
    for layer in range(layers):
        for _ in range(directions):
            parameters += [weights(rows, features if layer == 0 else directions * hidden), weights(rows, hidden)]
            parameters += [weights(rows), weights(rows)] if bias else []
    states = [inputs(layers * directions, 2, hidden) * (0 if zero else 1) for _ in range(2)]
    states = states if name == "lstm" else states[0]
    sequence = inputs(2, 4, features) if batch_first else inputs(4, 2, features)
    record(name, sequence, states, parameters, bias, layers, dropout, False, directions == 2, batch_first, free=(0, 1) if
           not batch_first else None, tolerance=1e-4)


def cell(name):
    rows = GATES[name] * 2
    states = [inputs(2, 2), inputs(2, 2)] if name == "lstm" else inputs(2, 2)
    given = [weights(rows, 3), weights(rows, 2), weights(rows), weights(rows)]
    record(f"{name}_cell", inputs(2, 3), states, *given, free=None)
