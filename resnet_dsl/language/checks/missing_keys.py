"""Required keys that a document lacks."""

from collections.abc import Iterable, Iterator, Set
from typing import TypeAlias

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.similar import similar
from ...diagnostics.source import Span
from ..text.missing_space import key_without_space
from ..text.tree import Path, Sequence, Table, Tree, dotted, find, key_span
from .schema import block_types, properties, required_keys
from .wording import joined

Misspelt: TypeAlias = Set[tuple[str | int | None, ...]]
"""Paths of the keys that were probably meant by misspelt ones."""


def missing_keys(tree: Table) -> list[Diagnostic]:
    """The required keys other than `name` that a merged document lacks.

    Merging valid documents can cause no other schema violation.
    """
    found: list[Diagnostic] = []
    for path, keys in required_keys().items():
        known = properties(path)
        for place, part in _mappings(tree, path):
            misspelt = {(*place, intended_key(key, known)) for key in part.entries if key not in known}
            found += report_missing_keys(tree, place, [key for key in keys if key not in part.entries], misspelt)
    return found


def _mappings(tree: Tree, path: Path) -> Iterator[tuple[Path, Table]]:
    """The mapping at a path, or those in the list there."""
    match find(tree, path):
        case Table() as part:
            yield path, part
        case Sequence(items=items):
            yield from (((*path, index), item) for index, item in enumerate(items) if isinstance(item, Table))
        case _:
            return


def report_missing_keys(tree: Tree, path: Path, keys: Iterable[str], misspelt: Misspelt) -> Iterator[Diagnostic]:
    """The missing keys that no `misspelt` key accounts for; a misspelt `extends` accounts for all but the name."""
    for key in keys:
        is_inherited = ("extends",) in misspelt and key != "name"
        if (*path, key) not in misspelt and not is_inherited:
            yield _missing(tree, path, key)


def intended_key(key: str, known: Iterable[str]) -> str | None:
    """The known key that was probably meant by another one."""
    return key_without_space(key) or similar(key, known)


def _missing(tree: Tree, path: Path, key: str) -> Diagnostic:
    whole = dotted((*path, key))
    inside = f"`{dotted(path)}`" if path else "the spec"
    message = f"missing key `{whole}`"
    inner = find(tree, path)
    span = key_span(tree, path) or (inner.span if inner and path else _first_key(tree))
    helps = joined([f"`type: {each}`" for each in block_types()], "or") if whole == "block.type" else ""
    return Diagnostic(
        code="RD202",
        message=message,
        labels=(Label(span, f"{inside} needs `{key}`"),),
        helps=(f"write {helps}",) if helps else (),
    )


def _first_key(tree: Tree) -> Span:
    """The first key of the file itself, as inherited keys are in other files."""
    keys = [entry.key for entry in tree.entries.values()] if isinstance(tree, Table) else []
    return next((key for key in keys if key.source == tree.span.source), tree.span)
