"""Tensors of numbers, comparisons, and reading and writing at places that tensors name."""

import torch

from torch_recorder import inputs, record, weights


def places(*numbers, dtype=torch.int64):
    return torch.tensor(numbers, dtype=dtype)


def cases():
    made()
    compared()
    read()
    written()
    looked_up()


def made():
    record("zeros", [2, 3])
    record("zeros", [2, 3], dtype=torch.int64)
    record("ones", [3], dtype=torch.bool)
    record("full", [2, 2], 1.5)
    record("full", [2, 2], 3)
    record("full", [2], True)
    record("full", [], 2.0)
    record("zeros_like", inputs(2, 3))
    record("ones_like", inputs(2, 3), dtype=torch.int64)
    record("full_like", inputs(2, 3), 2.5)
    record("new_zeros", inputs(2, 3), [4])
    record("new_ones", inputs(2, 3, dtype=torch.int64), [4, 1])
    record("new_full", inputs(2, 3), [2], 7)
    record("scalar_tensor", 2.5)
    record("scalar_tensor", 2, dtype=torch.int64)
    record("arange", 5)
    record("arange", 2, 5)
    record("arange", 1, 9, 3)
    record("arange", 5, 0, -2)
    record("arange", 0.5, 3.0, 0.75)
    record("arange", 4, dtype=torch.float32)
    record("linspace", -1, 1, 5)
    record("linspace", 0.5, 3, 4)
    record("linspace", 2, 3, 1)
    record("eye", 3)
    record("eye", 2, 3)
    record("tril", inputs(3, 4))
    record("triu", inputs(2, 3, 4), 1)
    record("tril", inputs(3, 4, dtype=torch.bool), -1)
    record("triu", inputs(3, 3, dtype=torch.int32))
    record("triu", weights(3, 3, dtype=torch.int64), 1, free=None)
    record("tril_indices", 3, 4, 1)
    record("triu_indices", 3, 3)
    record("meshgrid", [inputs(2), inputs(3)])
    record("meshgrid", [inputs(2), inputs(3), inputs(4)], indexing="xy")
    record("fill", inputs(2, 3), 1.5)
    record("zero_", inputs(2, 3))
    record("fill_", inputs(2, 3), 2)
    record("copy_", inputs(2, 3), inputs(3), free=None)
    record("copy_", inputs(2, 3), inputs(2, 3, dtype=torch.int64), free=None)


def compared():
    for operator in ("eq", "ne", "lt", "le", "gt", "ge"):
        record(operator, inputs(2, 3), inputs(3))
        record(operator, inputs(2, 3), 0.5)
        record(operator, inputs(2, 3, dtype=torch.int64), 1)
        record(operator, inputs(2, 3, dtype=torch.int64), 0.5)
        record(operator, inputs(2, 3, dtype=torch.bool), inputs(2, 3, dtype=torch.bool), free=None)
        record(operator, inputs(2, 3, dtype=torch.uint8, low=0, high=3), 2)
    record("where", inputs(2, 3, dtype=torch.bool), inputs(2, 3), inputs(3), free=None)
    record("where", inputs(2, 3, dtype=torch.bool), inputs(2, 3), 0.5, free=None)
    record("where", inputs(2, 3, dtype=torch.bool), 1.0, 0.0)
    record("where", inputs(2, 3, dtype=torch.bool), 1, inputs(3, dtype=torch.int64))
    for wide in (torch.iinfo(torch.int64).max, torch.iinfo(torch.int64).min, 2**40 + 1):
        record("full", [2], wide, free=None)
        record("full_like", inputs(2, 3, dtype=torch.int64), wide)
        record("masked_fill", inputs(2, 3, dtype=torch.int64), inputs(3, dtype=torch.bool), wide)
    for narrow in (torch.bool, torch.int8, torch.uint8, torch.int16):
        record("where", inputs(2, 3, dtype=torch.bool), inputs(2, 3, dtype=narrow), inputs(3, dtype=narrow), free=None)
        record("masked_fill", inputs(2, 3, dtype=narrow), inputs(3, dtype=torch.bool), 1)
    record("where", inputs(2, 3, dtype=torch.bool))
    record("masked_fill", inputs(2, 3), inputs(2, 3, dtype=torch.bool), 0.5, free=None)
    record("masked_fill", inputs(2, 3), inputs(3, dtype=torch.bool), float("-inf"))
    record("masked_fill_", inputs(2, 3), inputs(3, dtype=torch.bool), 1)
    record("masked_select", inputs(2, 3), inputs(3, dtype=torch.bool))
    record("nonzero", inputs(2, 3, dtype=torch.bool))
    record("nonzero", inputs(2, 3))


