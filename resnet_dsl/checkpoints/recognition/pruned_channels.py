"""Channels that differ between the blocks of a stage -> settings of the stages, and entries of single blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...lowering.blocks import BLOCKS
from ...lowering.blocks.bottleneck import inner_width
from .observed_stages import ObservedStage
from .open_values import OpenValues
from .readings import USUAL_WIDTH, Grouping, Settings, readings
from .single_blocks import Entries, exceptions, merged, own, picked

_KEYS = ("groups", "inner", "first")
"""The keys of a single block that change its channels."""
_MOST_EXPANSION = 8
"""The largest of the expansions that are tried for all stages."""
_TRIED = 8
"""How many of the channels that blocks of a stage have are tried as those of its settings."""


@dataclass(frozen=True, slots=True)
class ObservedChannels:
    """Settings that yield the channels of all blocks, together with the entries of single blocks."""

    stages: Sequence[Settings]
    entries: Entries


@dataclass(frozen=True, slots=True)
class _Stage:
    """One stage, and how many values it takes to say it."""

    settings: Settings
    entries: Entries
    cost: int


def channels_as_preferred(
    stages: Sequence[ObservedStage], kept: Sequence[Mapping[str, int]], open_values: OpenValues
) -> ObservedChannels | None:
    """The preferred settings with the preferred single blocks, if there are any and shapes reveal just these."""
    entries = picked(open_values.preferred_value("blocks"), _KEYS)
    if not entries:
        return None
    groups, widths = (open_values.preferred_values(f"block.{key}", len(stages)) for key in ("groups", "group_width"))
    found = []
    for index, stage in enumerate(stages):
        way = Grouping(groups=groups[index] or 1, group_width=widths[index] or 0)
        settings = _settings(stage, way, kept[index])
        if settings is None:
            return None
        for block in stage.blocks:
            if settings.channels(stage, own(entries, stage.number, block.name)) != block.channels:
                return None
        found.append(settings)
    return ObservedChannels(found, entries)


def shortest_channels(
    stages: Sequence[ObservedStage], kept: Sequence[Mapping[str, int]], ways: Sequence[Sequence[Grouping]]
) -> ObservedChannels:
    """Settings and single blocks of as few values as possible; of several expansions only where they save some."""
    usual = [BLOCKS[stage.type].expansion for stage in stages]
    expansions = [[each["expansion"] for each in kept], usual]
    expansions += [[each] * len(stages) for each in range(1, _MOST_EXPANSION + 1)]
    every: list[list[_Stage]] = []
    for way in ways:
        tries = [
            [_stage(stage, way[index], {**kept[index], "expansion": each[index]}) for index, stage in enumerate(stages)]
            for each in expansions
        ]
        mixed = [min(filter(None, each), key=lambda one: one.cost) for each in zip(*tries, strict=True)]
        whole = [[each for each in row if each is not None] for row in tries]
        every += [*(row for row in whole if len(row) == len(stages)), mixed]
    best = min(every, key=lambda row: sum(each.cost for each in row))
    return ObservedChannels([each.settings for each in best], merged(*(each.entries for each in best)))


def _settings(stage: ObservedStage, way: Grouping, kept: Mapping[str, int]) -> Settings | None:
    """The kept settings, and the usual ones where none is kept; None if they do not yield the output channels."""
    width, remainder = divmod(stage.out_channels, kept["expansion"])
    if remainder or width != kept.get("width", width):
        return None
    per_group, reduce_first = kept.get("width_per_group", USUAL_WIDTH), kept.get("reduce_first", 1)
    return Settings(
        width=width,
        expansion=kept["expansion"],
        grouping=way,
        width_per_group=per_group,
        reduce_first=reduce_first,
    )


def _stage(stage: ObservedStage, way: Grouping, kept: Mapping[str, int]) -> _Stage | None:
    """The stage in as few values as possible, with this expansion."""
    expansion = {"expansion": kept["expansion"]}
    tried = [_settings(stage, way, kept), _settings(stage, way, expansion)]
    tried += [next(readings(stage, channels, way, expansion), None) for channels in stage.channels[:_TRIED]]
    found = []
    for settings in filter(None, dict.fromkeys(tried)):
        entries = _entries(stage, settings)
        unusual = (settings.width_per_group != kept.get("width_per_group", USUAL_WIDTH)) + (
            settings.reduce_first != kept.get("reduce_first", 1)
        )
        found.append(_Stage(settings, entries, sum(map(len, entries.values())) + unusual))
    return min(found, key=lambda each: each.cost, default=None)


def _entries(stage: ObservedStage, settings: Settings) -> Entries:
    """What single blocks of a stage must say for themselves."""
    names = [block.name for block in stage.blocks]
    channels = [block.channels for block in stage.blocks]
    if not BLOCKS[stage.type].has_inner_width:
        usual = [settings.width // settings.reduce_first] * len(names)
        return exceptions(stage.number, names, "first", [each.first for each in channels], usual)
    groups = exceptions(
        stage.number,
        names,
        "groups",
        [each.groups for each in channels],
        [settings.grouping.groups_of(each.inner) for each in channels],
    )
    stated = [own(groups, stage.number, name).get("groups", settings.grouping.groups) for name in names]
    usual = [inner_width(settings.width, settings.width_per_group, each) for each in stated]
    inner = exceptions(stage.number, names, "inner", [each.inner for each in channels], usual)
    if stage.splits:
        return merged(groups, inner)
    firsts = [each // settings.reduce_first for each in usual]
    return merged(groups, inner, exceptions(stage.number, names, "first", [each.first for each in channels], firsts))
