"""What an unknown key means in this language."""

import re
from collections.abc import Mapping
from typing import Any

from ...text.tree import Path, Plain
from ..schema import properties, sections
from ..validator import is_valid
from ..wording import quoted
from .conversions import CONVERSIONS
from .own_keys import Fragment, Meaning, in_another_mapping, in_same_mapping, nested, of_single_block
from .table import LONGEST, KeyWord, Note, folded, folded_value, vocabulary
from .values import fitted, line_for, note_on

_NESTING, _ITEMS = 4, 50
"""How deep and how long a value may be to be understood; whoever writes more means something else."""

_ALL = "all_of"
"""The conversion of a mapping around a whole spec."""
_SWITCH = re.compile(r"(?i)((no|without|remove|disable)|use|with|has|is|enable)[_-](.+)")

_INNER_MAPPINGS: tuple[Path, ...] = (("block", "conv3x3"), ("stem", "pool"), ("head", "pool"), ("stages", "regnet"))


def meaning(place: Path, word: str, value: Plain, document: Mapping[str, Any]) -> Meaning | None:
    """What an unknown key with this value means, or None if the word is unknown.

    Args:
        place: the mapping that the key is in.
        word: the key.
        value: its value.
        document: the whole spec, as plain data.
    """
    if len(place) == 2 and place[0] == "blocks":
        return of_single_block(place, word, value)
    if place[:1] == ("blocks",):
        return _of_attention_of_block(place, word, value)
    found = _meaning(place, word, value, document)
    if found is not None and found.fragment is not None:
        return found
    switched = _switched(place, word, value, document)
    return found if switched is None or switched.fragment is None else switched


def _of_attention_of_block(place: Path, word: str, value: Plain) -> Meaning | None:
    """What a word means in the attention of a single block, which has the keys of `attention`."""
    found = _meaning(place[2:], word, value, {})
    if found is None or found.fragment is None:
        return found
    inner = _at(found.fragment, ("attention",))
    return Meaning(nested(place, {**inner}), note=found.note) if isinstance(inner, Mapping) else None


def _meaning(place: Path, word: str, value: Plain, document: Mapping[str, Any]) -> Meaning | None:
    if len(word) > LONGEST:
        return None
    value = value if _is_small(value, _NESTING) else None
    mapping = next((folded(step) for step in reversed(place) if isinstance(step, str)), "")
    here = _in_table(f"{mapping}.{folded(word)}", value, document)
    if here is not None and here.key is None:
        return here
    known = [
        here,
        in_same_mapping(place, word, value),
        _in_table(folded(word), value, document),
        in_another_mapping(place, word, value),
    ]
    found = [each for each in known if each is not None]
    return next((each for each in found if each.fragment is not None), next(iter(found), None))


def _switched(place: Path, word: str, value: Plain, document: Mapping[str, Any]) -> Meaning | None:
    """What `use_x` or `no_x` means if it is true or false."""
    match = _SWITCH.fullmatch(word)
    if match is None or not isinstance(value, bool):
        return None
    return _meaning(place, match[3], value is (match[2] is None), document)


def _is_small(value: Plain, nesting: int) -> bool:
    match value:
        case list() | dict() if nesting == 0 or len(value) > _ITEMS:
            return False
        case list():
            return all(_is_small(item, nesting - 1) for item in value)
        case dict():
            return all(_is_small(item, nesting - 1) for item in value.values())
        case _:
            return True


def _in_table(name: str, value: Plain, document: Mapping[str, Any]) -> Meaning | None:
    words = vocabulary()
    for line in words.lines.get(name, ()):
        if folded_value(value) in line.values and is_valid((), line.fragment):
            return Meaning(line.fragment)
    senses = words.keys.get(name, ())
    for sense in senses:
        if sense.conversion == _ALL and (everything := _all_of(value, document)) is not None:
            whole, unknown = everything
            return Meaning(whole, note=Note(f"this leaves out {quoted(unknown)}") if unknown else None)
        if sense.conversion != _ALL and (fragment := _fragment(sense, value, document)) is not None:
            along = {sense.key[0]: sense.along} if sense.along and len(sense.key) == 2 else {}
            return Meaning(fragment, along, note=note_on(sense.key, _inner(value)))
    note = words.notes.get(name)
    key = next((sense.key for sense in reversed(senses) if sense.key), None)
    if key is not None and note is None:
        return Meaning(key=key, note=note_on(key, _inner(value)))
    return None if note is None else Meaning(note=note)


