"""The names that one library gives to the entries of a checkpoint, read and written."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from ...graph.shapes import Shape
from ...lowering.names import CLASSIFIER
from ..comparison import State
from .change import Change, Layout
from .conditions import holds
from .naming import Naming, Surroundings
from .places import FIRST, Layer, PlacedEntry

GENERAL_CLASSIFIERS = (
    "fc",
    "linear",
    "last_linear",
    "classifier",
    "classifier.1",
    "fc.1",
    "fc.0",
    "head",
    "head.1",
    "head.fc",
)
"""The paths that people give to classifiers, most common first, whatever the library."""

T = TypeVar("T")

_COUNTER = "num_batches_tracked"
_SEPARATORS = (".", "/")


class Unsayable(Exception):
    """A library has no name for an entry."""

    def __init__(self, entry: str, reason: str) -> None:
        super().__init__(entry, reason)
        self.entry = entry
        """Its standard name."""
        self.reason = reason
        """A clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one library names and stores the entries of a checkpoint."""

    name: str
    """A word, for the command line."""
    library: str
    """Its name, for people."""
    trunk: str
    """What its whole models put before the names of the trunk; empty if nothing."""
    aliases: tuple[str, ...]
    """Other words for it on the command line."""
    implies: Mapping[str, Any]
    """Dotted key of a spec -> the value that its networks have whatever shapes say."""
    implies_of: Mapping[str, Mapping[str, Any]]
    """A condition -> the same for the networks of which it holds."""
    sign: str
    """A name that is in all of its networks, beside the trunk; empty if there is none."""
    biased: bool
    """Whether its convolutions have biases beside their norms."""
    layouts: Mapping[Layer, Layout]
    """How it stores weights, for the kinds of layer for which that differs."""
    namings: tuple[Naming, ...] = field(repr=False)
    """The ways of naming that it has, preferred ones first."""
    standard: tuple[Naming, ...] = field(repr=False)
    """Those of the standard names."""

    def prefixes(self, names: Iterable[str], anchors: tuple[PlacedEntry, ...] = (FIRST,)) -> set[str]:
        """Every prefix under which one of these entries stands, by default the first block's first convolution."""
        suffixes = _names_of(self.namings, anchors)
        found = (name for name in names if name.endswith(suffixes))
        prefixes = {name.removesuffix(next(filter(name.endswith, suffixes))) for name in found}
        return {prefix for prefix in prefixes if not prefix or prefix.endswith(_SEPARATORS)}

    def read(self, names: Iterable[str]) -> dict[str, str]:
        """The standard names of a network's entries, its classifier's included.

        Args:
            names: all names below a prefix, without it.

        Returns:
            A mapping from those of these names that are the network's; no two have the same standard name.
        """
        kept = dict.fromkeys(names)
        _, entries = _most_read(self.namings, kept)
        _, standard = _most_named(self.standard, entries)
        return standard | self.read_classifier(kept)

    def affine_norms(self, names: Collection[str]) -> set[str]:
        """The standard paths of norms that are a scale and a bias alone: batch norms of mean 0 and variance 1 - eps."""
        naming, entries = _most_read(self.namings, names)
        standard = _most_named(self.standard, entries)[1] if naming.affine else {}
        norms = {standard[name].rpartition(".")[0]: entry for name, entry in entries.items() if name in standard}
        given = {*standard.values()}
        return {
            path for path, each in norms.items() if each.place.layer == "norm" and f"{path}.running_mean" not in given
        }

    def read_classifier(self, names: Collection[str]) -> dict[str, str]:
        """The standard names of the classifier's entries: below its own paths, or else those that any may have.

        Args:
            names: names from the root of a model, which a `trunk` may lie below.
        """
        own = (path for naming in self.namings for path in naming.classifiers)
        for path in dict.fromkeys((*own, *GENERAL_CLASSIFIERS)):
            for naming in self.namings:
                leaves = naming.leaves["linear"]
                if naming.joined(path, leaves["weight"]) in names and _stands_alone(path, names):
                    read = {naming.joined(path, theirs): f"{CLASSIFIER}.{ours}" for ours, theirs in leaves.items()}
                    return {name: standard for name, standard in read.items() if name in names}
        return {}

    def has_own_classifier(self, names: Collection[str]) -> bool:
        """Whether the classifier has the path that this library gives it first."""
        return any(
            naming.joined(path, naming.leaves["linear"]["weight"]) in names
            for naming in self.namings
            for path in naming.classifiers[:1]
        )

    def write(self, state: State) -> dict[str, str]:
        """The library's names for the entries of a whole network, but for counters of batches if it has none.

        Args:
            state: the entries by their standard names.

        Raises:
            Unsayable: it has no name for one of them.
        """
        _, entries = _most_read(self.standard, state)
        naming, named = _most_named(self.namings, entries)
        _, meant = _most_read(self.namings, named.values())
        if self.biased:
            self._check_biases(state, entries)
        if self.sign not in ("", *named.values()):
            raise Unsayable(next(iter(state), ""), f"every network of {self.library} has `{self.sign}` as well")
        found: dict[str, str] = {}
        for name in state:
            if name in named and meant.get(named[name]) != entries[name]:
                raise Unsayable(name, f"in {self.library} its name is that of another layer")
            if name in named:
                found[name] = f"{self.trunk}{named[name]}"
            elif name.startswith(f"{CLASSIFIER}."):
                found[name] = self._classifier(naming, name)
            elif not name.endswith(f".{_COUNTER}"):
                raise Unsayable(name, f"{self.library} has no such layer")
        return found

    def other_readings(self, state: State) -> Iterator[dict[str, str]]:
        """What its names for the entries of a network can mean as well: those of two layers may be the same.

        Args:
            state: the entries by the standard names that they were read as.

        Returns:
            Mappings from these to other standard names, if the library has names for all of them.
        """
        _, entries = _most_read(self.standard, state)
        _, named = _most_named(self.namings, entries)
        ours = {theirs: name for name, theirs in named.items()}
        for naming in self.namings:
            meant = naming.entries(ours)
            if len(meant) == len(entries) and meant != {theirs: entries[name] for theirs, name in ours.items()}:
                _, standard = _most_named(self.standard, meant)
                yield {ours[theirs]: name for theirs, name in standard.items()}

    def _classifier(self, naming: Naming, name: str) -> str:
        leaf = naming.leaves["linear"].get(name.removeprefix(f"{CLASSIFIER}."))
        if leaf is None or not naming.classifiers:
            raise Unsayable(name, f"{self.library} has no classifier")
        return naming.joined(naming.classifiers[0], leaf)

    def _check_biases(self, state: State, entries: Mapping[str, PlacedEntry]) -> None:
        for name, entry in entries.items():
            bias = f"{name.removesuffix('weight')}bias"
            if entry.leaf == "weight" and entry.place.layer == "convolution" and bias not in state:
                raise Unsayable(bias, f"every convolution of {self.library} has a bias")

    def from_theirs(self, name: str, shape: Shape) -> Change:
        """How the library's tensor of this shape becomes the entry with this standard name."""
        layout = self._layout(name)
        return Change.none(shape) if layout is None else layout.from_theirs(shape)

    def to_theirs(self, name: str, shape: Shape) -> Change:
        """How the entry with this standard name and shape becomes the library's tensor: the inverse."""
        layout = self._layout(name)
        return Change.none(shape) if layout is None else layout.to_theirs(shape)

    def _layout(self, name: str) -> Layout | None:
        """How the library stores an entry, if it may differ; what has another number of axes is stored as it is."""
        path, _, leaf = name.rpartition(".")
        return self.layouts.get("linear" if path == CLASSIFIER else "convolution") if leaf == "weight" else None

    def implied(self, state: State) -> Mapping[str, Any]:
        """Dotted key of a spec -> the value that its network with these entries has whatever shapes say."""
        implied = dict(self.implies)
        for condition, values in self.implies_of.items():
            implied |= values if holds(condition, state) else {}
        return implied


