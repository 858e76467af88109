"""The operations that networks consist of; each one defines its output shape, parameters and cost.

Costs are multiply-accumulates per input; as in the literature, only convolutions (including blur filters) and
linear layers have a cost. `kind` is the layer's class name in torch or timm; `is_layer` distinguishes layers, which
have a module path, from plain arithmetic between them.
"""

from typing import TypeAlias

from .base import Window
from .joining import Add, AddContext, Dropout, DropPath, Flatten, Input, Multiply, PaddingShortcut
from .layers import Activation, ActivationFunction, ChannelConv1d, Conv2d, Linear, StandardizedConv2d
from .norms import BatchNorm2d, GroupNorm, InstanceNorm2d, LayerNorm2d, NormOp
from .parts import (
    ChannelMeanAndMax,
    Concatenate,
    GlobalMeanAndMax,
    PartsSoftmax,
    PixelSoftmax,
    Slice,
    SumParts,
    SumPixels,
    WeightedSum,
)
from .pooling import AttentionPool2d, AvgPool2d, AvgPool2dSame, BlurPool2d, GlobalPool2d, GlobalPooling, MaxPool2d

__all__ = [
    "Activation",
    "ActivationFunction",
    "Add",
    "AddContext",
    "Arithmetic",
    "AttentionPool2d",
    "AvgPool2d",
    "AvgPool2dSame",
    "BatchNorm2d",
    "BlurPool2d",
    "ChannelConv1d",
    "ChannelMeanAndMax",
    "Concatenate",
    "Conv2d",
    "DropPath",
    "Dropout",
    "Flatten",
    "GlobalMeanAndMax",
    "GlobalPool2d",
    "GlobalPooling",
    "GroupNorm",
    "Input",
    "InstanceNorm2d",
    "Layer",
    "LayerNorm2d",
    "Linear",
    "MaxPool2d",
    "Multiply",
    "NormOp",
    "Op",
    "PaddingShortcut",
    "PartsSoftmax",
    "PixelSoftmax",
    "Slice",
    "StandardizedConv2d",
    "SumParts",
    "SumPixels",
    "WeightedSum",
    "Window",
]

Layer: TypeAlias = (
    Conv2d
    | NormOp
    | Activation
    | MaxPool2d
    | AvgPool2d
    | AvgPool2dSame
    | BlurPool2d
    | ChannelConv1d
    | PaddingShortcut
    | DropPath
    | GlobalPool2d
    | AttentionPool2d
    | Dropout
    | Linear
)
"""Operations that are modules with a path."""

Arithmetic: TypeAlias = (
    Input
    | Add
    | Multiply
    | AddContext
    | Slice
    | Concatenate
    | SumParts
    | PartsSoftmax
    | PixelSoftmax
    | WeightedSum
    | GlobalMeanAndMax
    | SumPixels
    | ChannelMeanAndMax
    | Flatten
)
"""Operations between modules."""

Op: TypeAlias = Layer | Arithmetic
"""Every operation; a `match` over it that misses one fails the type check."""
