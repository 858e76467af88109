"""What a document must obey and JSON Schema cannot say."""

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.source import Span
from ..text.tree import Entry, Path, Scalar, Sequence, Table, Tree, dotted, find, is_inherited, to_plain
from .ineffective_keys import keys_without_effect

MAX_BLOCKS = 10_000

PER_STAGE: tuple[Path, ...] = (
    ("block", "type"),
    ("block", "expansion"),
    ("block", "groups"),
    ("block", "width_per_group"),
    ("block", "reduce_first"),
    ("attention",),
    ("stages", "widths"),
    ("stages", "strides"),
    ("stages", "dilations"),
)
"""The keys that take one value for all stages, or a list with one entry per stage."""


def check(tree: Table, faults: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Every broken rule, apart from what only follows from the `faults` that are known already."""
    codes = {fault.span: fault.code for fault in faults if fault.span is not None}
    spoilt = {span for span, code in codes.items() if code != "RD202"}  # a missing key spoils nothing around it
    unlisted = {span for span in spoilt if codes[span] != "RD207"}  # the length of a list may still be told
    whole = healthy(tree, spoilt)
    lengths = _list_lengths(find(whole, ("stages", "depths")), healthy(tree, unlisted))
    return [*lengths, *(fault for rule in _RULES for fault in rule(whole))]


def healthy(tree: Table, faulty: Container[Span]) -> Table:
    """The document without the keys and values that a fault points at, and without lists that have such an item."""
    entries = {}
    for key, entry in tree.entries.items():
        value = None if entry.key in faulty else _healthy_value(entry.value, faulty)
        if value is not None:
            entries[key] = Entry(entry.key, value)
    return Table(entries, tree.span)


def _healthy_value(tree: Tree, faulty: Container[Span]) -> Tree | None:
    if tree.span in faulty:
        return None
    match tree:
        case Table():
            return healthy(tree, faulty)
        case Sequence():
            return None if any(_healthy_value(item, faulty) is None for item in tree.items) else tree
        case Scalar():
            return None if tree.value is None else tree


def _list_lengths(depths: Tree | None, tree: Table) -> Iterator[Diagnostic]:
    if not isinstance(depths, Sequence):
        return
    stages = len(depths.items)
    for path in PER_STAGE:
        found = find(tree, path)
        if isinstance(found, Sequence) and len(found.items) != stages:
            count = len(found.items)
            yield Diagnostic(
                code="RD301",
                message=f"`{dotted(path)}` has {_values(count)} for {stages} {'stage' if stages == 1 else 'stages'}",
                labels=(Label(found.span, _values(count)), Label(depths.span, _values(stages))),
                helps=(_other_length(path, any(is_inherited(each.span, tree) for each in (found, depths))),),
            )


def _other_length(path: Path, one_is_inherited: bool) -> str:
    if one_is_inherited:
        return f"one of them is inherited: give `{dotted(path)}` for these stages too, or take it away with `null`"
    return "give one value for all stages, or a list with one entry per stage"


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"


def _number_of_blocks(tree: Table) -> Iterator[Diagnostic]:
    depths: Any = find(tree, ("stages", "depths"))
    if depths is None:
        return
    values: Any = to_plain(depths)
    if (total := sum(values)) > MAX_BLOCKS:
        sum_ = " + ".join(f"{value:,}" for value in values)
        yield Diagnostic(
            code="RD304",
            message=f"a network has at most {MAX_BLOCKS:,} blocks, this one has {sum_} = {total:,}",
            notes=(f"that is {total - MAX_BLOCKS:,} too many",),
            labels=(Label(depths.span),),
        )


_RULES: tuple[Callable[[Table], Iterable[Diagnostic]], ...] = (_number_of_blocks, keys_without_effect)
