"""The fewest values of a spec to change so that its network has the entries of a checkpoint, found by trying them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from ...diagnostics.codes import Invalidated, invalidated_by
from ...diagnostics.diagnostic import Diagnostic
from ...graph.builder import Builder
from ...language.document.canonical import PER_STAGE
from ...language.document.inheritance import read_text
from ...language.interpret import is_as_written
from ...language.load import examine
from ...language.spec import Spec
from ...language.text.tree import Plain, dotted, to_plain
from ...language.text.writer import write
from ...language.to_data import to_data
from ...lowering.kinds import KINDS
from ...lowering.lower import lower, network_faults
from ...lowering.names import CLASSIFIER, IN_BLOCK, block
from ...lowering.network import build_graph
from ...lowering.outline import Outline, outline
from ..comparison import Comparison, State, compare
from ..recognition.open_values import values_by_key
from ..recognition.recognition import Recognised, recognise
from ..recognition.revealed_keys import OPEN, REVEALED, is_same, value_at

_DERIVED = {"block.expansion", "stages.widths", "stages.strides"}
"""Keys whose defaults depend on other keys."""
_HEAD = ("head.classes", "head.pool")


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What makes a spec's network more like a checkpoint's."""

    theirs: Recognised
    """The network of the checkpoint, with the spec's values wherever shapes allow them."""
    changes: Mapping[str, Plain]
    """The values to change, all at once, by dotted key, most important first. None can be left out."""
    remaining: Comparison
    """How the entries differ after that."""


def adapt(spec: Spec, checkpoint: State, *, ignores_classifier: bool = False) -> Adaptation:
    """The fewest changes to the spec after which as few entries as possible differ.

    Args:
        spec: a valid spec.
        checkpoint: names and shapes of the weights.
        ignores_classifier: whether the classifiers may differ.

    Raises:
        Unrecognised: the checkpoint is not like any network of the language.
    """
    trials = _Trials(_written(spec), checkpoint, ignores_classifier)
    own = values_by_key(to_data(spec, KINDS))
    derived = _DERIVED - values_by_key(trials.document).keys()
    kept = {key: value for key, value in own.items() if key not in derived}
    found = [recognise(checkpoint, prefer=preferred) for preferred in (kept, {})]
    skipped = _HEAD if ignores_classifier else ()
    candidates = [_differing(kept, trials.document, theirs, skipped) for theirs in found]
    theirs, changes = min(zip(found, candidates, strict=True), key=lambda each: trials.distance(each[1]))
    best = trials.distance(changes)
    if best[0] >= trials.distance({})[0]:
        return Adaptation(theirs, {}, trials.comparison({}))
    count = len(changes) + 1
    while len(changes) < count:  # without one of them, another may not be necessary any more
        count = len(changes)
        for key in reversed([*changes]):
            fewer = {other: value for other, value in changes.items() if other != key}
            if (distance := trials.distance(fewer)) <= best:
                changes, best = fewer, distance
    return Adaptation(theirs, changes, trials.comparison(changes))


def _written(spec: Spec) -> dict[str, Plain]:
    """The spec as written, so that its defaults stay defaults, without what it says of the network's size."""
    if spec.written is not None and is_as_written(spec, KINDS):
        data: Any = to_plain(spec.written)
    else:
        data = to_data(spec, KINDS)
    return {key: value for key, value in data.items() if key != "expect"}


def _differing(
    own: Mapping[str, Any], document: Mapping[str, Any], theirs: Recognised, skipped: Sequence[str]
) -> dict[str, Plain]:
    """The values that are not the spec's, and those for which it has a list that would have the wrong length."""
    written = values_by_key(document)
    count = len(value_at(theirs, "stages.depths"))
    misfits = {
        key for key in map(dotted, PER_STAGE) if isinstance(written.get(key), list) and len(written[key]) != count
    }
    pairs = ((key, own.get(key), value_at(theirs, key)) for key in (*REVEALED, *OPEN) if key not in skipped)
    return {key: found for key, value, found in pairs if key in misfits or not is_same(key, value, found)}


@dataclass(frozen=True, slots=True)
class _Trials:
    """Tries values: the spec with them is compiled, and its network compared with the checkpoint."""

    document: Any
    checkpoint: State
    ignores_classifier: bool

    def distance(self, changes: Mapping[str, Plain]) -> tuple[float, int]:
        """How many entries of the outlines differ, and how many values of the spec then have no effect."""
        spec, faults = self._changed(changes)
        if spec is None:
            return float("inf"), 0
        small = outline(spec)
        graph = build_graph(Builder(), spec, small.positions)
        seen = {name: shape for name, shape in self.checkpoint.items() if _is_within(small, name)}
        differing = self._compare(graph.state, seen).differing
        depths = zip_longest((stage.depth for stage in spec.stages), _depths(self.checkpoint), fillvalue=0)
        return len(differing) + sum(abs(one - other) for one, other in depths), faults

    def comparison(self, changes: Mapping[str, Plain]) -> Comparison:
        """All entries compared."""
        spec, _ = self._changed(changes)
        assert spec is not None
        return self._compare(lower(spec).state, self.checkpoint)

    def _compare(self, network: State, checkpoint: State) -> Comparison:
        if self.ignores_classifier:
            return compare(_without_classifier(network), _without_classifier(checkpoint))
        return compare(network, checkpoint)

    def _changed(self, changes: Mapping[str, Plain]) -> tuple[Spec | None, int]:
        """The spec with these values, None if it is invalid, and how many of its values have no effect."""
        document = deepcopy(self.document)
        for key, value in changes.items():
            section, _, name = key.partition(".")
            table = document.setdefault(section, {}) if name else document
            table[name or section] = value
            if value is None:
                del table[name or section]
        reading = examine(read_text("<changed>", write(document).encode()), (), KINDS)
        if reading.spec is None:
            return None, 0
        faults = [*reading.faults, *network_faults(reading.spec)]
        return (reading.spec if all(map(_is_idle, faults)) else None), len(faults)


def _is_idle(fault: Diagnostic) -> bool:
    """Whether a fault is about a value without effect, so that the network is known."""
    return invalidated_by(fault) is Invalidated.NOTHING


def _is_within(small: Outline, name: str) -> bool:
    match = IN_BLOCK.match(name)
    return match is None or block(int(match[1]), int(match[2])) in small.counts


def _depths(state: State) -> list[int]:
    """The number of blocks of each stage."""
    blocks = {(int(match[1]), int(match[2])) for match in map(IN_BLOCK.match, state) if match}
    counts = Counter(stage for stage, _ in blocks)
    return [counts[stage] for stage in range(1, max(counts, default=0) + 1)]


def _without_classifier(state: State) -> State:
    return {name: shape for name, shape in state.items() if not name.startswith(f"{CLASSIFIER}.")}
