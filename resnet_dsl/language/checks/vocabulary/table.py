"""The table of words, `words.yaml`, as data."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from ....diagnostics.source import Source
from ...text.reader import read
from ...text.tree import Path, Plain, to_plain

T = TypeVar("T")

_FILE = "words.yaml"
_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*\.(?=[A-Za-z_])")
"""A module before a name, as in `nn.ReLU`."""
LONGEST = 100
"""Characters of a word."""
_ARGUMENTS = re.compile(r"\(.*\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class KeyWord:
    """Another library's name for a key."""

    key: tuple[str, ...]
    """Empty if the conversion gives a whole fragment of a spec."""
    conversion: str | None
    """The function in `conversions.py` that turns its value into one of this language; None if they are the same."""
    along: Mapping[str, Any]
    """Other keys of its section that it needs, unless they are there already."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a word says if it has one of these values."""

    values: frozenset[str]
    """Folded."""
    fragment: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Note:
    """What to know about a word or value that has no counterpart."""

    text: str
    changes_network: bool = True


@dataclass(frozen=True, slots=True)
class ValueWord:
    """Another library's name for a value."""

    value: Plain = None
    """The value of this language, if there is one."""
    line: Mapping[str, Any] | None = None
    """What to write instead of the key and its value, if not the value alone says it."""
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words, folded.

    A word that means something only in a certain mapping has that mapping's name before a dot, and nothing before the
    dot if it does so only at the top level.
    """

    keys: Mapping[str, tuple[KeyWord, ...]]
    """A word with several meanings has the first one that its value fits."""
    lines: Mapping[str, tuple[Line, ...]]
    notes: Mapping[str, Note]
    values: Mapping[str, Mapping[str, ValueWord]]
    """Dotted key -> folded value -> what it means."""
    single_blocks: Mapping[str, str]
    """A word in the mapping of a single block -> the key there."""
    kinds: Mapping[str, str]
    """A word for a kind of block, 3x3 convolution or attention, in mappings of other libraries."""
    expansions: Mapping[str, int]
    """Kind of block -> its output channels per channel of its width."""

    @property
    def along(self) -> Mapping[Path, Mapping[str, Any]]:
        """Key -> the other keys of its section that it needs."""
        senses = (sense for each in self.keys.values() for sense in each)
        return {sense.key: sense.along for sense in senses if sense.along}


def folded(word: str) -> str:
    """A word without case, separators and everything else that writers vary."""
    return "".join(character for character in word.casefold().replace("×", "x") if character.isalnum())


def folded_value(value: Plain) -> str:
    """A value as a word: `nn.ReLU(inplace=True)` is `relu`; every list is the same word, and so is every mapping."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case float():
            return f"{value:g}"
        case str():
            word = _ARGUMENTS.sub("", value[:LONGEST].strip())
            return folded(_PREFIX.sub("", word)) or word
        case list():
            return "[]"
        case _:
            return "{}"


def place_of(word: str) -> str:
    """The folded form of a word with or without the name of a mapping before it."""
    mapping, dot, name = word.rpartition(".")
    return folded(mapping) + dot + folded(name)


@cache
def vocabulary() -> Vocabulary:
    """The table."""
    text = files(__package__).joinpath(_FILE).read_text("utf-8")
    data: Any = to_plain(read(Source(_FILE, text)))
    return Vocabulary(
        keys=_by_word(data["keys"], _key_word),
        lines=_by_word(data["lines"], _line),
        notes={word: senses[0] for word, senses in _by_word(data["notes"], _note).items()},
        values=_values(data["values"]),
        single_blocks={folded(word): key for key, words in data["single_blocks"].items() for word in words},
        kinds={folded(word): kind for word, kind in data["kinds"].items()},
        expansions=data["expansions"],
    )


def _by_word(entries: Iterable[Mapping[str, Any]], sense: Callable[[Any], T]) -> dict[str, tuple[T, ...]]:
    """Each word, folded, with what the entries say of it."""
    found: dict[str, tuple[T, ...]] = {}
    for entry in entries:
        for word in dict.fromkeys(map(place_of, entry["words"])):
            found[word] = (*found.get(word, ()), sense(entry))
    return found


def _key_word(entry: Mapping[str, Any]) -> KeyWord:
    key = tuple(entry["key"].split(".")) if "key" in entry else ()
    return KeyWord(key, entry.get("as"), entry.get("with", {}))


def _line(entry: Mapping[str, Any]) -> Line:
    return Line(frozenset(map(folded_value, _listed(entry["value"]))), entry["write"])


def _note(entry: Mapping[str, Any]) -> Note:
    return Note(entry["note"], entry.get("network") != "same")


def _values(entries: Iterable[Mapping[str, Any]]) -> Mapping[str, Mapping[str, ValueWord]]:
    values: dict[str, dict[str, ValueWord]] = {}
    for entry in entries:
        note = _note(entry) if "note" in entry else None
        meant = ValueWord(entry.get("is"), entry.get("line"), note)
        for key in _listed(entry["of"]):
            values.setdefault(key, {}).update(dict.fromkeys(map(folded_value, entry["words"]), meant))
    return values


def _listed(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list) else [value]
