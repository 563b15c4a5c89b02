"""Normalisations, with and without scale, shift and statistics."""

import torch

from torch_recorder import inputs, record, weights

F16 = torch.float16


def statistics(channels=3):
    return weights(channels), weights(channels, low=0.2, high=2)


def cases():
    for shape in ((2, 3, 4, 5), (4, 3), (2, 3, 5), (1, 3, 2, 3, 4)):
        record("batch_norm", inputs(*shape), weights(3), weights(3), *statistics(), False, 0.1, 1e-5, True)
        record("batch_norm", inputs(*shape), None, None, *statistics(), False, 0.1, 1e-3, True)
        if shape[0] > 1:
            record("batch_norm", inputs(*shape), weights(3), weights(3), None, None, True, 0.1, 1e-5, True)
            record("batch_norm", inputs(*shape), None, None, None, None, True, 0.1, 1e-5, True)
    record("batch_norm", inputs(2, 3, 4, dtype=F16), weights(3), weights(3), *statistics(), False, 0.1, 1e-5, True, tolerance=5e-3)
    record("native_batch_norm", inputs(2, 3, 4), weights(3), weights(3), *statistics(), False, 0.1, 1e-5, first=True)
    record("_native_batch_norm_legit", inputs(2, 3, 4), weights(3), weights(3), *statistics(), False, 0.1, 1e-5, first=True)
    record("_native_batch_norm_legit", inputs(2, 3, 4), weights(3), weights(3), True, 0.1, 1e-3, first=True)
    record("_native_batch_norm_legit", inputs(2, 3, 4), None, None, True, 0.1, 1e-3, first=True)
    record("_native_batch_norm_legit_no_training", inputs(2, 3, 4), weights(3), weights(3), *statistics(), 0.1, 1e-3, first=True)
    record("batch_norm", inputs(2, 4, 4), weights(3), weights(3), *statistics(), False, 0.1, 1e-5, True, refused=True)
    for shape in ((2, 4, 4, 5), (3, 4, 5), (1, 4, 2, 3, 4)):
        record("instance_norm", inputs(*shape), weights(4), weights(4), None, None, True, 0.1, 1e-5, True)
        record("instance_norm", inputs(*shape), None, None, None, None, True, 0.1, 1e-3, True)
        record("instance_norm", inputs(*shape), None, None, *statistics(4), False, 0.1, 1e-5, True)
        record("group_norm", inputs(*shape), 2, weights(4), weights(4), 1e-5, True)
        record("group_norm", inputs(*shape), 1, None, None, 1e-3)
        record("group_norm", inputs(*shape), 4)
    record("group_norm", inputs(3, 4), 2, weights(4), weights(4))
    record("native_group_norm", inputs(2, 4, 3, 3), weights(4), weights(4), 2, 4, 9, 2, 1e-5, first=True)
    for name in ("layer_norm", "native_layer_norm"):
        first = name.startswith("native")
        record(name, inputs(2, 3, 4), [4], weights(4), weights(4), 1e-5, first=first)
        record(name, inputs(2, 3, 4), [3, 4], weights(3, 4), weights(3, 4), 1e-3, first=first)
        record(name, inputs(2, 3, 4), [4], None, None, 1e-6, first=first)
        record(name, inputs(2, 3, 4), [4], weights(4), None, 1e-6, first=first)
    record("layer_norm", inputs(4), [4], weights(4), weights(4), free=None)
    record("layer_norm", inputs(2, 4, dtype=F16), [4], weights(4, dtype=F16), weights(4, dtype=F16), 1e-5, True, tolerance=5e-3)
    record("layer_norm", inputs(2, 5), [4], weights(4), weights(4), refused=True)
    record("rms_norm", inputs(2, 3, 4), [4], weights(4), 1e-5)
    record("rms_norm", inputs(2, 3, 4), [4], weights(4))
    record("rms_norm", inputs(2, 3, 4), [3, 4])
    record("rms_norm", inputs(2, 4, dtype=F16), [4], None, tolerance=5e-3)
    record("_weight_norm", weights(4, 3, 2), weights(4, 1, 1), 0, free=None)
    record("_weight_norm", weights(4, 3), weights(1, 3), 1, free=None)
    record("_weight_norm_interface", weights(4, 3, 2), weights(4, 1, 1), 0, first=True, free=None)
    record("_weight_norm", weights(4, 3), weights(), -1, free=None)