def _fragment(word: KeyWord, value: Plain, document: Mapping[str, Any]) -> Fragment | None:
    """The fragment for a word with this value, or None if the value has no counterpart."""
    written = value
    if word.conversion is not None:
        written = CONVERSIONS[word.conversion](value, document)
    if not word.key:
        return written if isinstance(written, dict) and is_valid((), written) else None
    if (line := line_for(word.key, written)) is not None:
        return {word.key[0]: line} if len(word.key) == 2 else line
    meant = translated(word.key, written, document)
    if meant is None:
        return None
    if len(word.key) > 2:
        *section, key = word.key
        return nested(tuple(section), {**word.along, key: meant})
    return nested(word.key, meant)


def translated(path: Path, value: Plain, document: Mapping[str, Any]) -> Plain:
    """The value that was meant at a path; of a mapping such as `{type: BN, requires_grad: true}`, every key."""
    if value is None:
        return None
    match value:
        case [str() as type_, dict() as settings]:  # a name and its arguments, as MONAI writes them
            value = {"type": type_, **settings}
    steps = tuple(step for step in path if isinstance(step, str))
    if isinstance(value, dict) and (path in _INNER_MAPPINGS or (len(path) == 1 and steps[0] in sections())):
        return _translated(steps, value, document)
    if isinstance(value, dict):
        value = {key: inner for key, inner in value.items() if not _is_harmless(steps, key, inner)}
    return fitted(path, value)


def _all_of(value: Plain, document: Mapping[str, Any]) -> tuple[Fragment, list[str]] | None:
    """What the keys of a mapping say that stands around a whole spec, such as `backbone`, and the unknown ones."""
    whole: dict[str, Any] = {}
    if not isinstance(value, dict):
        return None
    unknown: list[str] = []
    for key, inner in value.items():
        found = meaning((), key, inner, {**document, **value})
        if folded(key) == "name":
            parent = CONVERSIONS["bundled_name"](inner, document)
            own = {} if "name" in document or not is_valid(("name",), inner) else {"name": inner}
            found = Meaning(own if parent is None else {"extends": parent})
        elif key in properties(()) and (meant := fitted((key,), inner)) is not None:
            found = Meaning({key: meant})
        if found is None or found.fragment is None:
            unknown += [] if found is not None and found.is_harmless else [key]
            continue
        whole = _merged(whole, _merged(found.along, found.fragment))
    return (whole, unknown) if whole else None


def _merged(whole: Any, part: Any) -> Any:
    """Two fragments as one; the second wins."""
    if not isinstance(whole, Mapping) or not isinstance(part, Mapping):
        return part
    return {**whole, **{key: _merged(whole.get(key), value) for key, value in part.items()}}


def _is_harmless(path: tuple[str, ...], key: str, value: Plain) -> bool:
    """Whether this is a setting of a layer that a spec says nothing of, such as `inplace`."""
    found = meaning(path, key, value, {})
    return found is not None and found.is_harmless


def _inner(value: Plain) -> Plain:
    """The type that a mapping such as `{type: FrozenBN}` names."""
    return value.get("type") if isinstance(value, dict) else value


def _translated(path: tuple[str, ...], value: Mapping[str, Plain], document: Mapping[str, Any]) -> Plain:
    """A mapping such as `{type: GN, num_groups: 32}` as the section at `path`; None if part of it is unclear."""
    result: dict[str, Plain] = {}
    for key, inner in value.items():
        if key in properties(path):
            if (meant := fitted((*path, key), inner)) is None:
                return None
            result[key] = meant
            continue
        found = meaning(path, key, inner, document)
        if found is not None and found.is_harmless:
            continue
        section = None if found is None or found.fragment is None else _at(found.fragment, path)
        if section is None:
            return None
        result |= section if isinstance(section, Mapping) else {"type": section}
    if [*result] == ["type"] and (short := fitted(path, result["type"])) is not None:
        return short
    return fitted(path, result) if result else None


def _at(fragment: Fragment, path: tuple[str, ...]) -> Any:
    """What a fragment says at a path, if it says nothing else."""
    for step in path:
        if not isinstance(fragment, Mapping) or [*fragment] != [step]:
            return None
        fragment = fragment[step]
    return fragment
