"""Keys that the language does not have: misspelt ones, those of another mapping, and the words of other libraries."""

from collections.abc import Iterable, Mapping
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.similar import did_you_mean, similar
from ..text.missing_space import key_without_space, missing_space_help
from ..text.tree import Path, Plain, Table, dotted, key_span, shortened
from .schema import METADATA, known_keys, places
from .vocabulary.lines import line_help, option_help
from .vocabulary.meaning import Meaning, meaning
from .wording import quoted


def unknown_key(
    tree: Table, place: Path, key: str, known: Iterable[str], document: Mapping[str, Any], *, is_option: bool
) -> Diagnostic:
    """The diagnostic for a key that the mapping at `place` does not have.

    Args:
        tree: the document.
        place: the mapping that the key is in.
        key: the key.
        known: the keys of the mapping.
        document: the document as plain data.
        is_option: whether the document is what `--set` represents.
    """
    span = key_span(tree, (*place, key))
    assert span is not None
    mapping = _mapping(document, place)
    helps: tuple[str, ...] = missing_space_help(key)
    notes: tuple[str, ...] = ()
    if not helps:
        meant = meaning(place, key, mapping[key], document)
        free = [each for each in known if each not in mapping]
        helps = _line(meant, place, document, is_option=is_option)
        notes = _notes(meant, key, has_line=bool(helps))
        if not helps and meant and meant.is_harmless and not is_option:
            helps = ("remove the key",)
        helps = helps or (() if notes else did_you_mean(key, free, "key"))
        notes = notes or (() if helps else _places_note(key, place) or (keys_note(place, known),))
    return Diagnostic(
        code="RD203",
        message=f"unknown key `{shortened(key)}`",
        labels=(Label(span, f"not a key of `{dotted(place)}`" if place else "not a top-level key"),),
        notes=notes,
        helps=helps,
    )


def intended_path(place: Path, key: str, known: Iterable[str], document: Mapping[str, Any]) -> Path:
    """The path of the known key that was probably meant by another one; of that one itself if there is none."""
    if (written := key_without_space(key)) is not None:
        return (*place, written)
    meant = meaning(place, key, _mapping(document, place)[key], document)
    if meant is not None and meant.path is not None and (meant.fragment is not None or meant.path != ("extends",)):
        return meant.path
    return (*place, similar(key, known) or key)


def changes_network(place: Path, key: str, value: Plain, document: Mapping[str, Any]) -> bool:
    """Whether an unknown key may have been meant to change the network."""
    meant = meaning(place, key, value, document)
    if meant is not None:
        return not meant.is_harmless and not (meant.path and meant.path[0] in METADATA)
    return key_without_space(key) is not None or similar(key, known_keys()) is not None


def keys_note(place: Path, known: Iterable[str]) -> str:
    """The keys of a mapping."""
    return f"the {f'keys of `{dotted(place)}`' if place else 'top-level keys'} are {quoted([*known])}"


def _line(meant: Meaning | None, place: Path, document: Mapping[str, Any], *, is_option: bool) -> tuple[str, ...]:
    if meant is None or meant.fragment is None:
        return ()
    if is_option:
        return option_help(meant.fragment, meant.along)
    return line_help(meant.fragment, meant.along, place, document)


def _notes(meant: Meaning | None, key: str, *, has_line: bool) -> tuple[str, ...]:
    """What to know about a word, and which key it is if no line could be given."""
    if meant is None:
        return ()
    name = () if has_line or meant.key is None else (f"`{shortened(key)}` is `{dotted(meant.key)}` here",)
    return (*name, *(() if meant.note is None else (meant.note.text,)))


def _places_note(key: str, place: Path) -> tuple[str, ...]:
    """A note if the key belongs to other mappings."""
    owners = [dotted(path) for path in places(key) if path[:-1] != place]
    return (f"did you mean {quoted(owners, 'or')}?",) if owners else ()


def _mapping(document: Mapping[str, Any], place: Path) -> Mapping[str, Any]:
    found: Any = document
    for step in place:
        found = found[step]
    assert isinstance(found, Mapping)
    return found
