"""Runs of equal blocks."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import groupby

from ..graph.graph import Block
from ..graph.ops import DropPath


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive equal blocks."""

    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """`layer3.0`, or `layer3.1–35`."""
        first, last = self.blocks[0].name, self.blocks[-1].name
        if first == last:
            return first
        stem, dot, number = last.rpartition(".")
        return f"{first}–{number if first.startswith(stem + dot) else last}"


def runs(blocks: Iterable[Block]) -> list[Run]:
    """The blocks, with consecutive equal ones of a stage grouped."""
    return [Run(tuple(group)) for _, group in groupby(blocks, key=_content_key)]


def _content_key(block: Block) -> Hashable:
    """A key that is the same for blocks with the same operations, connections and shapes.

    Names are ignored, and so is drop path, whose probability rises from block to block.
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
