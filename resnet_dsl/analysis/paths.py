"""The two paths through a block, and the nodes that compute its attention."""

from dataclasses import dataclass

from ..graph.graph import Block, Node
from ..graph.ops import Add, Multiply


@dataclass(frozen=True, slots=True)
class Paths:
    """The two paths through a block."""

    branch: tuple[Node, ...]
    """All of the block's nodes except those on the shortcut."""
    shortcut: tuple[Node, ...] = ()
    start: str = ""
    """The node whose output the shortcut takes; empty if there is no shortcut."""
    end: str = ""
    """The addition."""


def paths(block: Block) -> Paths:
    """The block's nodes, divided into branch and shortcut."""
    addition = next((node for node in reversed(block.nodes) if isinstance(node.op, Add)), None)
    if addition is None:
        return Paths(block.nodes)
    branch_names, shortcut_names = (_ancestors(block, name) for name in addition.inputs)
    shortcut = tuple(node for node in block.nodes if node.name in shortcut_names - branch_names)
    branch = tuple(node for node in block.nodes if node.name not in shortcut_names - branch_names)
    start = shortcut[0].inputs[0] if shortcut else addition.inputs[1]
    return Paths(branch, shortcut, start, addition.name)


def gate(block: Block) -> set[str]:
    """The names of the nodes that compute the factors of the block's channel attention."""
    multiplications = [node for node in block.nodes if isinstance(node.op, Multiply)]
    operands = [[_ancestors(block, name) for name in node.inputs] for node in multiplications]
    return {name for features, factors in operands for name in factors - features}


def _ancestors(block: Block, name: str) -> set[str]:
    """The node with this name and all nodes it depends on, within the block."""
    nodes = {node.name: node for node in block.nodes}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in found:
            found.add(name)
            waiting += nodes[name].inputs
    return found
