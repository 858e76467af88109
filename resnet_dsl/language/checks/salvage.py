"""What a wrong document still says of its network: faults of shapes are reported beside those of the text."""

from collections.abc import Iterator, Mapping, Sequence

from ...diagnostics.diagnostic import Diagnostic
from ...diagnostics.similar import similar
from ...diagnostics.source import Span
from ..text.tree import Entry, Path, Scalar, Table, Tree
from ..text.tree import Sequence as SequenceTree
from . import rules, schema
from .suggestions import glued_key

_SILENT = ("$schema", "version", "name", "description", "reference", "expect")
"""Keys that say nothing of the network."""

_LIKE_NOTHING = ("RD208", "RD302")
"""Codes of keys with which the network is what it is without them."""


def without_faults(tree: Table, faults: Sequence[Diagnostic]) -> Table | None:
    """The document without what is wrong in it, or None where that may have been meant to change the network."""
    if any(fault.code.startswith("RD0") for fault in faults):  # what could not be read may have meant anything
        return None
    faulty = {fault.span: fault.code for fault in faults if fault.code != "RD202" and fault.span is not None}
    if not all(_is_silent(path, code) for path, code in _wrong(tree, faulty)):
        return None
    rest = rules.healthy(tree, set(faulty))
    if tree.entries and "name" not in rest.entries:
        place = next(iter(tree.entries.values())).key
        rest = Table({"name": Entry(place, Scalar("unnamed", place)), **rest.entries}, rest.span)
    return None if schema.check(rest) or rules.check(rest, ()) else rest


def _wrong(tree: Tree, faulty: Mapping[Span, str], path: Path = ()) -> Iterator[tuple[Path, str]]:
    """What a fault points at, keys and values, and the fault's code."""
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


def _is_silent(path: Path, code: str) -> bool:
    if not path or path[0] in _SILENT:
        return bool(path)
    key = path[-1]
    if isinstance(key, int):  # the other items of its list may well say something
        return False
    if code == "RD203":
        return glued_key(key) is None and similar(key, schema.known_keys()) is None
    return code in _LIKE_NOTHING
