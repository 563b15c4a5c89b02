"""Functions of one element, and activations."""

import torch

from torch_recorder import inputs, record, weights

I64, U8, F16, F64, BOOL = torch.int64, torch.uint8, torch.float16, torch.float64, torch.bool
INF, NAN = float("inf"), float("nan")


def cases():
    same_type()
    floating_point()
    activations()
    for name in ("softmax", "log_softmax"):
        record(name, inputs(2, 3, 4), -1)
        record(name, inputs(2, 3, 4), 1, None)
        record(name, inputs(2, 3, 4), 0, torch.float32)
        record(name, inputs(2, 3, dtype=I64), 1, torch.float32)
        record(name, inputs(2, 3, dtype=F16), 1, torch.float32)
        record(f"_{name}", inputs(2, 3, 4), -2, False)
    record("special_softmax", inputs(2, 3), 1)
    record("special_log_softmax", inputs(2, 3), 1)
    record("dropout", inputs(2, 3), 0.3, False)
    record("dropout_", inputs(2, 3), 0.3, False)
    record("feature_dropout", inputs(2, 3, 4), 0.3, False)
    record("alpha_dropout", inputs(2, 3), 0.3, False)
    record("feature_alpha_dropout", inputs(2, 3), 0.3, False)
    for name in ("rand", "randn", "randint", "bernoulli", "bernoulli_", "normal_", "multinomial", "uniform_"):
        record(name, inputs(2, 3), refused=True)


def same_type():
    for name in ("neg", "negative", "abs", "absolute", "sign", "sgn", "square", "floor", "ceil", "round", "trunc", "fix"):
        record(name, inputs(2, 3, low=-4, high=4))
        record(name, inputs(2, 3, dtype=I64, low=-4, high=4))
    record("positive", inputs(2, 3))
    record("abs", inputs(2, 3, dtype=torch.int8))
    record("square", inputs(2, 3, dtype=U8, low=1, high=9))
    record("neg_", inputs(2, 3))
    record("round", torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5]), free=None)
    record("round", inputs(2, 3), decimals=1)
    record("round", inputs(2, 3, low=-400, high=400), decimals=-2)
    record("floor", inputs(2, 3, dtype=F16), tolerance=2e-3)
    record("floor_", inputs(2, 3))
    record("frac", inputs(2, 3, low=-4, high=4))
    record("nan_to_num", torch.tensor([1.0, INF, -INF, NAN]), free=None)
    record("nan_to_num", torch.tensor([1.0, INF, -INF, NAN]), 2.0, 3.0, -4.0, free=None)
    record("nan_to_num", inputs(2, 3, dtype=I64))
    record("isnan", torch.tensor([1.0, INF, -INF, NAN]), free=None)
    record("isinf", torch.tensor([1.0, INF, -INF, NAN]), free=None)
    record("isfinite", torch.tensor([1.0, INF, -INF, NAN]), free=None)


def floating_point():
    for name in ("exp", "exp2", "expm1", "sin", "cos", "tan", "atan", "arctan", "sinh", "cosh", "tanh", "asinh", "erf", "erfc",
                 "deg2rad", "rad2deg", "reciprocal", "special_exp2", "special_expm1", "special_erf", "special_expit", "sigmoid"):
        record(name, inputs(2, 3))
        record(name, inputs(2, 3, dtype=I64))
        record(name, inputs(2, 3, dtype=F16), tolerance=3e-3)
    for name in ("sqrt", "rsqrt", "log", "log2", "log10", "log1p", "special_log1p"):
        record(name, inputs(2, 3, low=0.1))
        record(name, inputs(2, 3, dtype=I64, low=1, high=9))
    for name in ("sqrt", "exp", "sigmoid", "sin", "log", "tanh"):
        record(name, inputs(2, 3, low=0.1, dtype=F64))
        record(f"{name}_", inputs(2, 3, low=0.1))
    for name in ("asin", "acos", "atanh", "arcsin", "arccos"):
        record(name, inputs(2, 3, low=-0.9, high=0.9))
    record("acosh", inputs(2, 3, low=1.1, high=4))
    record("logit", inputs(2, 3, low=0.1, high=0.9))
    record("logit", inputs(2, 3, low=0, high=1), 0.2)
    record("exp", inputs(2, 3, dtype=BOOL))
    record("arcsinh", inputs(2, 3))
    record("arccosh", inputs(2, 3, low=1.1, high=4))
    record("arctanh", inputs(2, 3, low=-0.9, high=0.9))
    record("special_erfc", inputs(2, 3))
    record("sinc", torch.tensor([0.0, 1.0, -0.5, 2.25]), free=None)
    record("isposinf", torch.tensor([1.0, INF, -INF, NAN]), free=None)
    record("isneginf", torch.tensor([1.0, INF, -INF, NAN]), free=None)


def activations():
    for name in ("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "hardtanh", "hardswish",
                 "hardsigmoid", "hardshrink", "softshrink", "softplus", "log_sigmoid"):
        record(name, inputs(2, 3, low=-8, high=8))
        record(name, inputs(2, 3, 2, 2, dtype=F16, low=-8, high=8), tolerance=5e-3)
    for name in ("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "silu", "mish", "hardtanh", "hardswish", "hardsigmoid"):
        record(f"{name}_", inputs(2, 3, low=-8, high=8))
    record("relu", inputs(2, 3, dtype=I64))
    record("gelu", inputs(2, 3), approximate="tanh")
    record("gelu", inputs(2, 3), approximate="none")
    record("leaky_relu", inputs(2, 3), 0.3)
    record("rrelu", inputs(2, 3), 0.1, 0.3, False)
    record("rrelu", inputs(2, 3))
    record("rrelu_with_noise", inputs(2, 3), inputs(2, 3), 0.1, 0.3, False)
    record("log_sigmoid_forward", inputs(2, 3), first=True)
    record("prelu", inputs(2, 3, 4, 4), weights(3))
    record("prelu", inputs(2, 3, 4, 4), weights(1))
    record("prelu", inputs(2, 3), weights(3))
    record("prelu", inputs(2, 3, 4), inputs(3))
    record("prelu", inputs(4), weights(1))
    record("_prelu_kernel", inputs(2, 3, 4), weights(1, 3, 1))
    record("elu", inputs(2, 3), 0.5)
    record("elu", inputs(2, 3), 0.5, 2.0)
    record("elu", inputs(2, 3), 0.5, 2, 0.7)
    record("celu", inputs(2, 3), 0.4)
    record("hardtanh", inputs(2, 3), -0.5, 0.25)
    record("hardtanh", inputs(2, 3, dtype=I64), -1, 1)
    record("hardshrink", inputs(2, 3), 1.0)
    record("softshrink", inputs(2, 3), 1.0)
    record("softplus", inputs(2, 3, low=-30, high=30))
    record("softplus", inputs(2, 3), 2.0)
    record("softplus", inputs(2, 3), 2, 1)
    record("softplus", inputs(2, 3, low=-30, high=30), 0.5, 20)
    record("threshold", inputs(2, 3), 0.5, -3)
    record("threshold_", inputs(2, 3), 0, 20)
    record("threshold", inputs(2, 3, dtype=I64), 0, 20)
    record("glu", inputs(2, 6))
    record("glu", inputs(2, 4, 3), 1)
