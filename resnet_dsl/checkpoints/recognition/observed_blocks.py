"""What the names and shapes of a checkpoint reveal about one block."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...lowering.blocks import BLOCKS
from ...lowering.names import CONVOLUTION, PROJECTION
from ..comparison import State
from .entries import Unrecognised, shape_of
from .observed_conv3x3 import Observed3x3, kind_at, observed_3x3

_MOST_CONVOLUTIONS = 9


@dataclass(frozen=True, slots=True)
class Channels:
    """Channels inside a block."""

    first: int
    """Output channels of the first convolution."""
    inner: int
    """Output channels of a bottleneck's 3x3 convolution, or of a basic block."""
    groups: int = 1


@dataclass(frozen=True, slots=True)
class ObservedBlock:
    """One block."""

    name: str
    type: str
    in_channels: int
    out_channels: int
    channels: Channels
    conv3x3: Observed3x3
    kernel: int
    """Kernel size of its projection, 0 if it has none."""

    @property
    def attended(self) -> int:
        """The channels that attention inside of the block scales."""
        return self.conv3x3.inner * self.conv3x3.splits


def observed_block(state: State, name: str, in_channels: int, preferred: Mapping[str, Any]) -> ObservedBlock:
    """The block with this path.

    Args:
        state: names and shapes.
        name: its path.
        in_channels: the channels before it, which are its own unless its first convolution says something else.
        preferred: type and settings of `block.conv3x3` that are taken wherever shapes allow them.

    Raises:
        Unrecognised: one of its convolutions is missing, or reads other channels than there are.
    """
    paths = [f"{name}.{CONVOLUTION}{number}" for number in range(1, _MOST_CONVOLUTIONS + 1)]
    count = max(_fewest(), sum(bool(kind_at(state, path)) for path in paths))
    types = [type_ for type_, kind in BLOCKS.items() if kind.convolutions == count]
    if not types:
        raise Unrecognised(f"`{name}` has {count} convolutions")
    kind = BLOCKS[types[0]]
    main = max(0, count - 2)
    last, read, *_ = shape_of(state, f"{paths[count - 1]}.weight", 4)
    first = in_channels
    if kind_at(state, paths[0]) == "plain":
        first, in_channels, *_ = shape_of(state, f"{paths[0]}.weight", 4)
    first = first if main else in_channels
    conv3x3 = observed_3x3(state, paths[main], first, has_groups=kind.has_inner_width, preferred=preferred)
    if main != count - 1 and read != conv3x3.inner * conv3x3.splits:
        there = conv3x3.inner * conv3x3.splits
        raise Unrecognised(f"`{paths[count - 1]}` reads {read:,} channels, and there are {there:,}")
    if kind.has_inner_width:
        channels = Channels(first, conv3x3.inner, conv3x3.groups)
    else:
        channels = Channels(first if main else conv3x3.inner, last)
    return ObservedBlock(name, types[0], in_channels, last, channels, conv3x3, _kernel(state, name))


def _fewest() -> int:
    return min(kind.convolutions for kind in BLOCKS.values())


def _kernel(state: State, path: str) -> int:
    """Kernel size of a block's projection, 0 if it has none."""
    shapes = (state.get(f"{path}.{PROJECTION}.{place}.weight", ()) for place in "01")
    return next((shape[2] for shape in shapes if len(shape) == 4), 0)
