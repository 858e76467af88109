"""The document tree: plain values, each with its place in the text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ...diagnostics.source import Span

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
"""JSON values in built-in types."""

Path: TypeAlias = tuple[str | int, ...]
"""The keys and list indices that lead from the root of a document to a value."""


@dataclass(frozen=True, slots=True)
class Scalar:
    value: bool | int | float | str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple["Tree", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` of a mapping; `key` is the key's place."""

    key: Span
    value: "Tree"


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, in text order."""

    entries: Mapping[str, Entry]
    span: Span


Tree: TypeAlias = Scalar | Sequence | Table


def to_plain(tree: Tree) -> Plain:
    """The values without their places."""
    match tree:
        case Scalar():
            return tree.value
        case Sequence():
            return [to_plain(item) for item in tree.items]
        case Table():
            return {key: to_plain(entry.value) for key, entry in tree.entries.items()}


def find(tree: Tree, path: Path) -> Tree | None:
    """The value at `path`, or None if there is none."""
    for step in path:
        if isinstance(step, str):
            if not isinstance(tree, Table) or step not in tree.entries:
                return None
            tree = tree.entries[step].value
        elif not isinstance(tree, Sequence) or step >= len(tree.items):
            return None
        else:
            tree = tree.items[step]
    return tree


def find_value(tree: Tree, path: Path) -> Any:
    """The plain value at `path`, or None."""
    found = find(tree, path)
    return None if found is None else to_plain(found)


def key_span(tree: Tree, path: Path) -> Span | None:
    """The place of the last key of `path`, or None for a list item, the root or a missing value."""
    if not path or not isinstance(path[-1], str):
        return None
    parent = find(tree, path[:-1])
    if not isinstance(parent, Table) or path[-1] not in parent.entries:
        return None
    return parent.entries[path[-1]].key


def value_span(tree: Tree, path: Path) -> Span:
    """The place of the value; that of its key if the value is empty or a mapping."""
    found = find(tree, path)
    assert found is not None, path
    if isinstance(found, Table) or found.span.start == found.span.end:
        return key_span(tree, path) or found.span
    return found.span


def dotted(path: Path) -> str:
    """A path in dotted notation: `stages.widths[2]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def describe(tree: Tree) -> str:
    """A value as part of a sentence: `` the string `abc` ``, `a list`."""
    match tree:
        case Sequence():
            return "a list"
        case Table():
            return "a mapping"
        case Scalar(value=None):
            return "`null`"
        case Scalar(value=bool() as value):
            return f"`{str(value).lower()}`"
        case Scalar(value=int() | float()):
            return f"the number `{tree.span.text}`"
        case Scalar(value=str() as value):
            return f"the string `{shortened(value)}`" if value else "nothing"
        case _:
            raise AssertionError(tree)


def shortened(text: str) -> str:
    """A text cut to a length that fits a message."""
    return text if len(text) <= 40 else f"{text[:39]}…"
