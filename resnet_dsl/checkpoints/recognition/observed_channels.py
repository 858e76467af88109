"""Channels of the blocks -> width, expansion, groups and the other settings that yield them, and single blocks."""

from collections.abc import Mapping, Sequence
from itertools import combinations, islice
from typing import TypeAlias

from ...lowering.blocks import BLOCKS
from .observed_groups import groupings
from .observed_stages import ObservedStage
from .open_values import OpenValues
from .pruned_channels import ObservedChannels, channels_as_preferred, shortest_channels
from .readings import Grouping, readings

CHANNEL_KEYS: Mapping[str, str] = {
    "width": "stages.widths",
    "width_per_group": "block.width_per_group",
    "reduce_first": "block.reduce_first",
    "expansion": "block.expansion",
}
"""The settings that shapes reveal only together -> their keys."""

_Preferred: TypeAlias = Mapping[str, Sequence[int | None]]
"""Preferred values of each stage by the name of the setting."""


def observed_channels(stages: Sequence[ObservedStage], open_values: OpenValues) -> ObservedChannels:
    """Settings of which as few as possible are not the preferred ones; single blocks only where nothing else helps."""
    preferred = _preferred(stages, open_values)
    kept = [_at(preferred, index) for index in range(len(stages))]
    ways = groupings(stages, open_values)
    return (
        channels_as_preferred(stages, kept, open_values)
        or _without_single_blocks(stages, preferred, ways)
        or shortest_channels(stages, kept, ways)
    )


def is_ambiguous(stage: ObservedStage) -> bool:
    """Whether different settings yield these channels, and with them the same network."""
    first, *others = stage.channels
    return bool(others) or len([*islice(readings(stage, first, Grouping(groups=first.groups), {}), 2)]) > 1


def _preferred(stages: Sequence[ObservedStage], open_values: OpenValues) -> _Preferred:
    """The preferred settings of each stage; expansions are the conventional ones where none is preferred."""
    every = {name: [*open_values.preferred_values(key, len(stages))] for name, key in CHANNEL_KEYS.items()}
    preferred = {name: values for name, values in every.items() if any(values)}
    expansions = zip(every["expansion"], stages, strict=True)
    preferred["expansion"] = [value or _expansion(stage) for value, stage in expansions]
    return preferred


def _expansion(stage: ObservedStage) -> int:
    """That of the stage's type of block; 1 for blocks that are no narrower inside, as in RegNet."""
    is_narrow = any(min(each.first, each.inner) < stage.out_channels for each in stage.channels)
    return BLOCKS[stage.type].expansion if is_narrow else 1


def _at(preferred: _Preferred, index: int) -> dict[str, int]:
    values = {name: each[index] for name, each in preferred.items()}
    return {name: value for name, value in values.items() if value is not None}


def _without_single_blocks(
    stages: Sequence[ObservedStage], preferred: _Preferred, ways: Sequence[Sequence[Grouping]]
) -> ObservedChannels | None:
    """Settings that yield the channels of all blocks; None if there are none."""
    if any(len(stage.channels) > 1 for stage in stages):
        return None
    for count in range(len(preferred) + 1):
        for free in combinations(preferred, count):
            kept = {name: values for name, values in preferred.items() if name not in free}
            for way in ways:
                read = (readings(stage, stage.channels[0], way[i], _at(kept, i)) for i, stage in enumerate(stages))
                found = [next(each, None) for each in read]
                settings = [each for each in found if each is not None]
                if len(settings) == len(stages):
                    return ObservedChannels(settings, {})
    return None
