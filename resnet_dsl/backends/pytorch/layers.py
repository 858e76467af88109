"""Operation -> layer, one case per operation."""

from collections.abc import Callable, Mapping
from typing import assert_never

from torch import nn

from ...graph import ops
from . import extra_layers as custom
from .attention_pool import AttentionPool2d


def layer(op: ops.Layer, *, inplace: bool) -> nn.Module:
    """The layer that implements an operation; pass `inplace` if its input is not used elsewhere."""
    match op:
        case ops.StandardizedConv2d():
            return custom.StdConv2d(*_convolution(op), eps=op.eps)
        case ops.Conv2d():
            return nn.Conv2d(*_convolution(op))
        case ops.BatchNorm2d():
            return nn.BatchNorm2d(op.channels, op.eps, op.momentum)
        case ops.GroupNorm():
            return nn.GroupNorm(op.groups, op.channels, op.eps)
        case ops.InstanceNorm2d():
            return nn.InstanceNorm2d(op.channels, op.eps)
        case ops.LayerNorm2d():
            return custom.LayerNorm2d(op.channels, op.eps)
        case ops.Activation(function="prelu"):
            return nn.PReLU(op.channels)
        case ops.Activation():
            return _ACTIVATIONS[op.function](inplace)
        case ops.MaxPool2d(padding=int(padding)):
            pooling = custom.MaxPool2dZero if op.zeros else nn.MaxPool2d
            return pooling(op.kernel, op.stride, padding, ceil_mode=op.ceil)
        case ops.MaxPool2d():
            return custom.MaxPool2dSame(op.kernel, op.stride)
        case ops.AvgPool2d():
            return nn.AvgPool2d(op.kernel, op.stride, op.padding, op.ceil, op.counts_padding)
        case ops.AvgPool2dSame():
            return custom.AvgPool2dSame()
        case ops.BlurPool2d():
            return custom.BlurPool2d(op.channels, op.stride)
        case ops.GlobalPool2d():
            return _global_pool(op.pooling)
        case ops.AttentionPool2d():
            return AttentionPool2d(op.channels, op.height, op.width, op.heads)
        case ops.ChannelConv1d():
            return custom.ChannelConv1d(op.kernel)
        case ops.PaddingShortcut():
            return custom.PaddingShortcut(op.out_channels, op.stride, op.splits_zeros)
        case ops.DropPath():
            return custom.DropPath(op.probability)
        case ops.Dropout():
            return nn.Dropout(op.probability)
        case ops.Linear():
            return nn.Linear(op.in_features, op.out_features)
        case _:
            assert_never(op)


def _convolution(op: ops.Conv2d) -> tuple[int, int, int, int, int, int, int, bool]:
    """The arguments of `nn.Conv2d`, in its order."""
    return (op.in_channels, op.out_channels, op.kernel, op.stride, op.padding, op.dilation, op.groups, op.bias)


def _without_inplace(layer_type: type[nn.Module]) -> Callable[[bool], nn.Module]:
    return lambda _: layer_type()


_ACTIVATIONS: Mapping[ops.ActivationFunction, Callable[[bool], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": lambda inplace: nn.LeakyReLU(inplace=inplace),
    "relu6": nn.ReLU6,
    "elu": lambda inplace: nn.ELU(inplace=inplace),
    "selu": nn.SELU,
    "gelu": _without_inplace(nn.GELU),
    "silu": nn.SiLU,
    "mish": nn.Mish,
    "hardswish": nn.Hardswish,
    "tanh": _without_inplace(nn.Tanh),
    "celu": lambda inplace: nn.CELU(inplace=inplace),
    "sigmoid": _without_inplace(nn.Sigmoid),
    "hardsigmoid": nn.Hardsigmoid,
    "hardtanh": lambda inplace: nn.Hardtanh(inplace=inplace),
    "softplus": _without_inplace(nn.Softplus),
}


def _global_pool(pooling: ops.GlobalPooling) -> nn.Module:
    match pooling:
        case "avg":
            return nn.AdaptiveAvgPool2d(1)
        case "max":
            return nn.AdaptiveMaxPool2d(1)
        case "avgmax":
            return custom.AdaptiveAvgMaxPool2d()
        case "catavgmax":
            return custom.AdaptiveCatAvgMaxPool2d()
