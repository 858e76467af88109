"""Rules that JSON Schema cannot express."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from ...diagnostics.codes import Invalidated, spans_of
from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.source import Span
from ...limits import MAX_BLOCKS
from ..by_rule import DEPTHS, by_rule
from ..document.canonical import canonical
from ..document.lineage import Lineage
from ..kinds import Kinds
from ..spec import SECTIONS
from ..text.tree import Entry, Scalar, Sequence, Table, Tree, find, to_plain
from .contradictions import contradictions
from .ineffective_keys import ineffective_keys
from .list_lengths import list_lengths
from .single_blocks import single_blocks
from .stage_rule import stage_rule
from .stem_strides import stem_strides


def broken_rules(tree: Table, faults: Iterable[Diagnostic], kinds: Kinds, lineage: Lineage) -> list[Diagnostic]:
    """Every broken rule that is not a mere consequence of the known `faults`."""
    faults = [*faults]
    invalid_except_items = spans_of(faults, set(Invalidated) - {Invalidated.MISSING, Invalidated.ITEMS})
    invalid = invalid_except_items | spans_of(faults, {Invalidated.ITEMS})
    pruned = prune(tree, invalid) if faults else tree  # without a fault, no value is null either
    computed = by_rule(pruned, kinds)
    ruled = canonical(pruned)
    whole = ruled if computed is pruned else canonical(computed)
    listed = whole if invalid == invalid_except_items else canonical(by_rule(prune(tree, invalid_except_items), kinds))
    depths = find(whole, DEPTHS)
    lengths = list_lengths(depths, listed, lineage)
    changed = _changed_sections(tree, pruned)
    ineffective = [*ineffective_keys(whole, kinds, lineage, changed)]
    return [
        *lengths,
        *(() if "stem" in changed else stem_strides(listed, lineage)),
        *_block_limit(whole),
        *single_blocks(depths, whole, lineage),
        *stage_rule(ruled, kinds, lineage),
        *contradictions(ruled, lineage, {fault.span for fault in ineffective}),
        *ineffective,
    ]


def _changed_sections(tree: Table, pruned: Table) -> set[str]:
    """The keys whose values are known only in part; all if one of them may have been meant by an unknown key."""
    if pruned is tree:
        return set()
    if tree.entries.keys() != pruned.entries.keys():
        return {*SECTIONS}
    return {key for key, entry in tree.entries.items() if entry != pruned.entries[key]}


def prune(tree: Table, faulty: Container[Span]) -> Table:
    """The document without the keys and values marked by a fault, and without lists that contain such an item."""
    entries = {}
    for key, entry in tree.entries.items():
        value = None if entry.key in faulty else _prune_value(entry.value, faulty)
        if value is not None:
            entries[key] = entry if value is entry.value else Entry(entry.key, value)
    return tree if _are_same(entries, tree.entries) else Table(entries, tree.span)


def _are_same(entries: Mapping[str, Entry], others: Mapping[str, Entry]) -> bool:
    """Whether these are the very same entries, so that most documents are not copied."""
    return len(entries) == len(others) and all(entry is others[key] for key, entry in entries.items())


def _prune_value(tree: Tree, faulty: Container[Span]) -> Tree | None:
    if tree.span in faulty:
        return None
    match tree:
        case Table():
            return prune(tree, faulty)
        case Sequence():
            items = [_prune_value(item, faulty) for item in tree.items]
            kept = tuple(item for item in items if item is not None)
            return None if len(kept) < len(items) else tree if kept == tree.items else Sequence(kept, tree.span)
        case Scalar():
            return None if tree.value is None else tree


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
