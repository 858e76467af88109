"""The parts that stem, blocks and head share: convolution, norm, activation, filter, attention."""

from dataclasses import dataclass, replace
from math import log2

from ..graph.builder import Builder, Place
from ..graph.graph import Node
from ..graph.ops import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    BlurPool2d,
    ChannelConv1d,
    Conv2d,
    DropPath,
    GlobalPool2d,
    GroupNorm,
    InstanceNorm2d,
    LayerNorm2d,
    Multiply,
    NormOp,
    Op,
)
from ..language.spec import ActivationType, Antialias, Attention, Norm

_SE_DIVISOR = 8


@dataclass(frozen=True, slots=True)
class Parts:
    """Adds layers to a graph in the spec's choice of norm, activation and filter.

    Each method takes the node to go on from and returns the last one that it added, or the same node where
    the spec wants nothing.
    """

    builder: Builder
    norm_type: Norm
    activation_type: ActivationType
    antialias: Antialias
    place: Place
    """The text that asks for these layers."""

    def conv(self, name: str, op: Conv2d, x: Node) -> Node:
        """A convolution, with a bias where no norm follows any."""
        return self._add(name, replace(op, bias=op.bias or self.norm_type.type == "none"), x)

    def norm(self, name: str, x: Node, initial_weight: float = 1.0) -> Node:
        op = _norm(self.norm_type, x.shape[0], initial_weight)
        return x if op is None else self._add(name, op, x)

    def activation(self, name: str, x: Node) -> Node:
        return self._add(name, Activation(self.activation_type), x)

    def low_pass(self, name: str, x: Node, stride: int) -> Node:
        """The filter that takes over a stride; averaging single pixels is no filter."""
        match self.antialias:
            case "blur":
                return self._add(name, BlurPool2d(x.shape[0], stride), x)
            case "avg" if stride > 1:
                return self._add(name, AvgPool2d(stride, stride), x)
            case _:
                return x

    def attention(self, name: str, x: Node, attention: Attention) -> Node:
        """Channel attention: a factor between 0 and 1 for each channel, from the means of all."""
        if attention.type == "none":
            return x
        channels = x.shape[0]
        y = self._add(f"{name}.pool", GlobalPool2d("avg"), x)
        if attention.type == "se":
            reduced = reduced_channels(channels, attention.ratio)
            y = self._add(f"{name}.fc1", Conv2d(channels, reduced, 1, bias=True), y)
            y = self._add(f"{name}.act", Activation("relu"), y)
            y = self._add(f"{name}.fc2", Conv2d(reduced, channels, 1, bias=True), y)
        else:
            y = self._add(f"{name}.conv", ChannelConv1d(_eca_kernel(channels)), y)
        y = self._add(f"{name}.gate", Activation("sigmoid"), y)
        return self.builder.add(f"{name}.scale", Multiply(), x, y, place=self.place)

    def drop_path(self, name: str, x: Node, probability: float) -> Node:
        return self._add(name, DropPath(probability), x) if probability else x

    def _add(self, name: str, op: Op, x: Node) -> Node:
        return self.builder.add(name, op, x, place=self.place)


def _norm(norm: Norm, channels: int, initial_weight: float) -> NormOp | None:
    match norm.type:
        case "batch":
            return BatchNorm2d(channels, norm.eps, norm.momentum, initial_weight)
        case "group":
            return GroupNorm(norm.groups, channels, norm.eps, initial_weight)
        case "instance":
            return InstanceNorm2d(channels, norm.eps)
        case "layer":
            return LayerNorm2d(channels, norm.eps, initial_weight)
        case "none":
            return None


def reduced_channels(channels: int, ratio: float) -> int:
    """Channels between the two layers of squeeze and excitation, a multiple of 8 as in timm."""
    return max(_SE_DIVISOR, int(channels * ratio + _SE_DIVISOR / 2) // _SE_DIVISOR * _SE_DIVISOR)


def _eca_kernel(channels: int) -> int:
    """Channels that efficient channel attention looks at: odd, and growing with the logarithm of all."""
    reach = int(abs(log2(channels) + 1) / 2)
    return max(reach if reach % 2 else reach + 1, 3)
