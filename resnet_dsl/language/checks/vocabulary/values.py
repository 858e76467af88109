"""A value of the language for what somebody wrote: as it is, in another library's word, or in another notation."""

from collections.abc import Iterator, Mapping
from typing import Any

from ....limits import MAX_STAGES
from ...text.tree import Path, Plain
from ..schema import enumerated, properties, sections
from ..validator import is_valid
from .notations import readings
from .table import Note, ValueWord, folded, folded_value, vocabulary

_MAIN: Mapping[str, str] = {
    "input": "size",
    "stem": "channels",
    "block": "type",
    "shortcut": "type",
    "norm": "type",
    "attention": "type",
    "stages": "depths",
    "head": "classes",
}
"""The keys that people mean when they write a value where a mapping belongs."""

_STEPS = 3
"""How many readings may follow one another, as in `{type: "2, 2"}`."""


def fitted(path: Path, value: Plain) -> Plain:
    """The value that was meant at a path of the spec, valid there; None if that is unclear."""
    return next(_candidates(path, value, _STEPS), None)


def note_on(path: Path, value: Plain) -> Note | None:
    """What to know about a word that is used as a value at a path, or in place of the mapping there."""
    meant = _word(path, value)
    if meant is None and len(path) == 1 and path[0] in _MAIN:
        meant = _word((path[0], _MAIN[str(path[0])]), value)
    return None if meant is None else meant.note


def line_for(path: Path, value: Plain) -> Mapping[str, Any] | None:
    """The keys and values that say what this word does at a path, where its key alone cannot."""
    meant = _word(path, value)
    return None if meant is None else meant.line


def _candidates(path: Path, value: Plain, steps: int) -> Iterator[Plain]:
    if value is None:
        return
    if is_valid(path, value) and value != "":
        yield value
        return
    meant = _word(path, value)
    if meant is not None:
        if meant.value is not None and is_valid(path, meant.value):
            yield meant.value
        if not isinstance(value, list | dict):
            return
    if steps:
        if is_section := len(path) == 1 and path[0] in sections():
            yield from _mappings(str(path[0]), value, steps - 1)
        is_alone = isinstance(value, int | float)  # says nothing of a list with one value per stage
        if isinstance(value, list) and 1 < len(value) <= MAX_STAGES:
            items = [next(_candidates((*path, 0), item, 0), None) for item in value]
            if None not in items and is_valid(path, items):
                yield items
        for reading in () if is_alone and (is_section or path == ("stages", "depths")) else readings(value):
            yield from _candidates(path, reading, steps - 1)


def _word(path: Path, value: Plain) -> ValueWord | None:
    """What the table has for a word at a path; a word of this language in another spelling means itself."""
    keys = ".".join(step for step in path if isinstance(step, str))
    word = folded_value(value)
    meant = vocabulary().values.get(keys, {}).get(word)
    if meant is None and isinstance(value, str):
        same = (each for each in enumerated(path) if folded(str(each)) == word and is_valid(path, each))
        return next(map(ValueWord, same), None)
    return meant


def _mappings(section: str, value: Plain, steps: int) -> Iterator[Plain]:
    """The section with the value at the key that was probably meant."""
    if isinstance(value, dict) or (section == "stages" and not isinstance(value, list | str)):
        return
    if section == "block" and isinstance(value, list) and len(value) == 1:
        return  # the reading as its item is better than a list of types for one stage
    main = _MAIN.get(section)
    if main is not None and (found := next(_candidates((section, main), value, steps), None)) is not None:
        yield {main: found, **({"kernel": 3} if section == "stem" and isinstance(found, list) else {})}
    if isinstance(value, str):
        others = {key: next(_candidates((section, key), value, 0), None) for key in properties((section,))}
        meant: dict[str, Plain] = {key: each for key, each in others.items() if key != main and each is not None}
        if len(meant) == 1:
            yield meant
