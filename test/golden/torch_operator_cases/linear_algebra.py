"""Linear layers and products of matrices."""

import torch

from torch_recorder import inputs, record, weights


def cases():
    record("linear", inputs(2, 3), weights(4, 3), weights(4))
    record("linear", inputs(2, 3), weights(4, 3))
    record("linear", inputs(2, 5, 3), weights(4, 3), weights(4))
    record("linear", inputs(2, 5, 3), weights(4, 3), None)
    record("linear", inputs(3), weights(4, 3), weights(4), free=None)
    record("linear", inputs(2, 3), inputs(4, 3), inputs(4))
    record("linear", inputs(2, 2, 3), inputs(4, 3), inputs(4))
    record("linear", inputs(2, 3), weights(3), None)
    record("linear", inputs(2, 3).half(), weights(4, 3, dtype=torch.float16), None, tolerance=2e-3)
    record("addmm", weights(4), inputs(2, 3), inputs(3, 4))
    record("addmm", inputs(2, 4), inputs(2, 3), weights(3, 4), beta=0.5, alpha=2)
    record("addmm", inputs(4), inputs(2, 3), weights(3, 4), beta=0, alpha=2.0)
    record("addmm", inputs(), inputs(2, 3), weights(3, 4))
    record("mm", inputs(2, 3), inputs(3, 4))
    record("bmm", inputs(2, 3, 4), inputs(2, 4, 5), free=(0, 1))
    for left, right in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((3,), (2, 3, 4)),
                        ((5, 2, 3), (3,)), ((5, 1, 2, 3), (4, 3, 2))]:
        record("matmul", inputs(*left), inputs(*right), free=(0, 0) if len(left) > 1 else None)
    record("matmul", inputs(2, 3), weights(3, 4))
    record("baddbmm", inputs(2, 3, 5), inputs(2, 3, 4), inputs(2, 4, 5), free=(0, 1))
    record("baddbmm", inputs(5), inputs(2, 3, 4), inputs(2, 4, 5), beta=0.5, alpha=2.0, free=None)
    record("addbmm", inputs(3, 5), inputs(2, 3, 4), inputs(2, 4, 5), beta=0.5, alpha=2, free=None)
    record("addmv", inputs(2), inputs(2, 3), inputs(3), free=None)
    record("addmv", inputs(2), inputs(2, 3), inputs(3), beta=2, alpha=3.0, free=None)
    record("addr", inputs(2, 3), inputs(2), inputs(3), free=None)
    record("mv", inputs(2, 3), inputs(3))
    record("dot", inputs(4), inputs(4), free=None)
    record("vdot", inputs(4), inputs(4), free=None)
    record("inner", inputs(2, 3), inputs(4, 3))
    record("inner", inputs(3), inputs(3), free=None)
    record("outer", inputs(3), inputs(4))
    record("outer", inputs(3, dtype=torch.int64), inputs(4))
    record("outer", weights(3, dtype=torch.int64), weights(4), free=None)
    record("ger", inputs(3), inputs(4))
    record("bilinear", inputs(2, 3), inputs(2, 4), weights(5, 3, 4), weights(5), free=None)
    record("bilinear", inputs(2, 6, 3), inputs(2, 6, 4), weights(5, 3, 4), None, free=None)
    record("_trilinear", inputs(2, 3), weights(5, 3, 4), inputs(2, 4), [1, 3], [0], [1, 2], [2, 3])
    record("tensordot", inputs(2, 3, 4), inputs(4, 3, 5), [1, 2], [1, 0])
    record("tensordot", inputs(2, 3, 4), inputs(4, 5), [-1], [0])
    record("tensordot", inputs(2, 3), inputs(4, 5), [], [])
    record("chain_matmul", [inputs(2, 3), inputs(3, 4), inputs(4, 5)])
    record("linalg_multi_dot", [inputs(2, 3), inputs(3, 4), inputs(4, 5)])
    record("mm", inputs(2, 3, dtype=torch.int64), inputs(3, 4, dtype=torch.int64))

