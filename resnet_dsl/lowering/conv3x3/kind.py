"""The definition of what can stand for a 3x3 convolution, its norm and its activation."""

from collections.abc import Callable
from dataclasses import dataclass

from ...graph.graph import Node
from ...graph.ops import Conv2d
from ...language.kinds import Conv3x3Facts
from ...language.spec import Conv3x3
from ..layers import Layers


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a block asks of the module that stands for its 3x3 convolution."""

    name: str
    """Its path."""
    settings: Conv3x3
    conv: Conv2d
    """The convolution that it stands for; without the stride if a filter takes that over."""
    is_filtered: bool
    """Whether a low-pass filter takes over the stride, or follows a change of dilation."""
    stride: int
    """The stride from the module's input to its output."""
    opens: bool
    """Whether the block strides, changes its channels or has a projection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv3x3Kind(Conv3x3Facts):
    """One `block.conv3x3.type`, and how it is built."""

    class_name: str
    """Class name of the module."""
    label: str
    """Its name in drawings."""
    weight: str
    """Name, relative to the module, of a `state_dict` entry that only this kind has."""
    splits: Callable[[Conv3x3], int]
    """How many times as many channels the module has at its input and output as the convolution it stands for."""
    build: Callable[[Layers, Request, Node], Node]
    """Adds the module on top of a node."""
