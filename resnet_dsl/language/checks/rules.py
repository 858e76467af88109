"""Rules that JSON Schema cannot express."""

from collections.abc import Container, Iterable, Iterator
from typing import Any

from ...diagnostics.codes import Invalidated, spans_of
from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.source import Span
from ...limits import MAX_BLOCKS
from ..document.canonical import PER_STAGE, canonical, is_for_all_stages
from ..document.lineage import Lineage
from ..kinds import Kinds
from ..text.tree import Entry, Path, Scalar, Sequence, Table, Tree, dotted, find, to_plain
from .ineffective_keys import ineffective_keys


def broken_rules(tree: Table, faults: Iterable[Diagnostic], kinds: Kinds, lineage: Lineage) -> list[Diagnostic]:
    """Every broken rule that is not a mere consequence of the known `faults`."""
    faults = [*faults]
    invalid_except_items = spans_of(faults, set(Invalidated) - {Invalidated.MISSING, Invalidated.ITEMS})
    invalid = invalid_except_items | spans_of(faults, {Invalidated.ITEMS})
    whole = canonical(prune(tree, invalid))
    listed = whole if invalid == invalid_except_items else canonical(prune(tree, invalid_except_items))
    lengths = _list_lengths(find(whole, ("stages", "depths")), listed, lineage)
    return [*lengths, *_block_limit(whole), *ineffective_keys(whole, kinds, lineage)]


def prune(tree: Table, faulty: Container[Span]) -> Table:
    """The document without the keys and values marked by a fault, and without lists that contain such an item."""
    entries = {}
    for key, entry in tree.entries.items():
        value = None if entry.key in faulty else _prune_value(entry.value, faulty)
        if value is not None:
            entries[key] = Entry(entry.key, value)
    return Table(entries, tree.span)


def _prune_value(tree: Tree, faulty: Container[Span]) -> Tree | None:
    if tree.span in faulty:
        return None
    match tree:
        case Table():
            return prune(tree, faulty)
        case Sequence():
            items = tuple(_prune_value(item, faulty) for item in tree.items)
            return None if None in items else Sequence(tuple(item for item in items if item is not None), tree.span)
        case Scalar():
            return None if tree.value is None else tree


def _list_lengths(depths: Tree | None, tree: Table, lineage: Lineage) -> Iterator[Diagnostic]:
    if not isinstance(depths, Sequence):
        return
    stages = len(depths.items)
    for path in PER_STAGE:
        found = find(tree, path)
        if isinstance(found, Sequence) and len(found.items) != stages and not is_for_all_stages(found):
            count = len(found.items)
            yield Diagnostic(
                code="RD301",
                message=f"`{dotted(path)}` has {_counted(count)} for {stages} {'stage' if stages == 1 else 'stages'}",
                labels=(Label(found.span, _counted(count)), Label(depths.span, _counted(stages))),
                helps=(_length_help(path, stages, lineage.inherits(found.span), lineage.inherits(depths.span)),),
            )


def _length_help(path: Path, stages: int, is_inherited: bool, depths_are_inherited: bool) -> str:
    if is_inherited and not depths_are_inherited:
        return f"`{dotted(path)}` is inherited: set it for these stages too, or remove it with `null`"
    if depths_are_inherited and not is_inherited:
        return f"`stages.depths` is inherited: give `{dotted(path)}` {_counted(stages)}, or set `stages.depths` too"
    return "give one value for all stages, or a list with one entry per stage"


def _counted(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"


def _block_limit(tree: Table) -> Iterator[Diagnostic]:
    depths: Any = find(tree, ("stages", "depths"))
    if depths is None:
        return
    values: Any = to_plain(depths)
    if (total := sum(values)) > MAX_BLOCKS:
        sum_ = " + ".join(f"{value:,}" for value in values)
        yield Diagnostic(
            code="RD304",
            message=f"a network has at most {MAX_BLOCKS:,} blocks, but this one has {sum_} = {total:,}",
            notes=(f"that is {total - MAX_BLOCKS:,} too many",),
            labels=(Label(depths.span),),
        )
