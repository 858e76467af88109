"""Activations, each as the operators of ONNX that compute it."""

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any

from ...graph import ops
from .steps import Steps


def activation(op: ops.Activation, x: str, steps: Steps) -> str:
    """An activation with PyTorch's default values."""
    return _ACTIVATIONS[op.function](x, steps)


def _plain(kind: str, **attributes: Any) -> Callable[[str, Steps], str]:
    return lambda x, steps: steps(kind, x, **attributes)


def _clip(low: float, high: float) -> Callable[[str, Steps], str]:
    return lambda x, steps: steps("Clip", x, steps.constant("min", low), steps.constant("max", high))


def _gelu(x: str, steps: Steps) -> str:
    """x · (1 + erf(x / √2)) / 2."""
    error = steps("Erf", steps("Div", x, steps.constant("sqrt2", sqrt(2))))
    return steps("Mul", steps("Mul", x, steps("Add", error, steps.constant("one", 1))), steps.constant("half", 0.5))


def _silu(x: str, steps: Steps) -> str:
    return steps("Mul", x, steps("Sigmoid", x))


def _mish(x: str, steps: Steps) -> str:
    return steps("Mul", x, steps("Tanh", steps("Softplus", x)))


def _prelu(x: str, steps: Steps) -> str:
    return steps("PRelu", x, steps.weight("weight", axes=2))


_ACTIVATIONS: Mapping[ops.ActivationFunction, Callable[[str, Steps], str]] = {
    "relu": _plain("Relu"),
    "leaky_relu": _plain("LeakyRelu", alpha=0.01),
    "relu6": _clip(0, 6),
    "elu": _plain("Elu"),
    "selu": _plain("Selu"),
    "gelu": _gelu,
    "silu": _silu,
    "mish": _mish,
    "hardswish": _plain("HardSwish"),
    "tanh": _plain("Tanh"),
    "prelu": _prelu,
    "celu": _plain("Elu"),  # equal to it at PyTorch's default alpha of 1, and with float16
    "sigmoid": _plain("Sigmoid"),
    "hardsigmoid": _plain("HardSigmoid", alpha=1 / 6, beta=0.5),
    "hardtanh": _clip(-1, 1),
    "softplus": _plain("Softplus"),
}
