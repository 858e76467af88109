"""What the bundled specs say of themselves, each in its own file: names, figures and prose, found by words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..text.tree import to_plain
from .bundled import FAMILIES, bundled_specs, families
from .inheritance import read_file


@dataclass(frozen=True, slots=True)
class Entry:
    """One bundled spec. Its figures are the expectations that it states, and compiling it checks."""

    name: str
    family: str
    """The title of its family."""
    depth: int
    parameters: int
    macs: int
    description: str
    reference: str


def entries(words: Sequence[str] = ()) -> Iterator[Entry]:
    """The bundled specs that all words are found in, by family.

    A word is found in any part of a name, and at the beginnings of words of a description or reference; capitals,
    hyphens and underscores do not matter, nor does a space. None of these is inherited, so no other file is read.
    """
    patterns = [r"\s?".join(map(re.escape, _letters(word).split())) for word in words]
    for family, names in families().items():
        for name in names:
            entry = _entry(name, bundled_specs()[name], FAMILIES.get(family, family))
            prose = _letters(f"{entry.description} {entry.reference}")
            if all(re.search(each, _letters(name)) or re.search(rf"(?<!\w){each}", prose) for each in patterns):
                yield entry


@cache
def _entry(name: str, path: Path, family: str) -> Entry:
    """Its file is read once: those of an installed tool do not change."""
    match to_plain(read_file(path).tree):
        case {
            "description": str(description),
            "reference": str(reference),
            "expect": {"depth": int(depth), "params": int(parameters), "macs": int(macs)},
        }:
            return Entry(name, family, depth, parameters, macs, description, reference)
    raise ValueError(f"the bundled spec `{name}` states no description, reference or figures")


def _letters(text: str) -> str:
    """The text as it is compared: ResNeXt-50 (32×4d) is resnext50 (32x4d)."""
    return re.sub(r"[-_]", "", text.replace("×", "x").casefold())
