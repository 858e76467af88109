"""Keys of this language that stand in another mapping, or are spelt in another way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ...text.tree import Path, Plain
from ..schema import METADATA, places, sections
from .table import LONGEST, Note, folded, vocabulary
from .values import fitted

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


def of_single_block(place: Path, word: str, value: Plain) -> Meaning | None:
    """What a word means in the mapping of a single block."""
    key = vocabulary().single_blocks.get(folded(word[:LONGEST]))
    path = (*place, key or word)
    meant = None if key is None else fitted(path, value)
    return None if meant is None else Meaning(nested(path, meant))


def in_same_mapping(place: Path, word: str, value: Plain) -> Meaning | None:
    """The key of this mapping in another spelling."""
    here = tuple(step for step in place if isinstance(step, str))
    for path in places(word):
        if path[:-1] == here and (found := fitted(path, value)) is not None:
            return Meaning(nested(path, found))
    return None


def in_another_mapping(place: Path, word: str, value: Plain) -> Meaning | None:
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
        return Meaning(nested(path, found))
    return Meaning(key=paths[0]) if len(paths) == 1 else None


def nested(path: Path, value: Plain) -> Fragment:
    for step in reversed(path):
        value = {str(step): value}
    assert isinstance(value, dict)
    return value
