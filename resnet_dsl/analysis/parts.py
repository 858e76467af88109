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
    """Class name of its blocks, and their attention; empty for stem and head."""
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
    first = blocks[0]
    kind = f"{first.kind}, {first.attention}" if first.attention else first.kind
    return Part(name, kind, len(blocks), first.input_shape, tuple(node for block in blocks for node in block.nodes))
