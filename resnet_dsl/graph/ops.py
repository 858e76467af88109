"""The operations that networks are made of; each owns its output shape, its parameters and its cost.

Shapes leave the batch out: feature maps are `(channels, height, width)`, features `(features,)`. Costs are
multiply-accumulates of one input; as in the literature, only convolutions and linear layers have any.
`kind` is the name of the layer's class in torch, `is_layer` tells layers, which have a module path, from
plain arithmetic between layers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal, TypeAlias

Shape: TypeAlias = tuple[int, ...]
Shapes: TypeAlias = Sequence[Shape]

Cause: TypeAlias = Literal["channels", "size", "groups", "shortcut"]
"""What of a layer a spec would have to change for its shapes to fit."""


class ShapeError(Exception):
    """The operation cannot take these shapes.

    `assumed` is the shape to go on with where the fault leaves no doubt of it, so that the faults of later
    layers, which do not follow from this one, can be found too.
    """

    def __init__(self, cause: Cause, message: str, assumed: Shape | None = None) -> None:
        super().__init__(message)
        self.cause: Cause = cause
        self.message = message
        self.assumed = assumed


class _Free:
    """No parameters, no multiply-accumulates, the output shape of the first input."""

    __slots__ = ()
    is_layer: ClassVar[bool] = True

    @property
    def kind(self) -> str:
        return type(self).__name__

    @property
    def parameters(self) -> int:
        return 0

    def macs(self, shapes: Shapes) -> int:
        return 0

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return shape


def _window(size: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> int:
    """Positions of a sliding window along one side."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def _slide(shape: Shape, channels: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> Shape:
    _, height, width = shape
    sides = tuple(_window(side, kernel, stride, padding, dilation) for side in (height, width))
    if min(sides) < 1:
        message = f"a {kernel}x{kernel} window of stride {stride} does not fit a {height}x{width} feature map"
        raise ShapeError("size", message)
    return (channels, *sides)


@dataclass(frozen=True, slots=True)
class Input(_Free):
    """What the network is given."""

    is_layer: ClassVar[bool] = False
    shape: Shape

    def infer(self, shapes: Shapes) -> Shape:
        return self.shape


@dataclass(frozen=True, slots=True)
class Conv2d(_Free):
    in_channels: int
    out_channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    bias: bool = False

    @property
    def parameters(self) -> int:
        weights = self.out_channels * (self.in_channels // self.groups) * self.kernel**2
        return weights + (self.out_channels if self.bias else 0)

    def macs(self, shapes: Shapes) -> int:
        _, height, width = self.infer(shapes)
        return height * width * self.out_channels * (self.in_channels // self.groups) * self.kernel**2

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        assert shape[0] == self.in_channels, (self, shape)
        output = _slide(shape, self.out_channels, self.kernel, self.stride, self.padding, self.dilation)
        if self.out_channels < 1:
            raise ShapeError("channels", "a convolution without output channels")
        if self.in_channels % self.groups or self.out_channels % self.groups:
            message = f"{self.in_channels} and {self.out_channels} channels do not divide into {self.groups} groups"
            raise ShapeError("groups", message, assumed=output)
        return output


@dataclass(frozen=True, slots=True)
class BatchNorm2d(_Free):
    channels: int
    initial_weight: float = 1.0

    @property
    def parameters(self) -> int:
        return 2 * self.channels


@dataclass(frozen=True, slots=True)
class ReLU(_Free):
    pass


@dataclass(frozen=True, slots=True)
class MaxPool2d(_Free):
    kernel: int
    stride: int
    padding: int

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return _slide(shape, shape[0], self.kernel, self.stride, self.padding)


@dataclass(frozen=True, slots=True)
class PaddingShortcut(_Free):
    """Every stride-th row and column, then channels of zeros: option A of He et al. 2015."""

    out_channels: int
    stride: int

    def infer(self, shapes: Shapes) -> Shape:
        ((channels, height, width),) = shapes
        output = (self.out_channels, _window(height, 1, self.stride, 0), _window(width, 1, self.stride, 0))
        if channels > self.out_channels:
            message = f"a padding shortcut cannot drop channels: {channels} come in, {self.out_channels} go out"
            raise ShapeError("shortcut", message, assumed=output)
        return output


@dataclass(frozen=True, slots=True)
class Add(_Free):
    """The sum of the branch, which comes first, and the shortcut."""

    is_layer: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        branch, shortcut = shapes
        assert branch == shortcut, shapes
        return branch


GlobalPooling: TypeAlias = Literal["avg", "max", "avgmax", "catavgmax"]

_GLOBAL_POOLS: Mapping[GlobalPooling, str] = {
    "avg": "AdaptiveAvgPool2d",
    "max": "AdaptiveMaxPool2d",
    "avgmax": "AdaptiveAvgMaxPool2d",
    "catavgmax": "AdaptiveCatAvgMaxPool2d",
}


@dataclass(frozen=True, slots=True)
class GlobalPool2d(_Free):
    """One value per channel: the mean, the maximum, half of their sum, or both, concatenated."""

    pooling: GlobalPooling

    @property
    def kind(self) -> str:
        return _GLOBAL_POOLS[self.pooling]

    def infer(self, shapes: Shapes) -> Shape:
        ((channels, _, _),) = shapes
        return (2 * channels if self.pooling == "catavgmax" else channels, 1, 1)


@dataclass(frozen=True, slots=True)
class Flatten(_Free):
    is_layer: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return (prod(shape),)


@dataclass(frozen=True, slots=True)
class Dropout(_Free):
    probability: float


@dataclass(frozen=True, slots=True)
class Linear(_Free):
    in_features: int
    out_features: int

    @property
    def parameters(self) -> int:
        return (self.in_features + 1) * self.out_features

    def macs(self, shapes: Shapes) -> int:
        return self.in_features * self.out_features

    def infer(self, shapes: Shapes) -> Shape:
        assert [(self.in_features,)] == list(shapes), (self, shapes)
        return (self.out_features,)


Op: TypeAlias = (
    Input | Conv2d | BatchNorm2d | ReLU | MaxPool2d | PaddingShortcut | Add | GlobalPool2d | Flatten | Dropout | Linear
)
"""Every operation; a `match` over it that misses one fails the type check."""
