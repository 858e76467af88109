"""The names that one library gives to the entries of a checkpoint, read and written."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ...graph.shapes import Shape
from ...limits import MAX_STAGES
from ...lowering.names import CLASSIFIER, CONVOLUTION, PROJECTION, block
from ..comparison import State
from .change import Change, Layout
from .naming import Naming, stem_count
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
    classifiers: tuple[str, ...]
    """Paths of its classifier, from the root of the model; the first one is written. Empty if it has none."""
    implies: Mapping[str, Any]
    """Dotted key of a spec -> the value that its networks have whatever shapes say."""
    implies_of_bottlenecks: Mapping[str, Any]
    """The same for networks of bottlenecks without groups."""
    beyond: str
    """What its networks have that no spec can say, a noun phrase; empty if nothing."""
    beyond_of_padding: str
    """The same of those in which a block without a projection changes the number of channels."""
    beyond_of_group_norms: str
    """The same of those with a plain stem, and norms without running statistics."""
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

    def prefixes(self, names: Iterable[str], anchors: Sequence[PlacedEntry] = (FIRST,)) -> set[str]:
        """Every prefix under which one of these entries stands, by default the first block's first convolution."""
        placed = {str(index): anchor for index, anchor in enumerate(anchors)}
        firsts = {name for naming in self.namings for name in naming.names(placed, 1).values()}
        suffixes = tuple(sorted(firsts, key=len, reverse=True))
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
        return _most_named(self.standard, entries) | self.read_classifier(kept)

    def affine_norms(self, names: Collection[str]) -> set[str]:
        """The standard paths of norms that are a scale and a bias alone: batch norms of mean 0 and variance 1 - eps."""
        naming, entries = _most_read(self.namings, names)
        standard = _most_named(self.standard, entries) if naming.affine else {}
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
        for path in (*self.classifiers, *GENERAL_CLASSIFIERS):
            for naming in self.namings:
                leaves = naming.leaves["linear"]
                if naming.joined(path, leaves["weight"]) in names and _stands_alone(path, names):
                    read = {naming.joined(path, theirs): f"{CLASSIFIER}.{ours}" for ours, theirs in leaves.items()}
                    return {name: standard for name, standard in read.items() if name in names}
        return {}

    def has_own_classifier(self, names: Collection[str]) -> bool:
        """Whether the classifier has the path that this library gives it first."""
        leaves = self.namings[0].leaves["linear"]
        return any(self.namings[0].joined(path, leaves["weight"]) in names for path in self.classifiers[:1])

    def write(self, state: State) -> dict[str, str]:
        """The library's names for the entries of a whole network, but for counters of batches if it has none.

        Args:
            state: the entries by their standard names.

        Raises:
            Unsayable: it has no name for one of them.
        """
        _, entries = _most_read(self.standard, state)
        named = _most_named(self.namings, entries)
        _, meant = _most_read(self.namings, named.values())
        if self.biased:
            self._check_biases(state, entries)
        if self.sign:
            raise Unsayable(next(iter(state), ""), f"every network of {self.library} has `{self.sign}` as well")
        found: dict[str, str] = {}
        for name in state:
            if name in named and meant.get(named[name]) != entries[name]:
                raise Unsayable(name, f"in {self.library} its name is that of another layer")
            if name in named:
                found[name] = f"{self.trunk}{named[name]}"
            elif name.startswith(f"{CLASSIFIER}."):
                found[name] = self._classifier(name)
            elif not name.endswith(f".{_COUNTER}"):
                raise Unsayable(name, f"{self.library} has no such layer")
        return found

    def _classifier(self, name: str) -> str:
        leaf = self.namings[0].leaves["linear"].get(name.removeprefix(f"{CLASSIFIER}."))
        if leaf is None or not self.classifiers:
            raise Unsayable(name, f"{self.library} has no classifier")
        return self.namings[0].joined(self.classifiers[0], leaf)

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

    def beyond_of(self, state: State) -> str:
        """What its network with these entries has that no spec can say, a noun phrase; empty if nothing."""
        if self.beyond_of_padding and _pads(state):
            return self.beyond_of_padding
        return self.beyond or (self.beyond_of_group_norms if _has_plain_stem_and_group_norms(state) else "")

    def implied(self, state: State) -> Mapping[str, Any]:
        """Dotted key of a spec -> the value that its network with these entries has whatever shapes say."""
        return {**self.implies, **(self.implies_of_bottlenecks if _has_plain_bottlenecks(state) else {})}


def _pads(state: State) -> bool:
    """Whether a stage begins with a block that has no projection although it changes the number of channels."""

    def channels(stage: int) -> int:
        weights = (state.get(f"{block(stage, 0)}.{CONVOLUTION}{number}.weight", ()) for number in (3, 2))
        return next((shape[0] for shape in weights if shape), 0)

    firsts = [state.get(f"{block(stage, 0)}.{CONVOLUTION}1.weight", ()) for stage in range(1, MAX_STAGES + 1)]
    projected = {name.rpartition(f".{PROJECTION}.")[0] for name in state if f".{PROJECTION}." in name}
    return any(
        len(first) == 4 and first[1] != channels(stage) and block(stage, 0) not in projected
        for stage, first in enumerate(firsts, start=1)
    )


def _has_plain_stem_and_group_norms(state: State) -> bool:
    return "conv1.weight" in state and not any(name.endswith(".running_mean") for name in state)


def _most_read(namings: Sequence[Naming], names: Collection[str]) -> tuple[Naming, dict[str, PlacedEntry]]:
    """The first of the ways of naming that reads most of these names, and what it reads."""
    reads = ((naming, naming.entries(names)) for naming in namings)
    return _longest(reads, lambda read: len(read[1]), len(names))


def _most_named(namings: Sequence[Naming], entries: Mapping[str, PlacedEntry]) -> dict[str, str]:
    """The names of the entries, in the first way that names most of them; others are absent."""
    count = stem_count(entry.place for entry in entries.values())
    return _longest((naming.names(entries, count) for naming in namings), len, len(entries))


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


def _has_plain_bottlenecks(state: State) -> bool:
    """Whether the first block has three convolutions, of which the second reads all channels that the first gives."""
    first, second, third = (state.get(f"{block(1, 0)}.{CONVOLUTION}{number}.weight") for number in (1, 2, 3))
    return first is not None and second is not None and third is not None and first[:1] == second[1:2]
