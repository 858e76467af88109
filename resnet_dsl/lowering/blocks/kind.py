"""The definition of a kind of block, and the plan for one block of a network."""

from collections.abc import Callable
from dataclasses import dataclass

from ...graph.graph import Node
from ...graph.ops import Conv2d
from ...language.kinds import BlockFacts
from ...language.spec import Block, Shortcut, SingleBlock
from ..conv3x3 import CONVS3X3
from ..conv3x3.kind import Conv3x3Kind
from ..layers import Layers


@dataclass(frozen=True, slots=True)
class Unit:
    """A convolution of the branch."""

    conv: Conv2d
    is_filtered: bool = False
    """Whether a filter follows the activation after it."""
    is_main: bool = False
    """Whether it is the 3x3 convolution that another module may stand for, and that pooling and attention follow."""


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
    is_first: bool
    """Whether it is the first of its stage."""
    kind: BlockKind
    block: Block
    """Its settings: its stage's, unless it has its own."""
    single: SingleBlock
    """Channels that it has instead of those that follow from the settings."""
    width: int
    """Its stage's base width."""
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
        return self.width * self.block.expansion

    @property
    def strides_early(self) -> bool:
        """Whether the stride is on the first 1x1 convolution rather than on the 3x3 one."""
        return self.block.stride_in == "1x1" and "block.stride_in" not in self.kind.ineffective

    @property
    def first_dilation(self) -> int:
        """Dilation of the first 3x3 convolution: a convolution that strides keeps the previous block's dilation."""
        return self.dilation if self.strides_early else self.previous_dilation

    @property
    def is_pooled(self) -> bool:
        """Whether average pooling takes over the stride."""
        return self.block.pool != "none" and self.stride != 1

    @property
    def is_filtered(self) -> bool:
        """Whether a low-pass filter takes over the stride."""
        if self.layers.antialias == "none" or self.block.pool != "none":
            return False
        return self.stride != 1 or self.previous_dilation != self.dilation

    @property
    def conv_stride(self) -> int:
        """The stride that is left for a convolution."""
        return 1 if self.is_filtered or self.is_pooled else self.stride

    @property
    def conv3x3(self) -> Conv3x3Kind | None:
        """What stands for the 3x3 convolution; None if it is plain."""
        kind = CONVS3X3.get(self.block.conv3x3.type)
        return kind if kind and self.block.type in kind.blocks else None

    @property
    def always_projects(self) -> bool:
        """Whether it has a projection even if its shapes are equal."""
        if self.shortcut.type != "projection":
            return False
        return self.shortcut.when == "always" or (self.shortcut.when == "first" and self.is_first)

    def opens(self, in_channels: int) -> bool:
        """Whether it strides, changes its channels or has a projection."""
        return self.stride != 1 or in_channels != self.out_channels or self.always_projects

    @property
    def keeps_channels(self) -> bool:
        """Whether what stands for the 3x3 convolution has as many output channels as it reads."""
        return self.conv3x3 is not None and "block.reduce_first" in self.conv3x3.ineffective

    @property
    def splits(self) -> int:
        """How many times its inner width the first convolution outputs and the last one reads."""
        return self.conv3x3.splits(self.block.conv3x3) if self.conv3x3 else 1


def conv3x3(in_channels: int, out_channels: int, stride: int, dilation: int, groups: int = 1) -> Conv2d:
    """A 3x3 convolution, padded so that only the stride changes the size."""
    return Conv2d(in_channels, out_channels, 3, stride, padding=dilation, dilation=dilation, groups=groups)
