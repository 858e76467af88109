"""Feature maps cut into parts along the channels, joined again, and weighed: what lies inside a block."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from ..shapes import Shape, ShapeError, Shapes
from .base import Operation
from .memory import Numbers, Saved


@dataclass(frozen=True, slots=True)
class Slice(Operation):
    """Consecutive channels, from `start` up to but without `stop`."""

    is_layer: ClassVar[bool] = False
    gradient_needs_output: ClassVar[bool] = False
    is_view: ClassVar[bool] = True
    start: int
    stop: int

    def infer(self, shapes: Shapes) -> Shape:
        ((channels, *size),) = shapes
        assert 0 <= self.start < self.stop <= channels, (self, shapes)
        return (self.stop - self.start, *size)


@dataclass(frozen=True, slots=True)
class Concatenate(Operation):
    """Feature maps of one size, one after the other along the channels."""

    is_layer: ClassVar[bool] = False
    gradient_needs_output: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        channels = sum(shape[0] for shape in shapes)
        sizes = dict.fromkeys(f"{height}x{width}" for _, height, width in shapes)
        if len(sizes) > 1:
            message = f"feature maps of {' and '.join(sizes)} cannot be joined"
            raise ShapeError("size", message, assumed=(channels, *shapes[0][1:]))
        return (channels, *shapes[0][1:])


@dataclass(frozen=True, slots=True)
class SumParts(Operation):
    """The sum of equal parts of the channels: part p has the channels from p · channels ⁄ parts."""

    is_layer: ClassVar[bool] = False
    gradient_needs_output: ClassVar[bool] = False
    parts: int

    def infer(self, shapes: Shapes) -> Shape:
        ((channels, *size),) = shapes
        assert channels % self.parts == 0, (self, shapes)
        return (channels // self.parts, *size)


@dataclass(frozen=True, slots=True)
class PartsSoftmax(Operation):
    """Softmax over parts of `(channels, 1, 1)`: channels ordered group, part, channel in, part, group, channel out."""

    is_layer: ClassVar[bool] = False
    parts: int
    groups: int = 1

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        assert shape[1:] == (1, 1), shapes
        assert shape[0] % (self.parts * self.groups) == 0, (self, shapes)
        return shape

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(more=(Numbers.of(batch, shapes[0]),)) if self._reorders else Saved(output=True)

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        return ((Numbers.of(batch, shapes[0]),) * (2 if self._reorders else 1),)

    @property
    def _reorders(self) -> bool:
        """Whether the output has the values in another order, and so is a copy."""
        return self.parts > 1 and self.groups > 1


@dataclass(frozen=True, slots=True)
class PixelSoftmax(Operation):
    """Softmax over the pixels of each channel."""

    is_layer: ClassVar[bool] = False
    is_global: ClassVar[bool] = True

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(output=True)


@dataclass(frozen=True, slots=True)
class WeightedSum(Operation):
    """The sum over a feature map's pixels, each times its weight, the second input: `(channels, 1, 1)`."""

    is_layer: ClassVar[bool] = False
    is_global: ClassVar[bool] = True
    gradient_needs_output: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        features, weights = shapes
        assert weights == (1, *features[1:]), shapes
        return (features[0], 1, 1)

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(inputs=(0, 1))

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        return ((Numbers.of(batch, shapes[0]), Numbers.of(batch, self.infer(shapes))),)


@dataclass(frozen=True, slots=True)
class GlobalMeanAndMax(Operation):
    """The mean and the maximum of each channel, as two pixels one above the other: `(channels, 2, 1)`."""

    is_layer: ClassVar[bool] = False
    is_global: ClassVar[bool] = True

    def infer(self, shapes: Shapes) -> Shape:
        ((channels, _, _),) = shapes
        return (channels, 2, 1)

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(inputs=(0,), more=(Numbers(batch * shapes[0][0]),))

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        return ((Numbers(batch * shapes[0][0]),) * 4,)


@dataclass(frozen=True, slots=True)
class SumPixels(Operation):
    """The sum of each channel's pixels: `(channels, 1, 1)`."""

    is_layer: ClassVar[bool] = False
    is_global: ClassVar[bool] = True
    gradient_needs_output: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        ((channels, _, _),) = shapes
        return (channels, 1, 1)


@dataclass(frozen=True, slots=True)
class ChannelMeanAndMax(Operation):
    """The mean and the maximum of each pixel's channels, in this order: `(2, height, width)`."""

    is_layer: ClassVar[bool] = False

    def infer(self, shapes: Shapes) -> Shape:
        ((_, height, width),) = shapes
        return (2, height, width)

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(inputs=(0,), more=(Numbers(batch * prod(shapes[0][1:])),))

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        return ((Numbers(batch * prod(shapes[0][1:])),) * 4,)
