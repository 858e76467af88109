"""Keys that the language does not have: misspelt ones, those of another mapping, and the words of other libraries."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.similar import did_you_mean, similar
from ...limits import MAX_NAME
from ..text.missing_space import key_without_space, missing_space_help
from ..text.tree import Path, Plain, Table, dotted, key_span, shortened
from .schema import METADATA, known_keys, places, properties
from .validator import is_valid
from .vocabulary.lines import line_help, option_help
from .vocabulary.meaning import meaning
from .vocabulary.own_keys import Meaning
from .wording import quoted

_NEGATIONS = ("no_", "no-", "without_", "disable_", "remove_")
_SEPARATORS = re.compile(r"[:/\[\]]")
_BLOCK_NAMES = "`layer3.1` is the second block of the third stage, and `layer3.*` is each of its blocks"
_NUMBERS = re.compile(r"(?i)(?:layer|stage)?s?[^a-z0-9*]*0*([1-9][0-9]*)(?:[^0-9*]*\*|[^0-9*]+0*([0-9]+))?[^a-z0-9*]*")
"""The numbers of a stage and of a block, however they are written."""


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
    helps = () if is_option else missing_space_help(key)
    notes: tuple[str, ...] = ()
    if not helps:
        meant = meaning(place, key, mapping[key], document) or _separated(key, mapping[key], is_option=is_option)
        free = [each for each in known if each not in mapping]
        helps = _line(meant, place, document, is_option=is_option)
        notes = _notes(meant, key, has_line=bool(helps))
        if not helps and not is_option and meant and (meant.is_harmless or mapping[key] is None):
            helps = ("remove the key",)
        if not helps and not notes and not key.casefold().startswith(_NEGATIONS):
            helps = did_you_mean(key, free, "key")
        notes = notes or (() if helps else _places_note(key, place) or (keys_note(place, known),))
    return Diagnostic(
        code="RD203",
        message=f"unknown key `{shortened(key)}`",
        labels=(Label(span, f"not a key of `{dotted(place)}`" if place else "not a top-level key"),),
        notes=notes,
        helps=helps,
    )


def not_a_block(tree: Table, place: Path, key: str) -> Diagnostic:
    """The diagnostic for a key of `blocks` that is no name of a block."""
    span = key_span(tree, (*place, key))
    assert span is not None
    numbers = _NUMBERS.fullmatch(key[:MAX_NAME])
    meant = f"layer{numbers[1]}.{numbers[2] or '*'}" if numbers else ""
    return Diagnostic(
        code="RD307",
        message=f"`{shortened(key)}` is not the name of a block",
        labels=(Label(span, "not `layer`, the number of a stage, a dot, and the number of a block or `*`"),),
        notes=(f"`{key}` is a key of `block`" if key in properties(("block",)) else _BLOCK_NAMES,),
        helps=(f"write `{meant}`",) if numbers and is_valid((*place, meant), {}) else (),
    )


def _separated(key: str, value: Plain, *, is_option: bool) -> Meaning | None:
    """What a key with its section means in a notation other than with a dot, such as `head/classes`."""
    path = tuple(filter(None, _SEPARATORS.split(key)))
    if not is_option or len(path) != 2 or path not in places(path[1]):
        return None
    if isinstance(value, str) and "=" in value:  # `head.classes==10`
        value = value.strip("= ")
    return Meaning({path[0]: {path[1]: value}}) if is_valid(path, value) else None


def intended_paths(place: Path, key: str, known: Iterable[str], document: Mapping[str, Any]) -> list[Path]:
    """The paths of the known keys that were probably meant by another one; of that one itself if there is none."""
    if (written := key_without_space(key)) is not None:
        return [(*place, written)]
    meant = meaning(place, key, _mapping(document, place)[key], document)
    if meant is not None and meant.fragment is not None:
        along = {section: {**part} for section, part in meant.along.items()}
        return [path for fragment in (meant.fragment, along) for path in _paths(fragment)]
    if meant is not None and meant.key is not None and meant.key != ("extends",):
        return [meant.key]
    return [(*place, similar(key, known) or key)]


def _paths(fragment: Mapping[str, Any]) -> Iterator[Path]:
    """The keys in the sections of a fragment, and those in mappings inside them."""
    for section, part in fragment.items():
        if not isinstance(part, Mapping):
            yield (section,)
            continue
        for key, value in part.items():
            yield (section, key)
            if isinstance(value, Mapping):
                yield from ((section, key, inner) for inner in value)


def changes_network(place: Path, key: str, value: Plain, document: Mapping[str, Any]) -> bool:
    """Whether an unknown key may have been meant to change the network."""
    meant = meaning(place, key, value, document)
    if meant is not None:
        return not meant.is_harmless and not (meant.path and meant.path[0] in METADATA)
    return key_without_space(key) is not None or similar(key, known_keys()) is not None


def keys_note(place: Path, known: Iterable[str]) -> str:
    """The keys of a mapping."""
    keys = [*known]
    owner = f" of `{dotted(place)}`" if place else ""
    if len(keys) == 1:
        return f"the only key{owner} is `{keys[0]}`"
    return f"the {'' if place else 'top-level '}keys{owner} are {quoted(keys)}"


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
    name: tuple[str, ...] = ()
    if not has_line and meant.key is not None:
        is_same = meant.key == (key,)
        name = (f"`{key}` is a top-level key" if is_same else f"`{shortened(key)}` is `{dotted(meant.key)}` here",)
    return (*name, *(() if meant.note is None else (meant.note.text,)))


def _places_note(key: str, place: Path) -> tuple[str, ...]:
    """A note if the key belongs to other mappings."""
    owners = [dotted(path) for path in places(key) if path[:-1] != place]
    if owners == [key]:
        return (f"`{key}` is a top-level key",)
    return (f"did you mean {quoted(owners, 'or')}?",) if owners else ()


def _mapping(document: Mapping[str, Any], place: Path) -> Mapping[str, Any]:
    found: Any = document
    for step in place:
        found = found[step]
    assert isinstance(found, Mapping)
    return found
