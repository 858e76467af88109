"""The outline of a network: few blocks that show all of its faults and determine its figures."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from ..graph.graph import Graph
from ..graph.shapes import Shape
from ..language.spec import Spec
from .names import block as block_path
from .network import Positions
from .single_blocks import SingleBlocks


@dataclass(frozen=True, slots=True)
class Figures:
    """The key figures of a network."""

    parameters: int
    macs: int
    depth: int
    output_shape: Shape


@dataclass(frozen=True, slots=True)
class Outline:
    """Which blocks stand for all of a network, and how many each of them stands for."""

    positions: Positions
    counts: Mapping[str, int]
    """By the path of the block."""


def outline(spec: Spec) -> Outline:
    """The first block of each stage, and of those after it the first of each kind: all others are like one of them."""
    singles = SingleBlocks(spec)
    positions: list[tuple[int, ...]] = []
    counts: dict[str, int] = {}
    for number, stage in enumerate(spec.stages, 1):
        named = singles.positions(number)
        unnamed = next((position for position in range(1, stage.depth) if position not in named), 0)
        kinds: dict[Hashable, int] = {}
        found: Counter[int] = Counter()
        for position in sorted({0, unnamed, *named}):
            kind = (position == 0, singles.at(number, position).values)
            alike = stage.depth - len({0, *named}) if position and position == unnamed else 1
            found[kinds.setdefault(kind, position)] += alike
        positions.append(tuple(found))
        counts |= {block_path(number, position): count for position, count in found.items()}
    return Outline(tuple(positions), counts)


def occurrences(small: Outline, graph: Graph) -> Mapping[str, int]:
    """For each node of the outline's graph, how often it occurs in the full network."""
    counts = dict.fromkeys((node.name for node in graph.nodes), 1)
    for block in graph.blocks:
        counts |= dict.fromkeys((node.name for node in block.nodes), small.counts[block.name])
    return counts


def figures(small: Outline, graph: Graph) -> Figures:
    """The figures of the full network, from the graph of its outline."""
    more = [(small.counts[block.name] - 1, block) for block in graph.blocks if small.counts[block.name] > 1]
    return Figures(
        parameters=graph.parameters + sum(times * block.parameters for times, block in more),
        macs=graph.macs + sum(times * block.macs for times, block in more),
        depth=graph.depth + sum(times * block.convolutions for times, block in more),
        output_shape=graph.output_shape,
    )
