"""Convolutions, activations, linear layers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal, TypeAlias

from ..shapes import Shape, ShapeError, Shapes, counted_channels, slide, suggest_groups
from .base import Initial, Operation, Window
from .memory import Numbers, Saved


@dataclass(frozen=True, slots=True)
class Conv2d(Operation):
    gradient_needs_output: ClassVar[bool] = False
    counts_for_depth: ClassVar[bool] = True
    in_channels: int
    out_channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    bias: bool = False

    @property
    def weights(self) -> Mapping[str, Shape]:
        weight = {"weight": (self.out_channels, self.in_channels // self.groups, self.kernel, self.kernel)}
        return weight | {"bias": (self.out_channels,)} if self.bias else weight

    @property
    def initial(self) -> Initial:
        return "kaiming_fan_out"

    @property
    def window(self) -> Window:
        return Window(
            kernel=(self.kernel, self.kernel),
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
        )

    def macs(self, shapes: Shapes) -> int:
        return prod(self.infer(shapes)) * (self.in_channels // self.groups) * self.kernel**2

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(operands=(0,), casts=prod(self.weights["weight"]))

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        assert shape[0] == self.in_channels, (self, shape)
        output = slide(shape, self.out_channels, self.kernel, self.stride, self.padding, self.dilation)
        sides = dict.fromkeys((self.in_channels, self.out_channels))
        if uneven := [channels for channels in sides if channels % self.groups]:
            message = f"cannot divide {counted_channels(uneven)} into {self.groups:,} groups"
            helps = suggest_groups(self.groups, self.in_channels, self.out_channels)
            raise ShapeError("groups", message, helps, assumed=output)
        return output


@dataclass(frozen=True, slots=True)
class StandardizedConv2d(Conv2d):
    """Each filter's weights minus their mean, divided by their deviation, in every pass (Qiao et al. 2019)."""

    eps: float = 1e-6

    @property
    def kind(self) -> str:
        return "StdConv2d"

    def infer(self, shapes: Shapes) -> Shape:
        output = Conv2d.infer(self, shapes)
        if self.in_channels == self.groups and self.kernel == 1:
            raise ShapeError("standardization", "a filter of one weight cannot be standardised", assumed=output)
        return output

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(operands=(0,), more=(self._standardized, *self._statistics))

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        output = Numbers.of(batch, self.infer(shapes))
        return (self._standardized, *self._statistics), (self._standardized, output)

    @property
    def _standardized(self) -> Numbers:
        return Numbers(prod(self.weights["weight"]))

    @property
    def _statistics(self) -> tuple[Numbers, Numbers]:
        """Mean and deviation of each filter."""
        return (Numbers(self.out_channels, "float32"),) * 2


@dataclass(frozen=True, slots=True)
class ChannelConv1d(Operation):
    """A convolution over neighbouring channels of `(channels, 1, 1)` (Wang et al. 2020, arXiv:1910.03151)."""

    kernel: int

    @property
    def weights(self) -> Mapping[str, Shape]:
        return {"weight": (1, 1, self.kernel)}

    @property
    def window(self) -> Window:
        return Window(kernel=(self.kernel,), padding=self.kernel // 2, groups=1)

    def macs(self, shapes: Shapes) -> int:
        return self.kernel * prod(self.infer(shapes))

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(operands=(0,), casts=self.kernel)


@dataclass(frozen=True, slots=True)
class Linear(Operation):
    counts_for_depth: ClassVar[bool] = True
    in_features: int
    out_features: int

    @property
    def weights(self) -> Mapping[str, Shape]:
        return {"weight": (self.out_features, self.in_features), "bias": (self.out_features,)}

    def macs(self, shapes: Shapes) -> int:
        return self.in_features * self.out_features

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(operands=(0,), casts=self.in_features * self.out_features)

    def infer(self, shapes: Shapes) -> Shape:
        assert [(self.in_features,)] == list(shapes), (self, shapes)
        return (self.out_features,)


ActivationFunction: TypeAlias = Literal[
    "relu",
    "leaky_relu",
    "relu6",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "hardswish",
    "tanh",
    "prelu",
    "celu",
    "sigmoid",
    "hardsigmoid",
    "hardtanh",
    "softplus",
]

_ACTIVATIONS: Mapping[ActivationFunction, str] = {
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "relu6": "ReLU6",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "mish": "Mish",
    "hardswish": "Hardswish",
    "tanh": "Tanh",
    "prelu": "PReLU",
    "celu": "CELU",
    "sigmoid": "Sigmoid",
    "hardsigmoid": "Hardsigmoid",
    "hardtanh": "Hardtanh",
    "softplus": "Softplus",
}

_SAVE_OUTPUT: Collection[ActivationFunction] = ("relu", "tanh", "sigmoid")
_SAVE_OUTPUT_IN_PLACE: Collection[ActivationFunction] = (*_SAVE_OUTPUT, "leaky_relu", "elu", "celu", "selu")
_NEVER_IN_PLACE: Collection[ActivationFunction] = ("gelu", "tanh", "prelu", "sigmoid", "softplus")


@dataclass(frozen=True, slots=True)
class Activation(Operation):
    function: ActivationFunction
    channels: int = 0
    """Of `prelu`, which has a parameter for each; else 0."""

    @property
    def weights(self) -> Mapping[str, Shape]:
        return {"weight": (self.channels,)} if self.function == "prelu" else {}

    @property
    def initial(self) -> Initial:
        """Of `prelu`; the others have no weights."""
        return 0.25

    @property
    def kind(self) -> str:
        return _ACTIVATIONS[self.function]

    @property
    def works_in_place(self) -> bool:
        return self.function not in _NEVER_IN_PLACE

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        """Its output, or its input, of which it makes a copy where it overwrites it."""
        if self.function in (_SAVE_OUTPUT_IN_PLACE if in_place else _SAVE_OUTPUT):
            return Saved(output=True)
        if self.function == "prelu":
            return Saved(operands=(0,), casts=self.channels)
        return Saved(more=(Numbers.of(batch, shapes[0]),)) if in_place else Saved(inputs=(0,))
