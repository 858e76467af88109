"""What a wrong document still says of its network: faults of shapes are reported beside those of the text."""

from collections.abc import Iterator, Mapping, Sequence

from ...diagnostics.codes import Spoils, spoils
from ...diagnostics.diagnostic import Diagnostic
from ...diagnostics.similar import similar
from ...diagnostics.source import Span
from ...limits import MAX_FAULTS
from ..kinds import Kinds
from ..text.missing_space import glued_key
from ..text.tree import Entry, Path, Scalar, Table, Tree
from ..text.tree import Sequence as SequenceTree
from .rules import broken_rules, healthy
from .schema import known_keys
from .violations import missing_keys

_SILENT = ("$schema", "version", "name", "description", "reference", "expect")
"""Keys that say nothing of the network."""


def without_faults(tree: Table, faults: Sequence[Diagnostic], kinds: Kinds) -> Table | None:
    """The document without what is wrong in it, or None where that may have been meant to change the network."""
    if len(faults) >= MAX_FAULTS or any(spoils(fault) is Spoils.EVERYTHING for fault in faults):
        return None
    faulty = {
        fault.span: spoils(fault)
        for fault in faults
        if fault.span is not None and spoils(fault) is not Spoils.SURROUNDINGS
    }
    if not all(_is_silent(path, what) for path, what in _wrong(tree, faulty)):
        return None
    rest = healthy(tree, set(faulty))
    if tree.entries and "name" not in rest.entries:
        place = next(iter(tree.entries.values())).key
        rest = Table({"name": Entry(place, Scalar("unnamed", place)), **rest.entries}, rest.span)
    return None if missing_keys(rest) or broken_rules(rest, (), kinds) else rest


def _wrong(tree: Tree, faulty: Mapping[Span, Spoils], path: Path = ()) -> Iterator[tuple[Path, Spoils]]:
    """What a fault points at, keys and values, and what it spoils."""
    if tree.span in faulty:
        yield path, faulty[tree.span]
    match tree:
        case Table():
            for key, entry in tree.entries.items():
                if entry.key in faulty:
                    yield (*path, key), faulty[entry.key]
                yield from _wrong(entry.value, faulty, (*path, key))
        case SequenceTree():
            for index, item in enumerate(tree.items):
                yield from _wrong(item, faulty, (*path, index))
        case Scalar():
            return


def _is_silent(path: Path, what: Spoils) -> bool:
    if not path or path[0] in _SILENT:
        return bool(path)
    key = path[-1]
    if isinstance(key, int):  # the other items of its list may well say something
        return False
    if what is Spoils.UNKNOWN_KEY:
        return glued_key(key) is None and similar(key, known_keys()) is None
    return what is Spoils.NOTHING
