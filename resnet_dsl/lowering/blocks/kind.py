"""The definition of a kind of block, and the plan for one block of a network."""

from collections.abc import Callable
from dataclasses import dataclass

from ...graph.graph import Node
from ...graph.ops import Conv2d
from ...language.kinds import BlockFacts
from ...language.spec import Shortcut, Stage
from ..layers import Layers


@dataclass(frozen=True, slots=True)
class Unit:
    """A convolution of the branch, and whether a filter follows the activation after it."""

    conv: Conv2d
    is_filtered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockKind(BlockFacts):
    """One `block.type`, and how its branch is built."""

    class_name: str
    """Class name of the module."""
    plural: str
    """Plural noun, for use in a sentence."""
    convolutions: int
    """Number of convolutions in the branch; all count towards the network's depth."""
    units: "Callable[[Plan, Node], tuple[Unit, ...]]"
    """The branch's convolutions on top of a node."""

    @property
    def has_inner_width(self) -> bool:
        """Whether the second-to-last convolution has its own width and groups."""
        return "block.width_per_group" not in self.ineffective


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The plan for one block."""

    name: str
    number: int
    """Stage number, from 1."""
    kind: BlockKind
    stage: Stage
    stride: int
    dilation: int
    previous_dilation: int
    """Dilation of the previous block."""
    drop_path: float
    shortcut: Shortcut
    zero_residual: bool
    layers: Layers

    @property
    def out_channels(self) -> int:
        return self.stage.width * self.stage.block.expansion

    @property
    def strides_early(self) -> bool:
        """Whether the stride is on the first 1x1 convolution rather than on the 3x3 one."""
        return self.stage.block.stride_in == "1x1" and "block.stride_in" not in self.kind.ineffective

    @property
    def first_dilation(self) -> int:
        """Dilation of the first 3x3 convolution: a convolution that strides keeps the previous block's dilation."""
        return self.dilation if self.strides_early else self.previous_dilation

    @property
    def is_filtered(self) -> bool:
        """Whether a low-pass filter takes over the stride."""
        return self.layers.antialias != "none" and (self.stride != 1 or self.previous_dilation != self.dilation)


def conv3x3(in_channels: int, out_channels: int, stride: int, dilation: int, groups: int = 1) -> Conv2d:
    """A 3x3 convolution, padded so that only the stride changes the size."""
    return Conv2d(in_channels, out_channels, 3, stride, padding=dilation, dilation=dilation, groups=groups)
