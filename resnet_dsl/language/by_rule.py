"""Stages that are said by a rule: `stages.regnet` as `depths` and `widths`, at its place."""

from typing import Any

from ..limits import MAX_BLOCKS, MAX_CHANNELS, MAX_STAGES
from .kinds import Kinds
from .regnet import Rule, base_width, runs
from .text.tree import Entry, Path, Scalar, Sequence, Table, find, find_value

RULE: Path = ("stages", "regnet")
DEPTHS: Path = ("stages", "depths")
WIDTHS: Path = ("stages", "widths")
NUMBERS = ("depth", "initial", "slope", "multiplier")
"""The settings of a rule without a default."""


def rule_of(tree: Table) -> Rule | None:
    """The rule of a document, if it has all of its numbers, and no `depths`."""
    found: Any = find_value(tree, RULE)
    if not isinstance(found, dict) or find(tree, DEPTHS) is not None:
        return None
    return Rule(**found) if all(name in found for name in NUMBERS) else None


def single(tree: Table, path: Path) -> Any:
    """The one value of a key for all stages; None if it is not written, or differs between stages."""
    values = find_value(tree, path)
    if not isinstance(values, list):
        return values
    return values[0] if values and all(value == values[0] for value in values) else None


def expansion_of(tree: Table, kinds: Kinds) -> int | None:
    """The expansion of all stages, stated or by default; None if they differ."""
    if find(tree, ("block", "expansion")) is not None:
        return _integer(single(tree, ("block", "expansion")))
    types = find_value(tree, ("block", "type"))
    defaults = {kinds.blocks[each].expansion for each in (types if isinstance(types, list) else [types]) if each}
    return defaults.pop() if len(defaults) == 1 else None


def widths_of(rule: Rule, tree: Table, kinds: Kinds) -> tuple[int, ...] | None:
    """The widths of the stages before expansion; None if expansion or group width differ between stages."""
    expansion = expansion_of(tree, kinds)
    is_written = find(tree, ("block", "group_width")) is not None
    group_width = _integer(single(tree, ("block", "group_width"))) if is_written else 0
    if expansion is None or group_width is None:
        return None
    return tuple(base_width(rule, run.width, expansion, group_width) for run in runs(rule))


def by_rule(tree: Table, kinds: Kinds) -> Table:
    """The document with `depths` and `widths` instead of a rule; as it is if there is none, or it gives no network.

    They have the place of the rule's key.
    """
    rule = rule_of(tree)
    widths = None if rule is None else widths_of(rule, tree, kinds)
    if rule is None or widths is None or not is_network(rule, widths):
        return tree
    stages = tree.entries["stages"]
    assert isinstance(stages.value, Table)
    place = stages.value.entries["regnet"].key
    lists = {"depths": [run.depth for run in runs(rule)], "widths": [*widths]}
    computed = {
        key: Entry(place, Sequence(tuple(Scalar(value, place) for value in values), place))
        for key, values in lists.items()
    }
    rest = {key: entry for key, entry in stages.value.entries.items() if key != "regnet"}
    return Table(
        {**tree.entries, "stages": Entry(stages.key, Table({**computed, **rest}, stages.value.span))}, tree.span
    )


def is_network(rule: Rule, widths: tuple[int, ...]) -> bool:
    """Whether stages of these widths are within the bounds."""
    return len(widths) <= MAX_STAGES and rule.depth <= MAX_BLOCKS and all(0 < width <= MAX_CHANNELS for width in widths)


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) else None
