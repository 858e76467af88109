"""Settings of a stage -> the channels of its blocks, and back: width, expansion and all else that yields them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...limits import MAX_CHANNELS
from ...lowering.blocks import BLOCKS
from ...lowering.blocks.bottleneck import inner_width
from .observed_blocks import Channels
from .observed_stages import ObservedStage

USUAL_WIDTH = 64
"""`width_per_group`, if nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How a stage's 3x3 convolutions are grouped."""

    groups: int = 1
    group_width: int = 0

    def groups_of(self, inner: int) -> int:
        """The number of groups of this many channels; 0 if they cannot be divided."""
        if not self.group_width:
            return self.groups
        width = min(self.group_width, inner)
        return 0 if inner % width else inner // width


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What decides on the channels of a stage's blocks."""

    width: int
    expansion: int
    grouping: Grouping = Grouping()
    width_per_group: int = USUAL_WIDTH
    reduce_first: int = 1

    def channels(self, stage: ObservedStage, own: Mapping[str, int]) -> Channels:
        """The channels of a block of a stage that has these values of its own."""
        if not BLOCKS[stage.type].has_inner_width:
            return Channels(own.get("first", self.width // self.reduce_first), self.width * self.expansion)
        grouping = Grouping(groups=own["groups"]) if "groups" in own else self.grouping
        usual = inner_width(self.width, self.width_per_group, grouping.groups)
        inner = own.get("inner", usual)
        first = own.get("first", inner * stage.splits if stage.splits else usual // self.reduce_first)
        return Channels(first, inner, grouping.groups_of(inner))


def readings(
    stage: ObservedStage, channels: Channels, grouping: Grouping, kept: Mapping[str, int]
) -> Iterator[Settings]:
    """All settings that yield these channels, with the kept values among them; the conventional ones first."""
    kind = BLOCKS[stage.type]
    every = dict.fromkeys((kind.expansion, *range(1, stage.out_channels + 1)))
    for expansion in [kept["expansion"]] if "expansion" in kept else every:
        width, remainder = divmod(stage.out_channels, expansion)
        if remainder or width != kept.get("width", width):
            continue
        for per_group in _widths_per_group(stage, width, channels, grouping, kept):
            base = channels.inner * (stage.splits or 1) if kind.has_inner_width else width
            for reduce_first in _divisors(base, channels.first, kept):
                yield Settings(
                    width=width,
                    expansion=expansion,
                    grouping=grouping,
                    width_per_group=per_group,
                    reduce_first=reduce_first,
                )


def _widths_per_group(
    stage: ObservedStage, width: int, channels: Channels, grouping: Grouping, kept: Mapping[str, int]
) -> Iterator[int]:
    """The values that yield the inner width, smallest first; the default for a block without one."""
    if not BLOCKS[stage.type].has_inner_width:
        yield USUAL_WIDTH
        return
    if grouping.groups_of(channels.inner) != channels.groups:
        return
    groups = grouping.groups
    least = -(-USUAL_WIDTH * channels.inner // (groups * width))
    most = min(MAX_CHANNELS, USUAL_WIDTH * (channels.inner // groups + 1) // width)
    for value in [kept["width_per_group"]] if "width_per_group" in kept else range(least, most + 1):
        if inner_width(width, value, groups) == channels.inner:
            yield value


def _divisors(base: int, first: int, kept: Mapping[str, int]) -> Iterator[int]:
    """The values of `reduce_first` that make `base` channels `first`, largest first."""
    for value in [kept["reduce_first"]] if "reduce_first" in kept else range(base // first, base // (first + 1), -1):
        if base // value == first:
            yield value
