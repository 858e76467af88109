"""The parts of a network: its stem, its blocks or stages, and its head."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from ..graph.graph import Block, Graph, Node
from ..graph.shapes import Shape


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive operations of a network, added up."""

    name: str
    """`stem`, `layer1` or `layer1.0`, `head`."""
    kind: str
    """The different descriptions of its blocks; empty for stem and head."""
    blocks: int
    input_shape: Shape
    nodes: tuple[Node, ...]

    @property
    def shape(self) -> Shape:
        return self.nodes[-1].shape

    @property
    def parameters(self) -> int:
        return sum(node.parameters for node in self.nodes)

    @property
    def macs(self) -> int:
        return sum(node.macs for node in self.nodes)


def parts(graph: Graph, by: Literal["block", "stage"]) -> Iterator[Part]:
    """The parts in execution order. Every operation but the input is in one of them."""
    shape = graph.input_shape
    if graph.stem:
        yield Part("stem", "", 0, shape, graph.stem)
        shape = graph.stem[-1].shape
    for name, blocks in groupby(graph.blocks, key=lambda block: block.name if by == "block" else _stage_of(block)):
        part = _part(name, tuple(blocks))
        yield part
        shape = part.shape
    if graph.head:
        yield Part("head", "", 0, shape, graph.head)


def _stage_of(block: Block) -> str:
    return block.name.rpartition(".")[0]


def _part(name: str, blocks: tuple[Block, ...]) -> Part:
    kinds = dict.fromkeys(block.description for block in blocks)
    nodes = tuple(node for block in blocks for node in block.nodes)
    return Part(name, " / ".join(kinds), len(blocks), blocks[0].input_shape, nodes)
