"""Names of entries and the places that they belong to, one way of naming at a time."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import ge

from .places import (
    BASIC,
    BLOCK_CONVOLUTION,
    LAST,
    PLACES,
    STEM_CONVOLUTION,
    STEM_NORM,
    Layer,
    Place,
    PlacedEntry,
    first_number,
)
from .template import Template

Leaves = Mapping[Layer, Mapping[str, str]]
"""PyTorch's name of an entry of a layer, such as `running_mean` -> the library's."""

_LONGEST = 200
"""Characters of a name that may be one of a network."""
_PLAIN: Mapping[str, str] = {special: kind for kind, special in {**LAST, **BASIC}.items()}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else is in a network that the name of a layer may depend on."""

    stem_count: int
    """The number of stem convolutions."""
    bottlenecks: frozenset[tuple[int, ...]]
    """Stage and block of those with three convolutions."""

    @classmethod
    def of(cls, places: Iterable[Place]) -> "Surroundings":
        """Those of the layers at these places."""
        there = {*places}
        counts = (place.numbers[0] + 1 for place in there if place.kind == STEM_CONVOLUTION)
        thirds = (place.numbers for place in there if place.kind == BLOCK_CONVOLUTION and place.numbers[2] == 3)
        return cls(max(counts, default=0), frozenset(numbers[:2] for numbers in thirds))

    def special(self, place: Place) -> str:
        """The kind that a place is, if there are other names for those like it."""
        if place.kind in LAST and place.numbers == (self.stem_count - 1,):
            return LAST[place.kind]
        return BASIC[place.kind] if place.kind in BASIC and place.numbers[:2] not in self.bottlenecks else place.kind


@dataclass(frozen=True, eq=False)
class Naming:
    """A name for each place: one of the ways of naming that a library has, equal to itself alone."""

    templates: Mapping[str, Sequence[Template]]
    """Kind of place -> path of its layer; where there are several, the first that can say a place is its name."""
    leaves: Leaves
    entry: str
    """How a layer's path and the name of an entry make up a name: `{layer}.{leaf}`."""
    affine: bool
    """Whether a norm without statistics is a scale and a bias, rather than one that computes its statistics."""
    deep_stem: bool
    """Whether these are names of a stem of several convolutions only."""
    classifiers: tuple[str, ...]
    """Paths of the classifier, from the root of the model; the first one is written. Empty if it has none."""

    def names(self, entries: Mapping[str, PlacedEntry], surroundings: Surroundings) -> dict[str, str]:
        """The names of entries of a network; what it has none for is absent.

        Args:
            entries: by any key, which the name is given by as well.
            surroundings: those in the network.
        """
        places = dict.fromkeys(entry.place for entry in entries.values())
        layers = {place: layer for place in places if (layer := self._layer(place, surroundings)) is not None}
        found: dict[str, str] = {}
        for key, entry in entries.items():
            leaf = self.leaves[entry.place.layer].get(entry.leaf)
            if leaf is not None and entry.place in layers:
                found[key] = self.joined(layers[entry.place], leaf)
        return found

    def joined(self, layer: str, leaf: str) -> str:
        """The name of an entry of a layer."""
        return self.entry.replace("{layer}", layer).replace("{leaf}", leaf)

    def entries(self, names: Iterable[str]) -> dict[str, PlacedEntry]:
        """The names that this way of naming would have given, and what they name; no two name the same."""
        parts = {name: match.groups() for name in names if (match := self._split(name)) is not None}
        places = self._places(dict.fromkeys(layer for layer, _ in parts.values()))
        found: dict[str, PlacedEntry] = {}
        for name, (layer, theirs) in parts.items():
            place = places.get(layer)
            if place is not None and (leaf := self._standard[place.layer].get(theirs)) is not None:
                found[name] = PlacedEntry(place, leaf)
        return found

    def _split(self, name: str) -> re.Match[str] | None:
        """The path of a layer and the name of its entry."""
        return self._parts.fullmatch(name) if len(name) <= _LONGEST else None

    def _layer(self, place: Place, surroundings: Surroundings) -> str | None:
        """The path of a layer."""
        if self.deep_stem and place.kind in (STEM_CONVOLUTION, STEM_NORM) and surroundings.stem_count == 1:
            return None
        special = surroundings.special(place)
        kind = special if special in self.templates else place.kind
        variables = dict(zip(PLACES[place.kind], place.numbers, strict=True))
        kept = {name: number for name, number in variables.items() if name in PLACES[kind]}
        paths = (template.write(kept) for template in self.templates.get(kind, ()))
        return next((path for path in paths if path is not None), None)

    def _places(self, layers: Iterable[str]) -> dict[str, Place]:
        """The layers that these paths name; a norm is only where its convolution is, which tells two meanings apart."""
        read = {layer: [*self._readings(layer)] for layer in layers}
        surroundings = Surroundings.of(place for places in read.values() for place in places)
        meant = {layer: [_meant(place, surroundings) for place in places] for layer, places in read.items()}
        there = {None, *(place for places in meant.values() for place in places)}
        found: dict[str, Place] = {}
        for layer, places in meant.items():
            sure = (each for each in places if each.convolution in there and self._layer(each, surroundings) == layer)
            if (place := next(sure, None)) is not None:
                found[layer] = place
        return found

    def _readings(self, layer: str) -> Iterator[Place]:
        """What a path may mean."""
        if self._any.fullmatch(layer) is None:
            return
        for kind, template, pattern in self._patterns:
            if (match := pattern.fullmatch(layer)) is not None:
                numbers = template.read(match.groups(), PLACES[kind])
                if numbers is not None and all(map(ge, numbers, map(first_number, PLACES[kind]))):
                    yield Place(kind, numbers)

    @cached_property
    def _standard(self) -> Leaves:
        return {layer: {theirs: ours for ours, theirs in leaves.items()} for layer, leaves in self.leaves.items()}

    @cached_property
    def _parts(self) -> re.Pattern[str]:
        leaves = "|".join({re.escape(leaf) for layer in self.leaves.values() for leaf in layer.values()})
        first, *others = re.escape(self.entry).split(re.escape("{layer}"))
        pattern = f"{first}(.+)" + r"\1".join(others)
        return re.compile(pattern.replace(re.escape("{leaf}"), f"({leaves})"))

    @cached_property
    def _patterns(self) -> tuple[tuple[str, Template, re.Pattern[str]], ...]:
        pairs = ((kind, template) for kind, templates in self.templates.items() for template in templates)
        return tuple((kind, template, re.compile(template.pattern, re.ASCII)) for kind, template in pairs)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile("|".join(template.pattern for _, template, _ in self._patterns), re.ASCII)


def _meant(place: Place, surroundings: Surroundings) -> Place:
    """The place that one stands for whose kind is special."""
    if place.kind not in _PLAIN:
        return place
    return Place(_PLAIN[place.kind], place.numbers or (surroundings.stem_count - 1,))
