"""Required keys that a document lacks."""

from collections.abc import Iterable, Iterator, Set
from pathlib import PurePath
from typing import Any, TypeAlias

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.source import Span
from ..document.canonical import PER_STAGE
from ..document.lineage import OPTION
from ..text.tree import Path, Plain, Sequence, Table, Tree, dotted, find, key_span, to_plain
from .schema import Required, is_name, is_required, properties, required

Misspelt: TypeAlias = Set[Path]
"""Paths of the keys that were probably meant by unknown ones."""


def missing_keys(tree: Table) -> list[Diagnostic]:
    """The required keys other than `name` that a merged document lacks.

    Merging valid documents can cause no other schema violation.
    """
    found: list[Diagnostic] = []
    document: Any = to_plain(tree)
    for place, part, keys in _mappings(tree, required(), ()):
        missing = keys.missing(part.entries)
        if not missing:
            continue
        from .unknown_keys import intended_paths  # only once a mistake has been made, like all that helps with one

        known = properties(place)
        unknown = [key for key in part.entries if key not in known]
        misspelt = {meant for key in unknown for meant in intended_paths(place, key, known, document)}
        found += report_missing_keys(tree, place, missing, misspelt)
    return found


def _mappings(tree: Tree, keys: Required, path: Path) -> Iterator[tuple[Path, Table, Required]]:
    """Every mapping with required keys that is present, and those in lists with one for each stage."""
    match tree:
        case Table():
            yield path, tree, keys
            for key, inner in keys.inner.items():
                if key in tree.entries:
                    yield from _mappings(tree.entries[key].value, inner, (*path, key))
            for key, entry in tree.entries.items() if keys.each is not None else ():
                assert keys.each is not None
                yield from _mappings(entry.value, keys.each, (*path, key))
        case Sequence(items=items) if path in PER_STAGE:
            for index, item in enumerate(items):
                yield from _mappings(item, keys, (*path, index))
        case _:
            return


def report_missing_keys(tree: Tree, path: Path, keys: Iterable[str], misspelt: Misspelt) -> Iterator[Diagnostic]:
    """The missing keys that no `misspelt` key accounts for; a misspelt `extends` accounts for all but the name."""
    accounted = misspelt | {each[:1] for each in misspelt if is_required(each)}
    for key in keys:
        is_inherited = ("extends",) in misspelt and key != "name"
        instead = _instead(path, key)
        if accounted.isdisjoint({(*path, key), (*path, instead)}) and not is_inherited:
            yield _missing(tree, path, key)


def _missing(tree: Tree, path: Path, key: str) -> Diagnostic:
    from .suggestions import examples
    from .vocabulary.lines import example_help, options_help

    whole, instead = dotted((*path, key)), _instead(path, key)
    inside = f"`{dotted(path)}`" if path else "the spec"
    inner = find(tree, path)
    span = key_span(tree, path) or (inner.span if inner and path else _first_key(tree))
    values = examples((*path, key)) or (_types(inner, path) if key == "type" else [])
    if whole == "name":
        values = _name(tree)
    helps = example_help([{key: value} for value in values])
    if isinstance(inner, Table) and path and span.source.name == OPTION:
        settings: Any = to_plain(inner)
        helps = options_help(path, [{key: value, **settings} for value in values])
    return Diagnostic(
        code="RD202",
        message=f"missing key `{whole}`",
        labels=(Label(span, f"{inside} needs `{key}`{f' or `{instead}`' if instead else ''}"),),
        helps=helps,
    )


def _instead(path: Path, key: str) -> str | None:
    """The key that may be there instead of a required one."""
    return required().inner.get(dotted(path), Required()).instead.get(key)


def _name(tree: Tree) -> list[Plain]:
    """The name that the file suggests."""
    name, dot, _ = PurePath(tree.span.source.name).name.partition(".")
    return [name] if dot and is_name(name) else []


def _types(settings: Tree | None, path: Path) -> list[Plain]:
    """The types that have the settings written there."""
    section = tuple(step for step in path if isinstance(step, str))
    if section[0] == "blocks":
        section = section[2:]
    if not isinstance(settings, Table):
        return []
    from .suggestions import choices
    from .vocabulary.table import vocabulary

    along = (vocabulary().along.get((*section, key), {}) for key in settings.entries)
    having = {each["type"]: None for each in along if "type" in each}
    return [*having] or choices((*section, "type"))


def _first_key(tree: Tree) -> Span:
    """The first key of the file itself, as inherited keys are in other files."""
    keys = [entry.key for entry in tree.entries.values()] if isinstance(tree, Table) else []
    return next((key for key in keys if key.source == tree.span.source), tree.span)
