"""`blocks`: values of single blocks, and of each block of a stage, that fit what the stage has."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from .attentions import attention
from .bodies import Body
from .branches import Branch, is_possible
from .choices import flip, integer, one_of
from .conventions import Conventions

Entries = dict[str, dict[str, Any]]

_CHANNELS = ("first", "inner", "groups")


@st.composite
def single_blocks(
    draw: DrawFn, shared: Conventions, body: Body, branches: list[Branch], dropouts: SearchStrategy[Any]
) -> tuple[Entries, list[Branch]]:
    """The entries, and the branches of the blocks that they change."""
    entries: Entries = {}
    changed: list[Branch] = []
    if flip(draw):
        return entries, changed
    for index in sorted(draw(st.sets(st.integers(0, len(branches) - 1), min_size=1, max_size=2))):
        stage, branch, depth = f"layer{index + 1}", branches[index], body.depths[index]
        whole = _entry(draw, shared, branch, dropouts) if flip(draw) else {}
        if not is_possible(changed_branch(branch, whole)):
            whole = _without_channels(whole)
        numbers = draw(st.sets(st.integers(0, depth - 1), max_size=2))
        found = {f"{stage}.{number}": _entry(draw, shared, branch, dropouts) for number in sorted(numbers)}
        for name, entry in found.items():
            if not is_possible(changed_branch(branch, whole | entry)):
                found[name] = _without_channels(entry)
        every = {f"{stage}.*": whole, **found}
        entries |= {name: entry for name, entry in every.items() if entry}
        changed += [changed_branch(branch, whole | entry) for entry in ({}, *found.values())]
    return entries, changed


def changed_branch(branch: Branch, entry: Mapping[str, Any]) -> Branch:
    """The branch of a block with these values instead of its stage's."""
    return replace(
        branch,
        groups=entry.get("groups", branch.groups),
        group_width=0 if "groups" in entry else branch.group_width,
        stated_first=entry.get("first"),
        stated_inner=entry.get("inner"),
    )


def _without_channels(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in _CHANNELS}


def _entry(draw: DrawFn, shared: Conventions, branch: Branch, dropouts: SearchStrategy[Any]) -> dict[str, Any]:
    """Values of one entry; channels in the steps that groups and parts of a 3x3 take."""
    steps: int = branch.all_groups * 2 * branch.conv3x3.get("radix", 1)

    def channels() -> int:
        return max(shared.least, integer(draw, 1, shared.scale.width) * steps)

    possible: dict[str, Callable[[], Any]] = {
        "dilation": lambda: one_of(draw, shared.scale.dilations),
        "dropout": lambda: draw(dropouts),
        "attention": lambda: attention(draw),
    }
    if branch.is_bottleneck:
        possible["inner"] = channels
        possible["groups"] = lambda: integer(draw, 1, shared.scale.groups)
    if branch.conv3x3["type"] != "res2":
        possible["first"] = channels
    return {key: value() for key, value in possible.items() if flip(draw)}
