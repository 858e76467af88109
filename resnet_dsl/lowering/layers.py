"""The layers that stem, blocks and head have in common: convolution, norm, activation, filter, drop path."""

from dataclasses import dataclass, replace

from ..graph.builder import Builder, Place
from ..graph.graph import Node
from ..graph.ops import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    BlurPool2d,
    Conv2d,
    DropPath,
    GroupNorm,
    InstanceNorm2d,
    LayerNorm2d,
    NormOp,
    Op,
)
from ..graph.shapes import Cause
from ..language.spec import ActivationType, Antialias, Norm, Spec


@dataclass(frozen=True, slots=True)
class Layers:
    """Adds layers to a graph, with the norm, activation and filter that the spec selects.

    Each method takes the node to continue from and returns the last node it added, or the same node if the spec
    needs none.
    """

    builder: Builder
    norm_type: Norm
    activation_type: ActivationType
    antialias: Antialias
    place: Place
    """The text that specifies these layers."""

    def add(self, name: str, op: Op, *inputs: Node) -> Node:
        return self.builder.add(name, op, *inputs, place=self.place)

    def conv(self, name: str, op: Conv2d, x: Node) -> Node:
        """A convolution, with a bias if the network has no norms."""
        return self.add(name, replace(op, bias=True) if self.norm_type.type == "none" else op, x)

    def norm(self, name: str, x: Node, initial_weight: float = 1.0) -> Node:
        op = _norm(self.norm_type, x.shape[0], initial_weight)
        return x if op is None else self.add(name, op, x)

    def activation(self, name: str, x: Node) -> Node:
        return self.add(name, Activation(self.activation_type), x)

    def low_pass(self, name: str, x: Node, stride: int) -> Node:
        """The low-pass filter that takes over a stride; averaging with stride 1 would do nothing."""
        match self.antialias:
            case "blur":
                return self.add(name, BlurPool2d(x.shape[0], stride), x)
            case "avg" if stride > 1:
                return self.add(name, AvgPool2d(stride, stride), x)
            case _:
                return x

    def drop_path(self, name: str, x: Node, probability: float) -> Node:
        return self.add(name, DropPath(probability), x) if probability else x

    def require(self, channels: int, block: str, cause: Cause, reason: str) -> None:
        """Give up on a block if a convolution would have no channels.

        Raises:
            Impossible: `channels` is 0.
        """
        if channels == 0:
            self.builder.give_up(cause, f"`{block}` has a convolution without channels: {reason}", self.place)


def layers_of(builder: Builder, spec: Spec, place: Place) -> Layers:
    return Layers(builder, spec.norm, spec.activation, spec.antialias, place)


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
