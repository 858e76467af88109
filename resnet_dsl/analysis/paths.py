"""The two paths through a block, and the modules on its branch."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ..graph.graph import Block, Node
from ..graph.ops import Add, AddContext, Multiply


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


@dataclass(frozen=True, slots=True)
class Module:
    """A module on a branch that consists of several layers."""

    label: str
    """Its name in drawings: that of an attention, or of what stands for a 3x3 convolution."""
    nodes: tuple[Node, ...]
    gate: tuple[Node, ...]
    """Those of the nodes that compute what its feature map is multiplied by, or what is added to all pixels."""


def paths(block: Block) -> Paths:
    """The block's nodes, divided into branch and shortcut."""
    if block.shortcut.kind == "none":
        return Paths(block.nodes)
    addition = next(node for node in reversed(block.nodes) if isinstance(node.op, Add))
    branch_names, shortcut_names = (_ancestors(block.nodes, name) for name in addition.inputs)
    shortcut = tuple(node for node in block.nodes if node.name in shortcut_names - branch_names)
    branch = tuple(node for node in block.nodes if node.name not in shortcut_names - branch_names)
    start = shortcut[0].inputs[0] if shortcut else addition.inputs[1]
    return Paths(branch, shortcut, start, addition.name)


def modules(block: Block) -> tuple[Module, ...]:
    """What stands for the 3x3 convolution of the block, and its attention, where it has them, in execution order."""
    depth = min(node.name.count(".") for node in block.nodes)
    inside = [node for node in paths(block).branch if node.name.count(".") > depth]
    groups = groupby(inside, key=lambda node: node.name.split(".")[depth])
    labels = filter(None, (block.conv3x3, block.attention))
    return tuple(_module(label, tuple(nodes)) for label, (_, nodes) in zip(labels, groups, strict=True))


def _module(label: str, nodes: tuple[Node, ...]) -> Module:
    applied = [node for node in nodes if isinstance(node.op, Multiply | AddContext)]
    operands = [[_ancestors(nodes, name) for name in node.inputs] for node in applied]
    gate = {name for features, factors in operands for name in factors - features}
    return Module(label, nodes, tuple(node for node in nodes if node.name in gate))


def _ancestors(nodes: Sequence[Node], name: str) -> set[str]:
    """The node with this name and all nodes it depends on, among these."""
    by_name = {node.name: node for node in nodes}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in found:
            found.add(name)
            waiting += by_name[name].inputs
    return found
