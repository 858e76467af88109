"""Channels of the blocks -> width, expansion, groups and the other settings that yield them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice

from ...limits import MAX_CHANNELS
from ...lowering.blocks import BLOCKS
from ...lowering.blocks.bottleneck import inner_width
from ...lowering.names import stage as stage_path
from .observed_stages import ObservedStage, Unrecognised
from .open_values import OpenValues

CHANNEL_KEYS: Mapping[str, str] = {
    "width": "stages.widths",
    "width_per_group": "block.width_per_group",
    "reduce_first": "block.reduce_first",
    "expansion": "block.expansion",
}
"""The settings that shapes reveal only together -> their keys."""

Settings = Mapping[str, int]


def channel_settings(stages: Sequence[ObservedStage], open_values: OpenValues) -> list[Settings]:
    """Settings of each stage that yield its channels, of which as few as possible are not the preferred ones.

    Raises:
        Unrecognised: there are none.
    """
    every = {name: open_values.preferred_values(key, len(stages)) for name, key in CHANNEL_KEYS.items()}
    preferred = {name: values for name, values in every.items() if any(values)}
    expansions = zip(every["expansion"], stages, strict=True)
    preferred["expansion"] = [value or BLOCKS[stage.type].expansion for value, stage in expansions]
    for count in range(len(preferred) + 1):
        for free in combinations(preferred, count):
            kept = {name: values for name, values in preferred.items() if name not in free}
            found = [next(_readings(stage, _at(kept, index)), None) for index, stage in enumerate(stages)]
            settings = [each for each in found if each is not None]
            if len(settings) == len(stages):
                return settings
    stage = next(stage for stage in stages if next(_readings(stage, {}), None) is None)
    path = stage_path(stage.number)
    raise Unrecognised(f"no width yields the {stage.first} and {stage.inner} inner channels of `{path}`")


def is_ambiguous(stage: ObservedStage) -> bool:
    """Whether different settings yield these channels, and with them the same network."""
    return len(list(islice(_readings(stage, {}), 2))) > 1


def _at(preferred: Mapping[str, Sequence[int | None]], index: int) -> dict[str, int]:
    values = {name: each[index] for name, each in preferred.items()}
    return {name: value for name, value in values.items() if value is not None}


def _readings(stage: ObservedStage, kept: Settings) -> Iterator[Settings]:
    """All settings that yield these channels, with these values among them; the conventional ones first."""
    kind = BLOCKS[stage.type]
    every = dict.fromkeys((kind.expansion, *range(1, stage.out_channels + 1)))
    for expansion in [kept["expansion"]] if "expansion" in kept else every:
        width, remainder = divmod(stage.out_channels, expansion)
        if remainder or width != kept.get("width", width):
            continue
        for per_group in _widths_per_group(stage, width, kept):
            base = inner_width(width, per_group, stage.groups) if kind.has_inner_width else width
            for reduce_first in _divisors(base, stage.first, kept):
                yield {
                    "width": width,
                    "expansion": expansion,
                    "groups": stage.groups,
                    "width_per_group": per_group,
                    "reduce_first": reduce_first,
                }


def _widths_per_group(stage: ObservedStage, width: int, kept: Settings) -> Iterator[int]:
    """The values that yield the inner width, smallest first; the default for a block without one."""
    if not BLOCKS[stage.type].has_inner_width:
        yield 64
        return
    least = -(-64 * stage.inner // (stage.groups * width))
    most = min(MAX_CHANNELS, 64 * (stage.inner // stage.groups + 1) // width)
    for value in [kept["width_per_group"]] if "width_per_group" in kept else range(least, most + 1):
        if inner_width(width, value, stage.groups) == stage.inner:
            yield value


def _divisors(base: int, first: int, kept: Settings) -> Iterator[int]:
    """The values of `reduce_first` that make `base` channels `first`, largest first."""
    for value in [kept["reduce_first"]] if "reduce_first" in kept else range(base // first, base // (first + 1), -1):
        if base // value == first:
            yield value
