"""The layers that stem, blocks and head have in common: convolution, norm, activation, filter, dropout, drop path."""

from dataclasses import asdict, dataclass, replace

from ..graph.builder import Builder, Place
from ..graph.graph import Node
from ..graph.ops import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    BlurPool2d,
    Conv2d,
    Dropout,
    DropPath,
    GroupNorm,
    InstanceNorm2d,
    LayerNorm2d,
    NormOp,
    Op,
    StandardizedConv2d,
)
from ..graph.shapes import Cause, counted
from ..language.spec import ActivationType, Antialias, Conv, Norm, Spec


@dataclass(frozen=True, slots=True)
class Layers:
    """Adds layers to a graph, with the convolution, norm, activation and filter that the spec selects.

    Each method takes the node to continue from and returns the last node it added, or the same node if the spec
    needs none.
    """

    builder: Builder
    conv_type: Conv
    norm_type: Norm
    activation_type: ActivationType
    antialias: Antialias
    place: Place
    """The text that specifies these layers."""

    def add(self, name: str, op: Op, *inputs: Node) -> Node:
        return self.builder.add(name, op, *inputs, place=self.place)

    def container(self, path: str, class_name: str) -> None:
        """Make the module at a path one of a class with this name; it is a sequence otherwise."""
        self.builder.containers[path] = class_name

    def conv(self, name: str, op: Conv2d, x: Node) -> Node:
        """A convolution, standardised if the spec says so, with a bias if it says so or the network has no norms."""
        op = replace(op, bias=self.norm_type.type == "none" or self.conv_type.bias)
        if self.conv_type.type == "standardized":
            op = StandardizedConv2d(**asdict(op), eps=self.conv_type.eps)
        return self.add(name, op, x)

    def norm(self, name: str, x: Node, initial_weight: float = 1.0) -> Node:
        op = self._norm(name, x.shape[0], initial_weight)
        return x if op is None else self.add(name, op, x)

    def activation(self, name: str, x: Node, function: ActivationType | None = None) -> Node:
        """An activation; the network's unless there is another."""
        function = function or self.activation_type
        return self.add(name, Activation(function, x.shape[0] if function == "prelu" else 0), x)

    def low_pass(self, name: str, x: Node, stride: int) -> Node:
        """The low-pass filter that takes over a stride; averaging with stride 1 would do nothing."""
        match self.antialias:
            case "blur":
                return self.add(name, BlurPool2d(x.shape[0], stride), x)
            case "avg" if stride > 1:
                return self.add(name, AvgPool2d(stride, stride), x)
            case _:
                return x

    def dropout(self, name: str, x: Node, probability: float) -> Node:
        return self.add(name, Dropout(probability), x) if probability else x

    def drop_path(self, name: str, x: Node, probability: float) -> Node:
        return self.add(name, DropPath(probability), x) if probability else x

    def require(self, channels: int, block: str, cause: Cause, reason: str) -> None:
        """Give up on a block if a convolution would have no channels.

        Raises:
            Impossible: `channels` is 0.
        """
        if channels == 0:
            self.builder.give_up(cause, f"`{block}` has a convolution without channels: {reason}", self.place)

    def _norm(self, name: str, channels: int, initial_weight: float) -> NormOp | None:
        norm = self.norm_type
        match norm.type:
            case "batch":
                return BatchNorm2d(channels, norm.eps, norm.momentum, initial_weight)
            case "group":
                return GroupNorm(self._norm_groups(name, channels), channels, norm.eps, initial_weight)
            case "instance":
                return InstanceNorm2d(channels, norm.eps)
            case "layer":
                return LayerNorm2d(channels, norm.eps, initial_weight)
            case "none":
                return None

    def _norm_groups(self, name: str, channels: int) -> int:
        """The number of a group norm's groups; 1 if its channels cannot be divided into groups of the given width."""
        width = self.norm_type.group_width
        if not width:
            return self.norm_type.groups
        if channels % width:
            message = f"`{name}`: group norm cannot divide {counted(channels, 'channel')} into groups of {width:,}"
            self.builder.report("norm", message, self.place)
            return 1
        return channels // width


def layers_of(builder: Builder, spec: Spec, place: Place) -> Layers:
    return Layers(builder, spec.conv, spec.norm, spec.activation, spec.antialias, place)
