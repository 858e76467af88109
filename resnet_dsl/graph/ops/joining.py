"""Input, addition and multiplication, flattening, dropout, and the padding shortcut."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from ..shapes import Shape, ShapeError, Shapes, count_windows
from .base import Operation, Window
from .memory import Numbers, Saved


@dataclass(frozen=True, slots=True)
class Input(Operation):
    """The network's input."""

    is_layer: ClassVar[bool] = False
    shape: Shape

    def infer(self, shapes: Shapes) -> Shape:
        return self.shape


@dataclass(frozen=True, slots=True)
class PaddingShortcut(Operation):
    """Every stride-th row and column, then zero-padded channels: option A of He et al. 2015."""

    out_channels: int
    stride: int
    splits_zeros: bool = False
    """Whether half of the zero channels, rounded down, come first."""

    @property
    def window(self) -> Window:
        return Window(kernel=(1, 1), stride=self.stride)

    def infer(self, shapes: Shapes) -> Shape:
        ((channels, height, width),) = shapes
        output = (self.out_channels, count_windows(height, 1, self.stride), count_windows(width, 1, self.stride))
        if channels > self.out_channels:
            message = f"a padding shortcut cannot drop channels: {channels:,} in, {self.out_channels:,} out"
            raise ShapeError("shortcut", message, assumed=output)
        return output


@dataclass(frozen=True, slots=True)
class Add(Operation):
    """The sum of the branch, its first input, and the shortcut."""

    is_layer: ClassVar[bool] = False
    gradient_needs_output: ClassVar[bool] = False

    @property
    def works_in_place(self) -> bool:
        return True

    def infer(self, shapes: Shapes) -> Shape:
        branch, shortcut = shapes
        if branch != shortcut:
            sizes = [f"{height}x{width}" for _, height, width in shapes]
            message = f"the branch outputs a feature map of {sizes[0]}, but the shortcut one of {sizes[1]}"
            raise ShapeError("size", message, assumed=branch)
        return branch


@dataclass(frozen=True, slots=True)
class Multiply(Operation):
    """A feature map times a factor for each channel, or for each pixel."""

    is_layer: ClassVar[bool] = False
    gradient_needs_output: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        features, gate = shapes
        assert gate in ((features[0], 1, 1), (1, *features[1:])), shapes
        return features

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(inputs=(0, 1))


@dataclass(frozen=True, slots=True)
class AddContext(Operation):
    """A feature map plus a value for each channel."""

    is_layer: ClassVar[bool] = False
    gradient_needs_output: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        features, context = shapes
        assert context == (features[0], 1, 1), shapes
        return features


@dataclass(frozen=True, slots=True)
class Flatten(Operation):
    is_layer: ClassVar[bool] = False
    gradient_needs_output: ClassVar[bool] = False
    is_view: ClassVar[bool] = True

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return (prod(shape),)


@dataclass(frozen=True, slots=True)
class Dropout(Operation):
    idle_in_evaluation: ClassVar[bool] = True
    probability: float

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(more=(Numbers.of(batch, shapes[0]),) if self.probability else ())


@dataclass(frozen=True, slots=True)
class DropPath(Operation):
    """Stochastic depth: in training, a sample's branch is zeroed with this probability (Huang et al. 2016)."""

    gradient_needs_output: ClassVar[bool] = False
    idle_in_evaluation: ClassVar[bool] = True
    probability: float

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(more=(Numbers(batch),))
