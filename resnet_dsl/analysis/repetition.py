"""Blocks in a row that are the same."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import groupby

from ..graph.graph import Block
from ..graph.ops import DropPath


@dataclass(frozen=True, slots=True)
class Run:
    """Equal blocks, one after the other."""

    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """`layer3.0`, or `layer3.1 – 35`."""
        first, last = self.blocks[0].name, self.blocks[-1].name
        if first == last:
            return first
        stem, dot, number = last.rpartition(".")
        return f"{first} – {number if first.startswith(stem + dot) else last}"


def runs(blocks: Iterable[Block]) -> list[Run]:
    """The blocks, equal neighbours of a stage taken together."""
    return [Run(tuple(group)) for _, group in groupby(blocks, key=_content)]


def _content(block: Block) -> Hashable:
    """Equal blocks have the same operations, connections and shapes.

    Names do not count, and neither does drop path, whose probability rises from block to block.
    """
    numbers: dict[str, int] = {}
    nodes: list[Hashable] = []
    for node in block.nodes:
        inputs = tuple(numbers.get(name, -1) for name in node.inputs)
        if isinstance(node.op, DropPath):
            (numbers[node.name],) = inputs
        else:
            numbers[node.name] = len(nodes)
            nodes.append((node.op, inputs, node.shape))
    return block.stage, block.kind, block.input_shape, block.shortcut.kind, tuple(nodes)