@cache
def _names_of(namings: tuple[Naming, ...], anchors: tuple[PlacedEntry, ...]) -> tuple[str, ...]:
    """All names of these entries, whatever else is in the network, longest first."""
    placed = {str(index): anchor for index, anchor in enumerate(anchors)}
    blocks = frozenset(anchor.place.numbers[:2] for anchor in anchors)
    either = (Surroundings(0, bottlenecks) for bottlenecks in (blocks, frozenset[tuple[int, ...]]()))
    named = (naming.names(placed, each) for each in either for naming in namings)
    return tuple(sorted({name for names in named for name in names.values()}, key=len, reverse=True))


def _most_read(namings: Sequence[Naming], names: Collection[str]) -> tuple[Naming, dict[str, PlacedEntry]]:
    """The first of the ways of naming that reads most of these names, and what it reads."""
    reads = ((naming, naming.entries(names)) for naming in namings)
    return _longest(reads, lambda read: len(read[1]), len(names))


def _most_named(namings: Sequence[Naming], entries: Mapping[str, PlacedEntry]) -> tuple[Naming, dict[str, str]]:
    """The first of the ways of naming that names most of the entries, and their names; others are absent."""
    surroundings = Surroundings.of(entry.place for entry in entries.values())
    named = ((naming, naming.names(entries, surroundings)) for naming in namings)
    return _longest(named, lambda each: len(each[1]), len(entries))


def _longest(values: Iterable[T], length: Callable[[T], int], most: int) -> T:
    """The first of the longest values; those after one that has all there can be are not computed."""
    rest = iter(values)
    longest = next(rest)
    while length(longest) < most and (value := next(rest, None)) is not None:
        longest = max(longest, value, key=length)
    return longest


def _stands_alone(path: str, names: Iterable[str]) -> bool:
    """Whether nothing but the path itself is in the sequence that it is a part of: `fc.1`, but not that of `fc.3`."""
    parent, _, last = path.rpartition(".")
    inside = (name for name in names if last.isdigit() and name.startswith(f"{parent}."))
    return all(name.startswith(path) and not name[len(path) :][:1].isdigit() for name in inside)
