"""Reductions, extremes and sorting, deviations, norms, running sums."""

import torch

from torch_recorder import inputs, record

I32, I64, U8, F16, F64, BOOL = torch.int32, torch.int64, torch.uint8, torch.float16, torch.float64, torch.bool
INF = float("inf")


def cases():
    for name in ("sum", "mean", "nansum"):
        record(name, inputs(2, 3, 4))
        record(name, inputs(2, 3, 4), [1])
        record(name, inputs(2, 3, 4), [-1, -2], True)
        record(name, inputs(2, 3, 4), [0, 2], False)
        record(name, inputs(2, 3, 4), None, True)
        record(name, inputs(2, 3, 4), [])
        record(name, inputs(2, 3, dtype=F16), [1], tolerance=5e-3)
        record(name, inputs(2, 3, dtype=F16), [1], dtype=torch.float32)
        record(name, inputs(2, 3, dtype=I64), [1], dtype=torch.float32)
        record(name, inputs(2, 3), dtype=F64)
        record(name, inputs(), free=None)
    record("sum", inputs(2, 3, dtype=I32), [1])
    record("sum", inputs(2, 3, dtype=BOOL), [1], True)
    record("sum", inputs(2, 3, dtype=U8))
    record("sum", inputs(2, 3, dtype=I64), dtype=I32)
    record("prod", inputs(2, 3))
    record("prod", inputs(2, 3), 1)
    record("prod", inputs(2, 3), -1, True)
    record("prod", inputs(2, 3, dtype=I32), 0)
    record("prod", inputs(2, 3, dtype=BOOL))
    record("prod", inputs(2, 3), 0, False, dtype=F64)
    for name in ("amax", "amin"):
        record(name, inputs(2, 3, 4))
        record(name, inputs(2, 3, 4), [1])
        record(name, inputs(2, 3, 4), [-1, 0], True)
        record(name, inputs(2, 3, dtype=I64), [1])
        record(name, inputs(2, 3, dtype=BOOL), [1])
    record("aminmax", inputs(2, 3))
    record("aminmax", inputs(2, 3), dim=1, keepdim=True)
    record("logsumexp", inputs(2, 3, low=-30, high=30), [1])
    record("logsumexp", inputs(2, 3, 4), [-1, 0], True)
    for name in ("any", "all"):
        record(name, inputs(2, 3, dtype=BOOL))
        record(name, inputs(4, 3, dtype=BOOL), 1)
        record(name, inputs(4, 3, dtype=BOOL), -1, True)
        record(name, torch.tensor([[0.0, 1.0], [0.0, 0.0]]), 1)
        record(name, torch.tensor([[0, 1], [0, 0]], dtype=U8), 1)
        record(name, inputs(4, 3, 2, dtype=BOOL), [0, 2])
    record("count_nonzero", torch.tensor([[0.0, 1.0], [0.0, 0.0]]), 1)
    record("count_nonzero", torch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    extremes()
    deviations()
    norms()
    for name in ("cumsum", "cumprod"):
        record(name, inputs(2, 3, 4), 1)
        record(name, inputs(2, 3, 4), -1)
        record(name, inputs(2, 3, dtype=I32), 1)
        record(name, inputs(2, 3, dtype=BOOL), 1)
        record(name, inputs(2, 3, dtype=I64), 1, dtype=torch.float32)
    record("cumsum", inputs(2, 3), 0)
    record("cumprod", inputs(2, 3), 0, free=None)


def extremes():
    for name in ("max", "min"):
        record(name, inputs(2, 3))
        record(name, inputs(2, 3, dtype=I64))
        record(name, inputs(2, 3), inputs(3))
        record(name, inputs(2, 3), 1)
        record(name, inputs(2, 3, 4), -1, True)
        record(name, inputs(2, 3, dtype=I64), 0)
        record(name, torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 1.0]]), 1)
    for name in ("argmax", "argmin"):
        record(name, inputs(2, 3))
        record(name, inputs(2, 3, 4), 1)
        record(name, inputs(2, 3, 4), -1, True)
        record(name, inputs(2, 3), None, True)
        record(name, inputs(2, 3, dtype=I64), 1)
    record("topk", inputs(2, 6), 3)
    record("topk", inputs(2, 6), 2, 1, False)
    record("topk", inputs(5, 6), 2, 0, True, True)
    record("topk", inputs(2, 6, dtype=I64, low=-60, high=60), 2)
    for name in ("sort", "argsort"):
        record(name, inputs(2, 6))
        record(name, inputs(2, 6), 1, True)
        record(name, inputs(3, 6), 0, False)
        record(name, inputs(2, 6, dtype=I32, low=-60, high=60), 1)
    record("sort", torch.tensor([[1, 0, 1, 0]]), stable=True, dim=1)
    record("sort", torch.tensor([[1, 0, 1, 0]]), stable=True, dim=-1, descending=True)
    record("argsort", inputs(2, 6), stable=True, dim=1, descending=True)
    record("msort", inputs(5, 2))
    for size in (5, 6):
        record("median", inputs(2, size), free=None)
        record("median", inputs(2, size), 1)
        record("median", inputs(2, size), -1, True)
        record("kthvalue", inputs(2, size), 2)
        record("kthvalue", inputs(size, 2), 3, 0, True)


def deviations():
    for name in ("var", "std", "var_mean", "std_mean"):
        record(name, inputs(2, 3, 4))
        record(name, inputs(2, 3, 4), False)
        record(name, inputs(2, 3, 4), [1])
        record(name, inputs(4, 3, 4), [0, -1], False)
        record(name, inputs(2, 3, 4), [-1], True, True)
        record(name, inputs(2, 3, 4), [1], correction=0)
        record(name, inputs(4, 3, 4), [0], correction=2, keepdim=True)
        record(name, inputs(4, 3), None, correction=1)
        record(name, inputs(4, 3), correction=None)


def norms():
    for power in (2, 1, INF, -INF, 0, 3, 1.5):
        record("norm", inputs(2, 3), power, [1], True)
        record("linalg_vector_norm", inputs(2, 3, 4), float(power), [1])
    record("norm", inputs(2, 3))
    record("norm", inputs(2, 3), 2.0)
    record("norm", inputs(2, 3), None, [0])
    record("linalg_vector_norm", inputs(2, 3))
    record("linalg_vector_norm", inputs(2, 3), 2, None, True)
    record("linalg_vector_norm", inputs(2, 3), 2, [-1], True, dtype=F64)
    record("linalg_norm", inputs(2, 3))
    record("linalg_norm", inputs(2, 3), 2, [1])
    record("linalg_norm", inputs(2, 3, 4), None, [-1], True)
    record("frobenius_norm", inputs(2, 3), [0, 1])
    record("cosine_similarity", inputs(2, 3), inputs(2, 3))
    record("cosine_similarity", inputs(2, 3, 4), inputs(2, 3, 4), -1, 1e-6)
    record("pairwise_distance", inputs(2, 3), inputs(2, 3))
    for power in (2.0, 1.0, INF, 3.0):
        record("cdist", inputs(2, 4, 3), inputs(2, 5, 3), power)
    record("cdist", inputs(4, 3), inputs(5, 3))
    record("_cdist_forward", inputs(4, 3), inputs(5, 3), 2.0, None)
    record("pairwise_distance", inputs(2, 3), inputs(2, 3), 1.0, 1e-3, True)
