"""Channels of the blocks -> width, expansion, groups and the other settings that yield them, and single blocks."""

from collections.abc import Mapping, Sequence
from itertools import combinations, islice
from typing import TypeAlias

from ...lowering.blocks import BLOCKS
from .observed_groups import groupings
from .observed_stages import ObservedStage
from .open_values import OpenValues
from .pruned_channels import ObservedChannels, channels_as_preferred, shortest_channels
from .readings import Grouping, Settings, readings

CHANNEL_KEYS: Mapping[str, str] = {
    "width": "stages.widths",
    "width_per_group": "block.width_per_group",
    "reduce_first": "block.reduce_first",
    "expansion": "block.expansion",
}
"""The settings that shapes reveal only together -> their keys."""

_Preferred: TypeAlias = Mapping[str, Sequence[int | None]]
"""Preferred values of each stage by the name of the setting, None where the conventional one is."""


def observed_channels(stages: Sequence[ObservedStage], open_values: OpenValues) -> ObservedChannels:
    """Settings of which as few as possible are not the preferred ones; single blocks only where nothing else helps."""
    every = {name: [*open_values.preferred_values(key, len(stages))] for name, key in CHANNEL_KEYS.items()}
    preferred = {name: values for name, values in every.items() if any(values) or name == "expansion"}
    ways = groupings(stages, open_values)
    kept = [_at(preferred, index, stage, ways[0][index]) for index, stage in enumerate(stages)]
    return (
        channels_as_preferred(stages, kept, open_values)
        or _without_single_blocks(stages, preferred, ways)
        or shortest_channels(stages, kept, ways)
    )


def is_ambiguous(stage: ObservedStage) -> bool:
    """Whether different settings yield these channels, and with them the same network."""
    first, *others = stage.channels
    return bool(others) or len([*islice(readings(stage, first, Grouping(groups=first.groups), {}), 2)]) > 1


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
                found = [_reading(stage, kept, index, way[index]) for index, stage in enumerate(stages)]
                settings = [each for each in found if each is not None]
                if len(settings) == len(stages):
                    return ObservedChannels(settings, {})
    return None


def _reading(stage: ObservedStage, kept: _Preferred, index: int, grouping: Grouping) -> Settings | None:
    """The first of the settings that yield the stage's channels."""
    return next(readings(stage, stage.channels[0], grouping, _at(kept, index, stage, grouping)), None)


def _at(preferred: _Preferred, index: int, stage: ObservedStage, grouping: Grouping) -> dict[str, int]:
    """The preferred settings of one stage."""
    values = {name: each[index] for name, each in preferred.items()}
    if "expansion" in values and values["expansion"] is None:
        values["expansion"] = _expansion(stage, grouping)
    return {name: value for name, value in values.items() if value is not None}


def _expansion(stage: ObservedStage, grouping: Grouping) -> int:
    """That of the stage's type of block; 1 for blocks of one width throughout, as in RegNet."""
    return 1 if stage.has_one_width and grouping.groups == 1 else BLOCKS[stage.type].expansion
