"""What the tables of a network list."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ...analysis.memory_needs import Memory, Optimizer, largest_batch, memory
from ...analysis.parts import parts
from ...analysis.receptive_field import ReceptiveField, receptive_field
from ...analysis.saved_tensors import saved_for_backward
from ...graph.graph import FLOPS_PER_MAC, Graph, Node
from ...graph.ops import Window
from ...graph.shapes import Shape
from . import Extra, Level


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
    nodes: tuple[Node, ...]
    """Its operations."""

    @property
    def is_map(self) -> bool:
        """Whether its output has a height and a width."""
        return len(self.nodes[-1].shape) == 3

    @property
    def parameters(self) -> int:
        return sum(node.parameters for node in self.nodes)

    @property
    def macs(self) -> int:
        return sum(node.macs for node in self.nodes)

    @property
    def flops(self) -> int:
        return FLOPS_PER_MAC * self.macs


@dataclass(frozen=True)
class Request:
    """A network, and what to show of it."""

    graph: Graph
    by: Level = "layer"
    batch_size: int | None = None
    """The first dimension of every shape; None leaves it out."""
    width: int | None = None
    """Columns that a table for people has to fit; None for any number."""
    extras: Collection[Extra] = ()
    """What a table for people shows beside the rest."""
    optimizer: Optimizer | None = None
    """Whose state training holds; None if that is not asked."""
    autocast: bool = False
    capacity: int | None = None
    """Bytes that training has to fit; None if that is not asked."""

    def rows(self) -> Iterator[Row]:
        """The rows in execution order, without the input."""
        if self.by == "layer":
            for node in self.graph.nodes[1:]:
                source, shape = self.batched(self.graph[node.inputs[0]].shape), self.batched(node.shape)
                yield Row(node.name, node.op.kind, node.op.window, 0, source, shape, (node,))
        else:
            for part in parts(self.graph, self.by):
                source, shape = self.batched(part.input_shape), self.batched(part.shape)
                yield Row(part.name, part.kind, None, part.blocks, source, shape, part.nodes)

    def batched(self, shape: Shape) -> Shape:
        """The shape with the batch before it, where there is one."""
        return shape if self.batch_size is None else (self.batch_size, *shape)

    @property
    def has_memory(self) -> bool:
        """Whether to say what training and evaluation take: anything that decides on it asks for it."""
        return "memory" in self.extras or self.autocast or (self.optimizer, self.capacity) != (None, None)

    @property
    def trained_with(self) -> Optimizer:
        """The optimizer, also if none is asked for."""
        return self.optimizer or "sgd"

    @cached_property
    def memory(self) -> Memory:
        """What the network takes, for a batch of 1 unless another is asked for."""
        return memory(self.graph, self.batch_size or 1, optimizer=self.trained_with, autocast=self.autocast)

    @cached_property
    def largest_batch(self) -> int | None:
        """The largest batch that fits the capacity, if there is one."""
        if self.capacity is None:
            return None
        return largest_batch(self.graph, self.capacity, optimizer=self.trained_with, autocast=self.autocast)

    def saved(self, row: Row) -> int:
        """Bytes that the operations of a row make a training pass keep."""
        return sum(self._saved[node.name] for node in row.nodes)

    def field(self, row: Row) -> ReceptiveField:
        """The receptive field of the output of a row."""
        return self._fields[row.nodes[-1].name]

    @property
    def field_of_last_stage(self) -> ReceptiveField:
        """The largest receptive field before everything is pooled."""
        return self._fields[self.graph.features[-1].node]

    @cached_property
    def _saved(self) -> Mapping[str, int]:
        return saved_for_backward(self.graph, self.batch_size or 1, autocast=self.autocast)

    @cached_property
    def _fields(self) -> Mapping[str, ReceptiveField]:
        return receptive_field(self.graph)


def percent(part: int, whole: int) -> float:
    """The share of a part in the whole, in per cent; 0 of nothing."""
    return 100 * part / whole if whole else 0.0
