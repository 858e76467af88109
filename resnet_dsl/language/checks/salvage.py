"""What an invalid document still reveals about its network: shape faults are reported along with text faults."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...diagnostics.codes import Invalidated, invalidated_by
from ...diagnostics.diagnostic import Diagnostic
from ...diagnostics.source import Span
from ...limits import MAX_FAULTS
from ..document.lineage import Lineage
from ..kinds import Kinds
from ..text.tree import Entry, Path, Scalar, Table, Tree, to_plain
from ..text.tree import Sequence as SequenceTree
from .missing_keys import missing_keys
from .rules import broken_rules, prune
from .schema import METADATA


def without_faults(tree: Table, faults: Sequence[Diagnostic], kinds: Kinds) -> Table | None:
    """The document without its faulty parts, or None if those may have been meant to change the network."""
    if len(faults) >= MAX_FAULTS or any(invalidated_by(fault) is Invalidated.EVERYTHING for fault in faults):
        return None
    faulty = {
        fault.span: invalidated_by(fault)
        for fault in faults
        if fault.span is not None and invalidated_by(fault) is not Invalidated.MISSING
    }
    document: Any = to_plain(tree)
    if not all(_is_harmless(path, what, document) for path, what in _faulty_paths(tree, faulty)):
        return None
    rest = prune(tree, set(faulty))
    if tree.entries and "name" not in rest.entries:
        place = next(iter(tree.entries.values())).key
        rest = Table({"name": Entry(place, Scalar("unnamed", place)), **rest.entries}, rest.span)
    return None if missing_keys(rest) or broken_rules(rest, (), kinds, Lineage()) else rest


def _faulty_paths(
    tree: Tree, faulty: Mapping[Span, Invalidated], path: Path = ()
) -> Iterator[tuple[Path, Invalidated]]:
    """The paths of the keys and values marked by a fault, and what the fault invalidates."""
    if tree.span in faulty:
        yield path, faulty[tree.span]
    match tree:
        case Table():
            for key, entry in tree.entries.items():
                if entry.key in faulty:
                    yield (*path, key), faulty[entry.key]
                yield from _faulty_paths(entry.value, faulty, (*path, key))
        case SequenceTree():
            for index, item in enumerate(tree.items):
                yield from _faulty_paths(item, faulty, (*path, index))
        case Scalar():
            return


def _is_harmless(path: Path, what: Invalidated, document: Mapping[str, Any]) -> bool:
    if not path or path[0] in METADATA:
        return bool(path)
    key = path[-1]
    if isinstance(key, int):  # the other items of the list may matter
        return False
    if what is Invalidated.UNKNOWN_KEY:
        from .unknown_keys import changes_network

        return not changes_network(path[:-1], key, _at(document, path), document)
    return what is Invalidated.NOTHING


def _at(document: Mapping[str, Any], path: Path) -> Any:
    """The value at a path."""
    value: Any = document
    for step in path:
        value = value[step]
    return value
