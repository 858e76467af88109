"""What the names and shapes of a checkpoint reveal about its stages."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...lowering.blocks import BLOCKS
from ...lowering.conv3x3 import CONVS3X3
from ...lowering.names import IN_BLOCK, block, stage
from ..comparison import State
from .entries import Unrecognised
from .observed_blocks import Channels, ObservedBlock, observed_block
from .observed_conv3x3 import WHATEVER_THE_GROUPS


@dataclass(frozen=True)
class ObservedStage:
    """The blocks of one stage."""

    number: int
    blocks: tuple[ObservedBlock, ...]

    @property
    def depth(self) -> int:
        return len(self.blocks)

    @property
    def type(self) -> str:
        return self.blocks[0].type

    @property
    def out_channels(self) -> int:
        return self.blocks[0].out_channels

    @property
    def splits(self) -> int:
        """How many splits of their inner width the 3x3 convolutions read, if the first ones always put out all."""
        conv3x3 = self.blocks[0].conv3x3
        kind = CONVS3X3.get(conv3x3.kind)
        return conv3x3.splits if kind is not None and "block.reduce_first" in kind.ineffective else 0

    @property
    def has_one_width(self) -> bool:
        """Whether its blocks are bottlenecks that are no narrower inside, as those of RegNets."""
        is_wide = all(each.first == each.inner == self.out_channels for each in self.channels)
        return is_wide and BLOCKS[self.type].has_inner_width

    @property
    def keeps_channels(self) -> bool:
        return self.blocks[0].in_channels == self.out_channels

    @property
    def kernels(self) -> tuple[int, ...]:
        """Kernel size of each block's projection, 0 if it has none."""
        return tuple(each.kernel for each in self.blocks)

    @cached_property
    def channels(self) -> tuple[Channels, ...]:
        """The different channels inside its blocks, most frequent first."""
        return tuple(channels for channels, _ in Counter(each.channels for each in self.blocks).most_common())


def observed_stages(
    state: State, stem_channels: int, preferred: Sequence[Mapping[str, Any]]
) -> Iterator[ObservedStage]:
    """The stages in order.

    Args:
        state: names and shapes.
        stem_channels: the output channels of the stem.
        preferred: for each stage, type and settings of `block.conv3x3` that are taken wherever shapes allow them.

    Raises:
        Unrecognised: a block or one of its convolutions is missing, or the blocks of a stage are of several types.
    """
    positions: dict[int, set[int]] = {}
    for match in filter(None, map(IN_BLOCK.match, state)):
        positions.setdefault(int(match[1]), set()).add(int(match[2]))
    channels = stem_channels
    for index, (number, found) in enumerate(sorted(positions.items())):
        if max(found) >= len(found):
            raise Unrecognised(f"the blocks of `{stage(number)}` are not numbered consecutively from 0")
        names = [block(number, position) for position in range(len(found))]
        settings = preferred[index] if index < len(preferred) else {}
        blocks = _blocks(state, names, channels, settings)
        if len({each.conv3x3.kind for each in blocks}) == 1 and _differ_in_settings(blocks):
            blocks = _blocks(state, names, channels, {"type": blocks[0].conv3x3.kind, **WHATEVER_THE_GROUPS})
        _check_alike(blocks)
        channels = blocks[-1].out_channels
        yield ObservedStage(number, tuple(blocks))


def _blocks(state: State, names: Sequence[str], channels: int, settings: Mapping[str, Any]) -> list[ObservedBlock]:
    """The blocks with these names, one after the other."""
    blocks: list[ObservedBlock] = []
    for name in names:
        blocks.append(observed_block(state, name, channels, settings))
        channels = blocks[-1].out_channels
    return blocks


def _differ_in_settings(blocks: Sequence[ObservedBlock]) -> bool:
    return any(each.conv3x3.settings != blocks[0].conv3x3.settings for each in blocks)


def _check_alike(blocks: Sequence[ObservedBlock]) -> None:
    """Check that the blocks of a stage agree in what single blocks cannot have for themselves."""
    first, *others = blocks
    for other in others:
        if other.type != first.type or other.conv3x3.kind != first.conv3x3.kind:
            raise Unrecognised(f"`{other.name}` has other layers than `{first.name}`")
        if other.out_channels != first.out_channels:
            counts = f"{other.out_channels:,} channels, and `{first.name}` {first.out_channels:,}"
            raise Unrecognised(f"`{other.name}` puts out {counts}")
        if _differ_in_settings([first, other]):
            raise Unrecognised(f"the 3x3 convolution in `{other.name}` is split otherwise than that in `{first.name}`")
