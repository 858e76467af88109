"""Norms."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar, TypeAlias

from ..shapes import Shape, ShapeError, Shapes, counted, suggest_groups
from .base import Initial, Operation
from .memory import Numbers, Saved


class _Norm(Operation):
    """What norms have in common: they save their input, and the mean and deviation of all that they normalise."""

    __slots__ = ()
    gradient_needs_output: ClassVar[bool] = False

    def normalised(self, shape: Shape, batch: int) -> Numbers:
        """As many numbers as it has means of what it normalises, in a batch of this shape."""
        raise NotImplementedError

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(inputs=(0,), more=(self.normalised(shapes[0], batch),) * 2)

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        return ((Numbers.of(batch, shapes[0]), *(self.normalised(shapes[0], batch),) * 2),)


def _scale(channels: int) -> Mapping[str, Shape]:
    """Weight and bias of a norm."""
    return {"weight": (channels,), "bias": (channels,)}


@dataclass(frozen=True, slots=True)
class BatchNorm2d(_Norm):
    channels: int
    eps: float = 1e-5
    momentum: float = 0.1
    initial_weight: float = 1.0

    @property
    def weights(self) -> Mapping[str, Shape]:
        return _scale(self.channels)

    @property
    def initial(self) -> Initial:
        return self.initial_weight

    @property
    def statistics(self) -> Mapping[str, Shape]:
        return {"running_mean": (self.channels,), "running_var": (self.channels,), "num_batches_tracked": ()}

    def normalised(self, shape: Shape, batch: int) -> Numbers:
        return Numbers(self.channels, "float32")

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        return ((Numbers.of(batch, shapes[0]),),)


@dataclass(frozen=True, slots=True)
class GroupNorm(_Norm):
    groups: int
    channels: int
    eps: float = 1e-5
    initial_weight: float = 1.0

    @property
    def weights(self) -> Mapping[str, Shape]:
        return _scale(self.channels)

    @property
    def initial(self) -> Initial:
        return self.initial_weight

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        if self.channels % self.groups:
            message = f"group norm cannot divide {counted(self.channels, 'channel')} into {self.groups:,} groups"
            raise ShapeError("norm", message, suggest_groups(self.groups, self.channels), assumed=shape)
        if self.channels == self.groups and prod(shape[1:]) == 1:
            raise ShapeError("size", "group norm cannot normalise groups of one value", assumed=shape)
        return shape

    def normalised(self, shape: Shape, batch: int) -> Numbers:
        return Numbers(batch * self.groups, "float32")


@dataclass(frozen=True, slots=True)
class InstanceNorm2d(_Norm):
    """Without weight and bias, PyTorch's default."""

    channels: int
    eps: float = 1e-5

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        if prod(shape[1:]) == 1:
            raise ShapeError("size", "instance norm cannot normalise a feature map of one pixel", assumed=shape)
        return shape

    def normalised(self, shape: Shape, batch: int) -> Numbers:
        return Numbers(batch * self.channels)


@dataclass(frozen=True, slots=True)
class LayerNorm2d(_Norm):
    """Layer norm over the channels of each pixel."""

    channels: int
    eps: float = 1e-6
    initial_weight: float = 1.0

    @property
    def weights(self) -> Mapping[str, Shape]:
        return _scale(self.channels)

    @property
    def initial(self) -> Initial:
        return self.initial_weight

    def normalised(self, shape: Shape, batch: int) -> Numbers:
        return Numbers(batch * prod(shape[1:]), "float32")


NormOp: TypeAlias = BatchNorm2d | GroupNorm | InstanceNorm2d | LayerNorm2d
