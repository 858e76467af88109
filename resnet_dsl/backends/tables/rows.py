"""What the tables of layers list."""

from collections.abc import Iterator
from typing import NamedTuple

from ...graph.graph import Graph
from ...graph.shapes import Shape


class Row(NamedTuple):
    """One operation."""

    path: str
    kind: str
    shape: Shape
    parameters: int
    macs: int


def rows(graph: Graph, batch_size: int | None) -> Iterator[Row]:
    """Every operation but the input."""
    for node in graph.nodes[1:]:
        yield Row(node.name, node.op.kind, batched(node.shape, batch_size), node.parameters, node.macs)


def batched(shape: Shape, batch_size: int | None) -> Shape:
    """The shape with the batch before it, where there is one."""
    return shape if batch_size is None else (batch_size, *shape)