def read():
    grid = places([0, 2], [1, -1])
    record("index", inputs(4, 3), [grid])
    record("index", inputs(4, 3, 2), [None, places(2, 0)], free=(0, 0))
    record("index", inputs(4, 3, 2), [places(3, 1), places(2, 0)])
    record("index", inputs(4, 3, 2), [grid, None, places(1, 0)])
    record("index", inputs(2, 4, 3, 2), [None, places(3, 1), places(2, 0)])
    record("index", inputs(2, 4, 3, 2), [None, grid, places(2, -1)])
    record("index", inputs(4, 3), [inputs(4, dtype=torch.bool)], free=None)
    record("index", inputs(4, 3), [inputs(4, 3, dtype=torch.bool)], free=None)
    record("index", inputs(2, 4, 3), [None, inputs(4, dtype=torch.bool)])
    record("index", weights(4, 3), [grid], free=None)
    record("index_select", inputs(2, 4), 1, places(3, 0, 3))
    record("index_select", inputs(4, 2), 0, places(1))
    record("gather", inputs(2, 3), 1, places([0, 2], [1, 1]), free=None)
    record("take", inputs(2, 3), places([0, 5], [2, 2]))
    record("take_along_dim", inputs(2, 3), places([0, 2], [1, 1]), 1, free=None)
    record("take_along_dim", inputs(2, 3), places([0], [1]), 1, free=None)


def written():
    record("index_put", inputs(4, 3), [places(1, 3)], inputs(2, 3))
    record("index_put", inputs(4, 3), [places(1, 3)], inputs(1))
    record("index_put", inputs(4, 3), [places(1, 1)], inputs(2, 3), True)
    record("index_put", inputs(4, 3), [places(1, 3), places(0, 2)], inputs(2), free=None)
    record("index_put", inputs(2, 4, 3), [None, places(1, 3)], inputs(2, 2, 3), free=None)
    record("index_put", inputs(2, 4, 3), [None, places(1, 3), places(0, 2)], inputs(2, 2), free=None)
    record("index_put", inputs(4, 3), [inputs(4, 3, dtype=torch.bool)], inputs(), free=None)
    record("index_put", inputs(4, 3), [inputs(4, dtype=torch.bool)], inputs(1), free=None)
    record("index_put_", inputs(4, 3), [places(0)], inputs(3))
    record("index_add", inputs(4, 3), 0, places(1, 1), inputs(2, 3), alpha=2)
    record("index_add", inputs(4, 3), 1, places(2, 0), inputs(4, 2), free=None)
    record("index_copy", inputs(4, 3), 0, places(1, 3), inputs(2, 3))
    record("index_fill", inputs(4, 3), 1, places(0, 2), 1.5)
    record("scatter", inputs(2, 3), 1, places([0, 2], [1, 0]), inputs(2, 2), free=None)
    record("scatter", inputs(2, 3), 1, places([0], [1]), inputs(2, 3), free=None)
    record("scatter", inputs(2, 3), 1, places([0, 2], [1, 0]), 1.5, free=None)
    record("scatter", inputs(2, 3), 0, places([0, 1, 1]), inputs(1, 3), reduce="add", free=None)
    record("scatter_add", inputs(2, 3), 1, places([0, 0], [1, 1]), inputs(2, 2), free=None)
    for reduction in ("sum", "prod", "amax", "amin"):
        record("scatter_reduce", inputs(2, 3), 1, places([0, 0], [1, 1]), inputs(2, 2), reduction, free=None)


def looked_up():
    record("embedding", weights(5, 3), places([0, 4], [2, 2]), free=(1, 0))
    record("embedding", inputs(5, 3), places(1, 2), 0, False, False, free=None)
    record("one_hot", places([0, 4], [2, 2]), 5)
    record("embedding_bag", weights(5, 3), places(0, 4, 2, 2), places(0, 3), False, 0, free=None, first=True)
    record("embedding_bag", weights(5, 3), places(0, 4, 2, 2), places(0, 0, 3), False, 1, free=None, first=True)
    record("embedding_bag", weights(5, 3), places(0, 4), places(0), False, 2, refused=True)
