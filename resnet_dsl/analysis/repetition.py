"""Blocks in a row that are the same, and the two ways through a block."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import groupby

from ..graph.graph import Block, Node
from ..graph.ops import Add, DropPath, Multiply


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


@dataclass(frozen=True, slots=True)
class Ways:
    """The two ways through a block."""

    branch: tuple[Node, ...]
    """All of the block's nodes but those on the shortcut."""
    shortcut: tuple[Node, ...] = ()
    start: str = ""
    """The node whose output takes the shortcut; none where there is no shortcut."""
    end: str = ""
    """The addition."""


def ways(block: Block) -> Ways:
    """Which of the block's nodes lie on its shortcut."""
    addition = next((node for node in reversed(block.nodes) if isinstance(node.op, Add)), None)
    if addition is None:
        return Ways(block.nodes)
    through, beside = (_sources(block, name) for name in addition.inputs)
    shortcut = tuple(node for node in block.nodes if node.name in beside - through)
    branch = tuple(node for node in block.nodes if node.name not in beside - through)
    start = shortcut[0].inputs[0] if shortcut else addition.inputs[1]
    return Ways(branch, shortcut, start, addition.name)


def gate(block: Block) -> set[str]:
    """The nodes that work out the factors of the block's channel attention."""
    multiplications = [node for node in block.nodes if isinstance(node.op, Multiply)]
    ways_in = [[_sources(block, name) for name in node.inputs] for node in multiplications]
    return {name for features, factors in ways_in for name in factors - features}


def _sources(block: Block, name: str) -> set[str]:
    """The node of that name and all that it follows from, as far as they belong to the block."""
    nodes = {node.name: node for node in block.nodes}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in found:
            found.add(name)
            waiting += nodes[name].inputs
    return found
