"""What the names and shapes of a checkpoint reveal about its stages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...graph.shapes import Shape
from ...limits import MAX_CHANNELS
from ...lowering.attention import ATTENTIONS
from ...lowering.blocks import BLOCKS
from ...lowering.names import ATTENTION, CONVOLUTION, FINAL_NORM, IN_BLOCK, NORM, PROJECTION, block, stage
from ..comparison import State


class Unrecognised(Exception):
    """No network of this family has these names and shapes."""


@dataclass(frozen=True, slots=True)
class ObservedStage:
    """One stage, as its first block reveals it."""

    number: int
    depth: int
    type: str
    in_channels: int
    out_channels: int
    first: int
    """Output channels of the block's first convolution."""
    inner: int
    """Output channels of a bottleneck's 3x3 convolution, or of a basic block."""
    groups: int
    attention: str
    """Kind of attention in the first block; empty if there is none."""
    attention_shape: Shape
    """Shape of the entry that reveals it."""
    kernels: tuple[int, ...]
    """Kernel size of each block's projection, 0 if it has none."""

    @property
    def keeps_channels(self) -> bool:
        return self.in_channels == self.out_channels


def shape_of(state: State, name: str, rank: int) -> Shape:
    """The shape of an entry.

    Raises:
        Unrecognised: it is missing, has the wrong number of dimensions, or more channels than a layer may have.
    """
    shape = state.get(name)
    if shape is None:
        raise Unrecognised(f"it has no `{name}`")
    if len(shape) != rank:
        raise Unrecognised(f"`{name}` has shape {list(shape)} instead of {rank} dimensions")
    if 0 in shape:
        raise Unrecognised(f"`{name}` is empty")
    if shape[0] > MAX_CHANNELS:
        raise Unrecognised(f"`{name}` has {shape[0]:,} channels, more than {MAX_CHANNELS:,}")
    return shape


def observed_stages(state: State) -> Iterator[ObservedStage]:
    """The stages in order.

    Raises:
        Unrecognised: a block or one of its convolutions is missing.
    """
    blocks: dict[int, set[int]] = {}
    for match in filter(None, map(IN_BLOCK.match, state)):
        blocks.setdefault(int(match[1]), set()).add(int(match[2]))
    for number, positions in sorted(blocks.items()):
        if max(positions) >= len(positions):
            raise Unrecognised(f"the blocks of `{stage(number)}` are not numbered consecutively from 0")
        yield _stage(state, number, len(positions))


def _stage(state: State, number: int, depth: int) -> ObservedStage:
    first_block = block(number, 0)

    def conv(position: int) -> str:
        return f"{first_block}.{CONVOLUTION}{position}.weight"

    count = max(2, sum(conv(position) in state for position in range(1, 10)))
    first, inner, *others = (shape_of(state, conv(position), 4) for position in range(1, count + 1))
    last = others[-1] if others else inner
    types = [name for name, kind in BLOCKS.items() if kind.convolutions == count]
    if not types:
        raise Unrecognised(f"`{first_block}` has {count} convolutions")
    return ObservedStage(
        number=number,
        depth=depth,
        type=types[0],
        in_channels=first[1],
        out_channels=last[0],
        first=first[0],
        inner=inner[0],
        groups=max(1, first[0] // inner[1]) if BLOCKS[types[0]].has_inner_width else 1,
        attention=next((name for name in _attentions(state, first_block)), ""),
        attention_shape=next(iter(_attentions(state, first_block).values()), ()),
        kernels=tuple(_kernel(state, block(number, position)) for position in range(depth)),
    )


def observed_preactivation(state: State, stages: Sequence[ObservedStage]) -> bool:
    """Whether norms come before convolutions, which the last norm reveals, or else the channels of the others."""
    if f"{FINAL_NORM}.weight" in state:
        return True
    paths = [block(stage.number, position) for stage in stages for position in range(stage.depth)]
    for path in paths:
        after, before, *_ = state.get(f"{path}.{CONVOLUTION}1.weight") or (0, 0)
        norm = state.get(f"{path}.{NORM}1.weight", ())
        if norm in ((before,), (after,)) and before != after:
            return norm == (before,)
    projections = [path for path in paths if _kernel(state, path)]
    if projections:
        return not any(f"{path}.{PROJECTION}.{place}.bias" in state for path in projections for place in "12")
    return False


def _attentions(state: State, path: str) -> dict[str, Shape]:
    """The kinds of attention that a block's entries reveal, with the shape of the entry for each."""
    entries = {name: state.get(f"{path}.{ATTENTION}.{kind.weight}") for name, kind in ATTENTIONS.items()}
    return {name: shape for name, shape in entries.items() if shape is not None}


def _kernel(state: State, path: str) -> int:
    """Kernel size of a block's projection, 0 if it has none."""
    shapes = (state.get(f"{path}.{PROJECTION}.{place}.weight", ()) for place in "01")
    return next((shape[2] for shape in shapes if len(shape) == 4), 0)
