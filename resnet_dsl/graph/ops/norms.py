"""Norms."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar, TypeAlias

from ..shapes import Shape, ShapeError, Shapes, counted, suggest_groups
from .base import Initial, Operation


def _scale(channels: int) -> Mapping[str, Shape]:
    """Weight and bias of a norm."""
    return {"weight": (channels,), "bias": (channels,)}


@dataclass(frozen=True, slots=True)
class BatchNorm2d(Operation):
    gradient_needs_output: ClassVar[bool] = False
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


@dataclass(frozen=True, slots=True)
class GroupNorm(Operation):
    gradient_needs_output: ClassVar[bool] = False
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


@dataclass(frozen=True, slots=True)
class InstanceNorm2d(Operation):
    """Without weight and bias, PyTorch's default."""

    gradient_needs_output: ClassVar[bool] = False
    channels: int
    eps: float = 1e-5

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        if prod(shape[1:]) == 1:
            raise ShapeError("size", "instance norm cannot normalise a feature map of one pixel", assumed=shape)
        return shape


@dataclass(frozen=True, slots=True)
class LayerNorm2d(Operation):
    """Layer norm over the channels of each pixel."""

    gradient_needs_output: ClassVar[bool] = False
    channels: int
    eps: float = 1e-6
    initial_weight: float = 1.0

    @property
    def weights(self) -> Mapping[str, Shape]:
        return _scale(self.channels)

    @property
    def initial(self) -> Initial:
        return self.initial_weight


NormOp: TypeAlias = BatchNorm2d | GroupNorm | InstanceNorm2d | LayerNorm2d
