"""The two paths through a block, and what works out its attention."""

from dataclasses import dataclass

from ..graph.graph import Block, Node
from ..graph.ops import Add, Multiply


@dataclass(frozen=True, slots=True)
class Paths:
    """The two paths through a block."""

    branch: tuple[Node, ...]
    """All of the block's nodes but those on the shortcut."""
    shortcut: tuple[Node, ...] = ()
    start: str = ""
    """The node whose output takes the shortcut; none where there is no shortcut."""
    end: str = ""
    """The addition."""


def paths(block: Block) -> Paths:
    """Which of the block's nodes lie on its shortcut."""
    addition = next((node for node in reversed(block.nodes) if isinstance(node.op, Add)), None)
    if addition is None:
        return Paths(block.nodes)
    through, beside = (_sources(block, name) for name in addition.inputs)
    shortcut = tuple(node for node in block.nodes if node.name in beside - through)
    branch = tuple(node for node in block.nodes if node.name not in beside - through)
    start = shortcut[0].inputs[0] if shortcut else addition.inputs[1]
    return Paths(branch, shortcut, start, addition.name)


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
