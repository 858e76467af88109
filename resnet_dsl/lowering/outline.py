"""The outline of a network: few blocks that show all of its faults and determine its figures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..graph.graph import Block, Graph
from ..graph.shapes import Shape
from ..language.spec import Spec
from .names import block as block_path

BLOCKS = 2
"""Blocks of each stage in an outline."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The key figures of a network."""

    parameters: int
    macs: int
    depth: int
    output_shape: Shape


def outline(spec: Spec) -> Spec:
    """The network with at most two blocks per stage: all further ones would be like the second."""
    return replace(spec, stages=tuple(replace(stage, depth=min(stage.depth, BLOCKS)) for stage in spec.stages))


def occurrences(spec: Spec, graph: Graph) -> Mapping[str, int]:
    """For each node of the outline's graph, how often it occurs in the full network of `spec`."""
    counts = dict.fromkeys((node.name for node in graph.nodes), 1)
    for block in graph.blocks:
        counts |= dict.fromkeys((node.name for node in block.nodes), _repeated(spec, block))
    return counts


def figures(spec: Spec, graph: Graph) -> Figures:
    """The figures of the full network of `spec`, from the graph of its outline."""
    counts = occurrences(spec, graph)
    more = sum((_repeated(spec, block) - 1) * block.convolutions for block in graph.blocks)
    return Figures(
        parameters=sum(counts[node.name] * node.parameters for node in graph.nodes),
        macs=sum(counts[node.name] * node.macs for node in graph.nodes),
        depth=graph.depth + more,
        output_shape=graph.output_shape,
    )


def _repeated(spec: Spec, block: Block) -> int:
    """How often the block occurs in the network; the second one of a stage represents all further ones."""
    stage = spec.stages[block.stage - 1]
    is_second = block.name == block_path(block.stage, BLOCKS - 1)
    return stage.depth - BLOCKS + 1 if is_second else 1
