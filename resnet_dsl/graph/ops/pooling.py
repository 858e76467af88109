"""Pooling and low-pass filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal, TypeAlias

from ..shapes import Shape, ShapeError, Shapes, slide
from .base import Operation, Window


@dataclass(frozen=True, slots=True)
class MaxPool2d(Operation):
    kernel: int
    stride: int
    padding: int

    @property
    def window(self) -> Window:
        return Window(kernel=(self.kernel, self.kernel), stride=self.stride, padding=self.padding)

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return slide(shape, shape[0], self.kernel, self.stride, self.padding)


@dataclass(frozen=True, slots=True)
class AvgPool2d(Operation):
    """With `ceil`, a last window may extend past the edge and averages only the pixels inside."""

    kernel: int
    stride: int
    ceil: bool = False

    @property
    def window(self) -> Window:
        return Window(kernel=(self.kernel, self.kernel), stride=self.stride)

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return slide(shape, shape[0], self.kernel, self.stride, ceil=self.ceil)


@dataclass(frozen=True, slots=True)
class AvgPool2dSame(Operation):
    """2x2, stride 1, zero-padded by a row at the bottom and a column on the right, which count in the average."""

    @property
    def window(self) -> Window:
        return Window(kernel=(2, 2), padding="same")


@dataclass(frozen=True, slots=True)
class BlurPool2d(Operation):
    """A 3x3 binomial filter per channel, with reflection padding (Zhang 2019, arXiv:1904.11486)."""

    has_constants: ClassVar[bool] = True
    channels: int
    stride: int

    @property
    def window(self) -> Window:
        return Window(kernel=(3, 3), stride=self.stride, padding=1, groups=self.channels)

    def macs(self, shapes: Shapes) -> int:
        return 9 * prod(self.infer(shapes))

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        if min(shape[1:]) < 2:
            message = f"blur pooling cannot reflect the edges of a feature map of {shape[1]}x{shape[2]}"
            raise ShapeError("size", message, assumed=slide(shape, self.channels, 3, self.stride, padding=1))
        return slide(shape, self.channels, 3, self.stride, padding=1)


GlobalPooling: TypeAlias = Literal["avg", "max", "avgmax", "catavgmax"]

_GLOBAL_POOLS: Mapping[GlobalPooling, str] = {
    "avg": "AdaptiveAvgPool2d",
    "max": "AdaptiveMaxPool2d",
    "avgmax": "AdaptiveAvgMaxPool2d",
    "catavgmax": "AdaptiveCatAvgMaxPool2d",
}


@dataclass(frozen=True, slots=True)
class GlobalPool2d(Operation):
    """One value per channel: the mean, the maximum or their average; or both, concatenated."""

    pooling: GlobalPooling

    @property
    def kind(self) -> str:
        return _GLOBAL_POOLS[self.pooling]

    def infer(self, shapes: Shapes) -> Shape:
        ((channels, _, _),) = shapes
        return (2 * channels if self.pooling == "catavgmax" else channels, 1, 1)
