"""What the tables of a network list."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ...analysis.parts import parts
from ...graph.graph import Graph
from ...graph.ops import Window
from ...graph.shapes import Shape
from . import Level


class Row(NamedTuple):
    """One operation, or one part of the network added up."""

    path: str
    kind: str
    window: Window | None
    blocks: int
    """How many blocks it consists of; 0 for an operation, the stem and the head."""
    input_shape: Shape
    """The shape of the first input."""
    shape: Shape
    """The output shape."""
    parameters: int
    macs: int


@dataclass(frozen=True, slots=True)
class Request:
    """A network, and what to show of it."""

    graph: Graph
    by: Level = "layer"
    batch_size: int | None = None
    """The first dimension of every shape; None leaves it out."""
    width: int | None = None
    """Columns that a table for people has to fit; None for any number."""

    def rows(self) -> Iterator[Row]:
        """The rows in execution order, without the input."""
        if self.by == "layer":
            for node in self.graph.nodes[1:]:
                source, shape = self.batched(self.graph[node.inputs[0]].shape), self.batched(node.shape)
                yield Row(node.name, node.op.kind, node.op.window, 0, source, shape, node.parameters, node.macs)
        else:
            for part in parts(self.graph, self.by):
                source, shape = self.batched(part.input_shape), self.batched(part.shape)
                yield Row(part.name, part.kind, None, part.blocks, source, shape, part.parameters, part.macs)

    def batched(self, shape: Shape) -> Shape:
        """The shape with the batch before it, where there is one."""
        return shape if self.batch_size is None else (self.batch_size, *shape)


def percent(part: int, whole: int) -> float:
    """The share of a part in the whole, in per cent; 0 of nothing."""
    return 100 * part / whole if whole else 0.0
