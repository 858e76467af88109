"""Names of entries and the places that they belong to, one way of naming at a time."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from .places import LAST_STEM_NORM, PLACES, STEM_CONVOLUTION, STEM_NORM, Layer, Place, PlacedEntry
from .template import Template

Leaves = Mapping[Layer, Mapping[str, str]]
"""PyTorch's name of an entry of a layer, such as `running_mean` -> the library's."""


@dataclass(frozen=True)
class Naming:
    """A name for each place: one of the ways of naming that a library has."""

    templates: Mapping[str, Sequence[Template]]
    """Kind of place -> path of its layer; where there are several, the first that can say a place is its name."""
    leaves: Leaves
    entry: str
    """How a layer's path and the name of an entry make up a name: `{layer}.{leaf}`."""
    affine: bool
    """Whether a norm without statistics is a scale and a bias, rather than one that computes its statistics."""

    def name(self, entry: PlacedEntry, stem_count: int) -> str | None:
        """The name of an entry, in a network with so many stem convolutions; None if it has none."""
        place = entry.place
        kind, numbers = place.kind, place.numbers
        if kind == STEM_NORM and numbers == (stem_count - 1,) and LAST_STEM_NORM in self.templates:
            kind, numbers = LAST_STEM_NORM, ()
        leaf = self.leaves[place.layer].get(entry.leaf)
        if leaf is None or kind not in self.templates:
            return None
        variables = dict(zip(PLACES[kind], numbers, strict=True))
        layers = filter(None, (template.write(variables) for template in self.templates[kind]))
        return next((self.joined(layer, leaf) for layer in layers), None)

    def joined(self, layer: str, leaf: str) -> str:
        """The name of an entry of a layer."""
        return self.entry.replace("{layer}", layer).replace("{leaf}", leaf)

    def entries(self, names: Iterable[str]) -> dict[str, PlacedEntry]:
        """The names that this way of naming would have given, and what they name; no two name the same.

        What can be read in several ways is what belongs to a convolution that is there.
        """
        read = {name: entries for name in names if (entries := [*self._readings(name)])}
        count = stem_count(chain.from_iterable(read.values()))
        there = {None, *(entry.place for entries in read.values() for entry in entries if entry.leaf == "weight")}
        found: dict[str, PlacedEntry] = {}
        for name, entries in read.items():
            for entry in entries:
                meant = entry.in_stem_of(count)
                if self.name(meant, count) == name and meant.place.convolution in there:
                    found.setdefault(name, meant)
        return found

    def _readings(self, name: str) -> Iterator[PlacedEntry]:
        """What a name may mean."""
        if self._any.match(name) is None:
            return
        for reading in self._all:
            if (match := reading.pattern.fullmatch(name)) is not None:
                _, *fields, leaf = match.groups()
                numbers = reading.template.read(fields, PLACES[reading.kind])
                if numbers is not None:
                    place = Place(reading.kind, numbers)
                    yield PlacedEntry(place, self._standard[place.layer][leaf])

    @cached_property
    def _standard(self) -> Leaves:
        return {layer: {theirs: ours for ours, theirs in leaves.items()} for layer, leaves in self.leaves.items()}

    @cached_property
    def _all(self) -> tuple["_Reading", ...]:
        pairs = ((kind, template) for kind, templates in self.templates.items() for template in templates)
        return tuple(_Reading(kind, template, self._pattern(kind, template)) for kind, template in pairs)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        """What all names begin with, and most others do not."""
        before = re.escape(self.entry.partition("{layer}")[0])
        layers = "|".join(reading.template.pattern for reading in self._all)
        return re.compile(f"{before}(?:{layers})", re.ASCII)

    def _pattern(self, kind: str, template: Template) -> re.Pattern[str]:
        """The path of the layer in a group, which may occur again, a group for each field, and one for the leaf."""
        leaves = "|".join(map(re.escape, self.leaves[Place(kind, ()).layer].values()))
        first, *others = re.escape(self.entry).split(re.escape("{layer}"))
        again = r"\1".join(others)
        return re.compile(f"{first}({template.pattern}){again}".replace(re.escape("{leaf}"), f"({leaves})"), re.ASCII)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A way to read names: those of a kind of place."""

    kind: str
    template: Template
    pattern: re.Pattern[str]


def stem_count(entries: Iterable[PlacedEntry]) -> int:
    """The number of stem convolutions."""
    return max((each.place.numbers[0] + 1 for each in entries if each.place.kind == STEM_CONVOLUTION), default=0)
