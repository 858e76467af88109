"""Operation -> layer, one case per operation."""

from collections.abc import Callable, Mapping
from typing import assert_never

from torch import nn

from ...graph import ops
from . import extra_layers as custom


def layer(op: ops.Op, *, inplace: bool) -> nn.Module:
    """The layer that implements an operation; pass `inplace` if its input is not used elsewhere."""
    match op:
        case ops.Conv2d():
            return nn.Conv2d(
                op.in_channels,
                op.out_channels,
                op.kernel,
                op.stride,
                op.padding,
                op.dilation,
                op.groups,
                op.bias,
            )
        case ops.BatchNorm2d():
            return nn.BatchNorm2d(op.channels, op.eps, op.momentum)
        case ops.GroupNorm():
            return nn.GroupNorm(op.groups, op.channels, op.eps)
        case ops.InstanceNorm2d():
            return nn.InstanceNorm2d(op.channels, op.eps)
        case ops.LayerNorm2d():
            return custom.LayerNorm2d(op.channels, op.eps)
        case ops.Activation():
            return _ACTIVATIONS[op.function](inplace)
        case ops.MaxPool2d():
            return nn.MaxPool2d(op.kernel, op.stride, op.padding)
        case ops.AvgPool2d():
            return nn.AvgPool2d(op.kernel, op.stride, ceil_mode=op.ceil, count_include_pad=False)
        case ops.AvgPool2dSame():
            return custom.AvgPool2dSame()
        case ops.BlurPool2d():
            return custom.BlurPool2d(op.channels, op.stride)
        case ops.GlobalPool2d():
            return _global_pool(op.pooling)
        case ops.ChannelConv1d():
            return custom.ChannelConv1d(op.kernel)
        case ops.PaddingShortcut():
            return custom.PaddingShortcut(op.out_channels, op.stride)
        case ops.DropPath():
            return custom.DropPath(op.probability)
        case ops.Dropout():
            return nn.Dropout(op.probability)
        case ops.Linear():
            return nn.Linear(op.in_features, op.out_features)
        case ops.Input() | ops.Add() | ops.Multiply() | ops.Flatten():
            raise TypeError(f"{op} is not a layer")
        case _:
            assert_never(op)


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
    "sigmoid": _without_inplace(nn.Sigmoid),
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
