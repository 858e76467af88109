"""What an unknown key means in this language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ...text.tree import Path, Plain
from ..schema import METADATA, places, properties, sections
from ..validator import is_valid
from ..wording import quoted
from .conversions import CONVERSIONS
from .table import LONGEST, KeyWord, Note, folded, folded_value, vocabulary
from .values import fitted, line_for, note_on

_NESTING, _ITEMS = 4, 50
"""How deep and how long a value may be to be understood; whoever writes more means something else."""

_ALL = "all_of"
"""The conversion of a mapping around a whole spec."""
_SWITCH = re.compile(r"(?i)((no|without|remove|disable)|use|with|has|is|enable)[_-](.+)")

_GENERIC = frozenset(
    ("type", "size", "pool", "kernel", "channels", "stride", "groups", "when", "ratio", "depth", "output", "params")
)
"""Names that mean something else in every mapping."""

Fragment: TypeAlias = Mapping[str, Any]
"""Part of a spec, from the top level down."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known about a word: what to write, else the key whose values it must have, and a note."""

    fragment: Fragment | None = None
    """One section, or one key of the top level."""
    along: Fragment = field(default_factory=dict)
    """What this needs beside it, unless it is written already."""
    key: tuple[str, ...] | None = None
    note: Note | None = None

    @property
    def path(self) -> tuple[str, ...] | None:
        """The key that was meant."""
        if self.fragment is None:
            return self.key
        section, inner = next(iter(self.fragment.items()))
        return (section, next(iter(inner))) if isinstance(inner, Mapping) and inner else (section,)

    @property
    def is_harmless(self) -> bool:
        """Whether the network is the same without the word."""
        return self.fragment is None and self.note is not None and not self.note.changes_network


def meaning(place: Path, word: str, value: Plain, document: Mapping[str, Any]) -> Meaning | None:
    """What an unknown key with this value means, or None if the word is unknown.

    Args:
        place: the mapping that the key is in.
        word: the key.
        value: its value.
        document: the whole spec, as plain data.
    """
    found = _meaning(place, word, value, document)
    if found is not None and found.fragment is not None:
        return found
    switched = _switched(place, word, value, document)
    return found if switched is None or switched.fragment is None else switched


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
        _in_same_mapping(place, word, value),
        _in_table(folded(word), value, document),
        _in_another_mapping(place, word, value),
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
        return _nested(tuple(section), {**word.along, key: meant})
    return _nested(word.key, meant)


def translated(path: Path, value: Plain, document: Mapping[str, Any]) -> Plain:
    """The value that was meant at a path; of a mapping such as `{type: BN, requires_grad: true}`, every key."""
    if value is None:
        return None
    match value:
        case [str() as type_, dict() as settings]:  # a name and its arguments, as MONAI writes them
            value = {"type": type_, **settings}
    steps = tuple(step for step in path if isinstance(step, str))
    if isinstance(value, dict) and len(path) == 1 and steps[0] in sections():
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
        for section, part in found.fragment.items():
            both = isinstance(whole.get(section), Mapping) and isinstance(part, Mapping)
            whole[section] = {**whole[section], **part} if both else part
    return (whole, unknown) if whole else None


def _is_harmless(path: tuple[str, ...], key: str, value: Plain) -> bool:
    """Whether this is a setting of a layer that a spec says nothing of, such as `inplace`."""
    found = meaning(path, key, value, {})
    return found is not None and found.is_harmless


def _inner(value: Plain) -> Plain:
    """The type that a mapping such as `{type: FrozenBN}` names."""
    return value.get("type", value) if isinstance(value, dict) else value


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
        if found is None or found.fragment is None or [*found.fragment] != [*path]:
            return None
        section = found.fragment[path[0]]
        result |= section if isinstance(section, Mapping) else {"type": section}
    if [*result] == ["type"] and (short := fitted(path, result["type"])) is not None:
        return short
    return fitted(path, result) if result else None


def _in_same_mapping(place: Path, word: str, value: Plain) -> Meaning | None:
    """The key of this mapping in another spelling."""
    here = tuple(step for step in place if isinstance(step, str))
    for path in places(word):
        if path[:-1] == here and (found := fitted(path, value)) is not None:
            return Meaning(_nested(path, found))
    return None


def _in_another_mapping(place: Path, word: str, value: Plain) -> Meaning | None:
    """The key of another mapping, if there is one and only one with this name whose values include this one."""
    here = tuple(step for step in place if isinstance(step, str))
    if here and word in _GENERIC:
        return None
    paths = [path for path in places(word.replace(".", "")) if path[:-1] != here and path[0] not in METADATA]
    meant = [(path, found) for path in paths if (found := fitted(path, value)) is not None]
    if len(meant) > 1:  # the word alone is the key of the top level
        meant = [(path, found) for path, found in meant if len(path) == 1]
    if len(meant) == 1:
        path, found = meant[0]
        if here and len(path) == 1 and path[0] in sections() and not isinstance(value, str | dict):
            return None
        return Meaning(_nested(path, found))
    return Meaning(key=paths[0]) if len(paths) == 1 else None


def _nested(path: Path, value: Plain) -> Fragment:
    for step in reversed(path):
        value = {str(step): value}
    assert isinstance(value, dict)
    return value
