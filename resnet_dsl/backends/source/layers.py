"""Layer -> its constructor in torch, or in one of the classes that are written along."""

from collections.abc import Mapping
from functools import lru_cache
from typing import assert_never

from ...graph import ops
from .constructors import Argument, Made, Role, Value


@lru_cache(maxsize=512)
def layer(op: ops.Layer, *, inplace: bool) -> Made:
    """The constructor of a layer; pass `inplace` if it may overwrite its input."""
    match op:
        case ops.StandardizedConv2d():
            return Made("StdConv2d", (*_convolution(op), _named("eps", "number", op.eps)))
        case ops.Conv2d():
            return Made("nn.Conv2d", _convolution(op))
        case ops.BatchNorm2d():
            momentum = _named("momentum", "number", op.momentum, 0.1)
            return Made("nn.BatchNorm2d", (_channels(op.channels), _eps(op.eps), momentum), op.initial_weight)
        case ops.GroupNorm():
            groups = Argument("num_groups", "groups", op.groups, is_positional=True)
            return Made("nn.GroupNorm", (groups, _channels(op.channels), _eps(op.eps)), op.initial_weight)
        case ops.InstanceNorm2d():
            return Made("nn.InstanceNorm2d", (_channels(op.channels), _eps(op.eps)))
        case ops.LayerNorm2d():
            return Made("LayerNorm2d", (_channels(op.channels), _eps(op.eps)), op.initial_weight)
        case ops.Activation(function="prelu"):
            return Made("nn.PReLU", (_channels(op.channels),))
        case ops.Activation(function=function):
            flag = _named("inplace", "in place", inplace, False)
            return Made(f"nn.{op.kind}", () if function in _NEVER_IN_PLACE else (flag,))
        case ops.MaxPool2d(padding=int(padding)):
            name = "MaxPool2dZero" if op.zeros else "nn.MaxPool2d"
            return Made(name, (*_window(op.kernel, op.stride, padding), _named("ceil_mode", "flag", op.ceil, False)))
        case ops.MaxPool2d():
            return Made("MaxPool2dSame", _window(op.kernel, op.stride, 0))
        case ops.AvgPool2d():
            is_seen = op.padding > 0 or op.ceil
            counts = _named("count_include_pad", "flag", op.counts_padding or not is_seen, True)
            ceil = _named("ceil_mode", "flag", op.ceil, False)
            return Made("nn.AvgPool2d", (*_window(op.kernel, op.stride, op.padding), ceil, counts))
        case ops.AvgPool2dSame():
            return Made("AvgPool2dSame")
        case ops.BlurPool2d():
            return Made("BlurPool2d", (_channels(op.channels), _named("stride", "stride", op.stride)))
        case ops.GlobalPool2d():
            return _global_pool(op.pooling)
        case ops.AttentionPool2d():
            sides = (_named("height", "number", op.height), _named("width", "number", op.width))
            return Made("AttentionPool2d", (_channels(op.channels), *sides, _named("heads", "number", op.heads)))
        case ops.ChannelConv1d():
            return Made("ChannelConv1d", (Argument("kernel", "kernel", op.kernel, is_positional=True),))
        case ops.PaddingShortcut():
            stride = _named("stride", "stride", op.stride)
            splits = _named("splits_zeros", "flag", op.splits_zeros, False)
            return Made("PaddingShortcut", (_channels(op.out_channels, "out_channels"), stride, splits))
        case ops.DropPath():
            return Made("DropPath", (Argument("drop_path", "probability", op.probability, is_positional=True),))
        case ops.Dropout():
            return Made("nn.Dropout", (Argument("dropout", "probability", op.probability, is_positional=True),))
        case ops.Linear():
            features = (_channels(op.in_features, "in_features"), _channels(op.out_features, "out_features"))
            return Made("nn.Linear", features)
        case _:
            assert_never(op)


_NEVER_IN_PLACE = ("gelu", "tanh", "sigmoid", "softplus")

_GLOBAL_POOLS: Mapping[ops.GlobalPooling, str] = {"avg": "nn.AdaptiveAvgPool2d", "max": "nn.AdaptiveMaxPool2d"}


def _global_pool(pooling: ops.GlobalPooling) -> Made:
    match pooling:
        case "avg" | "max":
            return Made(_GLOBAL_POOLS[pooling], (Argument("output_size", "number", 1, is_positional=True),))
        case "avgmax" | "catavgmax":
            return Made(ops.GlobalPool2d(pooling).kind)


def _named(name: str, role: Role, value: Value, default: Value | None = None) -> Argument:
    return Argument(name, role, value, default)


def _channels(channels: int, name: str = "channels") -> Argument:
    return Argument(name, "channels", channels, is_positional=True)


def _eps(eps: float) -> Argument:
    """All norms of torch have the same default."""
    return _named("eps", "number", eps, 1e-5)


def _window(kernel: int, stride: int, padding: int) -> tuple[Argument, ...]:
    return (
        _named("kernel_size", "kernel", kernel),
        _named("stride", "stride", stride),
        _named("padding", "padding", padding, 0),
    )


def _convolution(op: ops.Conv2d) -> tuple[Argument, ...]:
    return (
        _channels(op.in_channels, "in_channels"),
        _channels(op.out_channels, "out_channels"),
        _named("kernel_size", "kernel", op.kernel),
        _named("stride", "stride", op.stride, 1),
        _named("padding", "padding", op.padding, 0),
        _named("dilation", "padding", op.dilation, 1),
        _named("groups", "groups", op.groups, 1),
        _named("bias", "flag", op.bias, True),
    )
