"""What the names and shapes of a checkpoint show of its stages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..graph.builder import MAX_CHANNELS
from ..graph.shapes import Shape
from .comparison import State

_BLOCK = re.compile(r"layer(\d{1,2})\.(\d{1,5})\.", re.ASCII)


class Unrecognised(Exception):
    """The names or shapes are not those of a network of this family."""


@dataclass(frozen=True, slots=True)
class SeenStage:
    """One stage as its first block shows it."""

    number: int
    depth: int
    type: str
    in_channels: int
    out_channels: int
    first: int
    """Output channels of the block's first convolution."""
    inner: int
    """Output channels of the 3x3 convolution of a bottleneck; of a basic block, the output channels."""
    groups: int
    attention: Shape
    """Shape of the first attention layer's weight; empty where there is none."""
    kernels: tuple[int, ...]
    """Kernel of each block's projection, 0 where there is none."""

    @property
    def keeps_channels(self) -> bool:
        return self.in_channels == self.out_channels


def shape_of(state: State, name: str, rank: int) -> Shape:
    """The shape of an entry.

    Raises:
        Unrecognised: it is not there, or has not that many dimensions, or more channels than a layer may have.
    """
    shape = state.get(name)
    if shape is None:
        raise Unrecognised(f"it has no `{name}`")
    if len(shape) != rank:
        raise Unrecognised(f"`{name}` has the shape {list(shape)}, not {rank} dimensions")
    if 0 in shape:
        raise Unrecognised(f"`{name}` is empty")
    if shape[0] > MAX_CHANNELS:
        raise Unrecognised(f"`{name}` has {shape[0]:,} channels, more than {MAX_CHANNELS:,}")
    return shape


def seen_stages(state: State) -> Iterator[SeenStage]:
    """The stages in their order.

    Raises:
        Unrecognised: a block or one of its convolutions is missing.
    """
    blocks: dict[int, set[int]] = {}
    for match in filter(None, map(_BLOCK.match, state)):
        blocks.setdefault(int(match[1]), set()).add(int(match[2]))
    for number, positions in sorted(blocks.items()):
        if max(positions) >= len(positions):
            raise Unrecognised(f"the blocks of `layer{number}` are not counted from 0")
        yield _stage(state, number, len(positions))


def _stage(state: State, number: int, depth: int) -> SeenStage:
    block = f"layer{number}.0"
    conv1, conv2 = (shape_of(state, f"{block}.{conv}.weight", 4) for conv in ("conv1", "conv2"))
    is_bottleneck = f"{block}.conv3.weight" in state
    return SeenStage(
        number=number,
        depth=depth,
        type="bottleneck" if is_bottleneck else "basic",
        in_channels=conv1[1],
        out_channels=shape_of(state, f"{block}.conv3.weight", 4)[0] if is_bottleneck else conv2[0],
        first=conv1[0],
        inner=conv2[0],
        groups=max(1, conv1[0] // conv2[1]) if is_bottleneck else 1,
        attention=state.get(f"{block}.se.fc1.weight", state.get(f"{block}.se.conv.weight", ())),
        kernels=tuple(_kernel(state, f"layer{number}.{position}") for position in range(depth)),
    )


def _kernel(state: State, block: str) -> int:
    """Kernel of a block's projection, 0 where there is none."""
    shapes = (state.get(f"{block}.downsample.{place}.weight", ()) for place in "01")
    return next((shape[2] for shape in shapes if len(shape) == 4), 0)
