"""Groups of the 3x3 convolutions -> their number, or their width, whichever says more stages at once."""

from collections.abc import Sequence
from math import inf

from ...lowering.blocks import BLOCKS
from .observed_stages import ObservedStage
from .open_values import OpenValues
from .readings import Grouping


def groupings(stages: Sequence[ObservedStage], open_values: OpenValues) -> list[list[Grouping]]:
    """The ways to say the groups of all stages, the shortest first, after the preferred one if there is one."""
    by_number = [Grouping(groups=stage.channels[0].groups) for stage in stages]
    by_width = _by_width(stages)
    grouped = [index for index, stage in enumerate(stages) if BLOCKS[stage.type].has_inner_width]
    is_one_number = len({by_number[index] for index in grouped}) <= 1
    is_one_width = by_width is not None and len({by_width[index] for index in grouped}) == 1
    found = [by_number] if by_width is None else [by_number, by_width]
    if is_one_width and not is_one_number:
        found.reverse()
    preferred = open_values.preferred_values("block.group_width", len(stages))
    if any(preferred) and any(each.groups > 1 for stage in stages for each in stage.channels):
        found.insert(0, [*map(_preferred, stages, preferred, by_number)])
    return found


def _preferred(stage: ObservedStage, width: int | None, usual: Grouping) -> Grouping:
    return Grouping(group_width=width) if width and _fits(stage, Grouping(group_width=width)) else usual


def _fits(stage: ObservedStage, grouping: Grouping) -> bool:
    if not BLOCKS[stage.type].has_inner_width:
        return not grouping.group_width
    return all(grouping.groups_of(each.inner) == each.groups for each in stage.channels)


def _by_width(stages: Sequence[ObservedStage]) -> list[Grouping] | None:
    """The width of each stage's groups, 0 where all channels are one group; None if it is not one in each stage.

    A width that others have is as good for a stage whose channels are no more than that.
    """
    every: list[set[int]] = [
        {each.inner // each.groups for each in stage.channels if each.groups > 1} for stage in stages
    ]
    shared = set.union(*every)
    if not shared or any(len(widths) > 1 for widths in every):
        return None
    width = min(shared) if len(shared) == 1 else inf
    found = []
    for stage, widths in zip(stages, every, strict=True):
        own = Grouping(group_width=next(iter(widths), 0))
        common = Grouping(group_width=int(width)) if width != inf else own
        found.append(common if _fits(stage, common) else own)
    return found if all(map(_fits, stages, found)) else None
