"""Tries values: a spec with them is compiled, and its network compared with a checkpoint."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Any

from ...diagnostics.codes import Invalidated, invalidated_by
from ...diagnostics.diagnostic import Diagnostic
from ...graph.builder import Builder
from ...graph.shapes import Shape
from ...language.document.inheritance import read_text
from ...language.load import examine
from ...language.spec import Spec
from ...language.text.tree import Plain
from ...language.text.writer import write
from ...lowering.kinds import KINDS
from ...lowering.lower import lower, network_faults
from ...lowering.names import CLASSIFIER, IN_BLOCK
from ...lowering.network import build_graph
from ...lowering.outline import outline
from ..comparison import Comparison, State, compare


@dataclass(frozen=True)
class Trials:
    """A spec, and a checkpoint that it shall be changed for."""

    document: Any
    """The spec as written."""
    checkpoint: State
    """The entries of a network, with at least one block."""
    ignores_classifier: bool
    """Whether the classifiers may differ."""

    def distance(self, changes: Mapping[str, Plain]) -> tuple[float, int]:
        """How many entries differ, of blocks that stand for all others, and how many values then have no effect."""
        spec, faults = self._changed(changes)
        if spec is None:
            return float("inf"), 0
        depths = [stage.depth for stage in spec.stages]
        positions = [{*small} for small in outline(spec).positions]
        for built, theirs in zip(positions, self._representatives, strict=False):
            built |= {*theirs}
        is_there = [
            sorted(each for each in some if each < depth) for some, depth in zip(positions, depths, strict=True)
        ]
        network = build_graph(Builder(), spec, is_there).state
        seen = {name: shape for name, shape in self.checkpoint.items() if _is_among(positions, name)}
        gaps = (abs(one - other) for one, other in zip_longest(depths, map(len, self._blocks), fillvalue=0))
        return len(self._compare(network, seen).differing) + sum(gaps), faults

    def comparison(self, changes: Mapping[str, Plain]) -> Comparison:
        """All entries compared."""
        spec, _ = self._changed(changes)
        assert spec is not None
        return self._compare(lower(spec).state, self.checkpoint)

    @cached_property
    def _blocks(self) -> list[dict[int, dict[str, Shape]]]:
        """For each stage, the entries of each block, by position and name within the block."""
        found: dict[int, dict[int, dict[str, Shape]]] = {}
        for name, shape in self.checkpoint.items():
            if match := IN_BLOCK.match(name):
                stage = found.setdefault(int(match[1]), {})
                stage.setdefault(int(match[2]), {})[name[match.end() :]] = shape
        return [found.get(stage, {}) for stage in range(1, max(found) + 1)]

    @cached_property
    def _representatives(self) -> list[list[int]]:
        """For each stage, the positions of the first of the blocks with the same entries."""
        every = []
        for blocks in self._blocks:
            kinds: dict[frozenset[tuple[str, Shape]], int] = {}
            for position, entries in sorted(blocks.items()):
                kinds.setdefault(frozenset(entries.items()), position)
            every.append([*kinds.values()])
        return every

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


def _is_among(positions: Sequence[set[int]], name: str) -> bool:
    """Whether an entry is outside of blocks, or in a block at one of these positions of its stage."""
    match = IN_BLOCK.match(name)
    if match is None:
        return True
    return int(match[1]) > len(positions) or int(match[2]) in positions[int(match[1]) - 1]


def _without_classifier(state: State) -> State:
    return {name: shape for name, shape in state.items() if not name.startswith(f"{CLASSIFIER}.")}
