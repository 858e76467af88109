"""Where values come in, meet, are dropped or change their form."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from ..shapes import Shape, ShapeError, Shapes, windows
from .base import Operation


@dataclass(frozen=True, slots=True)
class Input(Operation):
    """What the network is given."""

    is_layer: ClassVar[bool] = False
    shape: Shape

    def infer(self, shapes: Shapes) -> Shape:
        return self.shape


@dataclass(frozen=True, slots=True)
class PaddingShortcut(Operation):
    """Every stride-th row and column, then channels of zeros: option A of He et al. 2015."""

    out_channels: int
    stride: int

    def infer(self, shapes: Shapes) -> Shape:
        ((channels, height, width),) = shapes
        output = (self.out_channels, windows(height, 1, self.stride), windows(width, 1, self.stride))
        if channels > self.out_channels:
            message = f"a padding shortcut cannot drop channels: {channels} come in, {self.out_channels} go out"
            raise ShapeError("shortcut", message, "a projection can: `shortcut: {type: projection}`", assumed=output)
        return output


@dataclass(frozen=True, slots=True)
class Add(Operation):
    """The sum of the branch, which comes first, and the shortcut."""

    is_layer: ClassVar[bool] = False
    gradient_needs_output: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        branch, shortcut = shapes
        if branch != shortcut:
            sizes = [f"{height}x{width}" for _, height, width in shapes]
            message = f"the branch leaves a feature map of {sizes[0]}, its shortcut one of {sizes[1]}"
            raise ShapeError("size", message, assumed=branch)
        return branch


@dataclass(frozen=True, slots=True)
class Multiply(Operation):
    """A feature map, and a factor for each of its channels."""

    is_layer: ClassVar[bool] = False
    gradient_needs_output: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        features, gate = shapes
        assert gate == (features[0], 1, 1), shapes
        return features


@dataclass(frozen=True, slots=True)
class Flatten(Operation):
    is_layer: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return (prod(shape),)


@dataclass(frozen=True, slots=True)
class Dropout(Operation):
    probability: float


@dataclass(frozen=True, slots=True)
class DropPath(Operation):
    """Stochastic depth: while training, a sample's branch is 0 with this probability (Huang et al. 2016)."""

    probability: float
