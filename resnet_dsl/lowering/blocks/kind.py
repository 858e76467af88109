"""What a kind of block is, and what one block of a network is to be."""

from collections.abc import Callable
from dataclasses import dataclass

from ...graph.graph import Node
from ...graph.ops import Conv2d
from ...language.kinds import BlockFacts
from ...language.spec import Shortcut, Stage
from ..layers import Layers


@dataclass(frozen=True, slots=True)
class Unit:
    """A convolution of the branch, and whether the filter follows the activation after it."""

    conv: Conv2d
    is_filtered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockKind(BlockFacts):
    """One `block.type`, and how its branch is built."""

    class_name: str
    """Of the module."""
    plural: str
    """Several of them, in a sentence."""
    convolutions: int
    """Those of the branch; all count for the network's depth."""
    has_inner_width: bool
    """Whether the convolution before the last has a width of its own, and groups."""
    units: "Callable[[Plan, Node], tuple[Unit, ...]]"
    """The branch on top of a node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one block is to be."""

    name: str
    number: int
    """Of the stage, from 1."""
    kind: BlockKind
    stage: Stage
    stride: int
    dilation: int
    previous_dilation: int
    """Of the block before."""
    drop_path: float
    shortcut: Shortcut
    zero_residual: bool
    layers: Layers

    @property
    def out_channels(self) -> int:
        return self.stage.width * self.stage.block.expansion

    @property
    def strides_early(self) -> bool:
        """Whether the block's first 1x1 convolution strides, and not its 3x3."""
        return self.stage.block.stride_in == "1x1" and "block.stride_in" not in self.kind.ineffective

    @property
    def first_dilation(self) -> int:
        """Of the first 3x3 convolution: the one that strides keeps the dilation of the block before."""
        return self.dilation if self.strides_early else self.previous_dilation

    @property
    def is_filtered(self) -> bool:
        """Whether a low-pass filter takes over the stride."""
        return self.layers.antialias != "none" and (self.stride != 1 or self.previous_dilation != self.dilation)


def conv3x3(in_channels: int, out_channels: int, stride: int, dilation: int, groups: int = 1) -> Conv2d:
    """A 3x3 convolution, padded so that only its stride changes the size."""
    return Conv2d(in_channels, out_channels, 3, stride, padding=dilation, dilation=dilation, groups=groups)
