"""How a network runs: which module calls which, in which order, and where each keeps its values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from ..graph.graph import LIST, Graph, Node
from ..graph.ops import Input


@dataclass(frozen=True, slots=True)
class Scope:
    """A module with submodules; `nodes` are all operations in it, in execution order."""

    path: str
    children: dict[str, "Scope | Node"] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)


class Call(NamedTuple):
    """What a module calls in its forward pass: a submodule, a layer, or arithmetic."""

    name: str | tuple[str, str]
    """The name of a child; that of a list or sequence and of a module in it."""
    child: Scope | Node
    inputs: tuple[str, ...]
    """The nodes whose values it takes."""
    output: str
    """The node whose value it returns."""


Registers: TypeAlias = tuple[tuple[int, ...], int]
"""Where a call takes its inputs from, and where it puts its output."""


def scopes(graph: Graph) -> Scope:
    """The modules of a network, from the root."""
    root = Scope("")
    for node in graph.nodes:
        if not isinstance(node.op, Input):
            _insert(root, node)
    return root


def _insert(root: Scope, node: Node) -> None:
    """Insert the node at its path, creating parent modules as needed."""
    scope = root
    scope.nodes.append(node)
    *parents, leaf = node.name.split(".")
    for name in parents:
        path = f"{scope.path}.{name}" if scope.path else name
        child = scope.children.setdefault(name, Scope(path))
        assert isinstance(child, Scope), f"{path} is both a layer and a container"
        scope = child
        scope.nodes.append(node)
    assert leaf not in scope.children, f"duplicate node {node.name}"
    scope.children[leaf] = node


def calls(scope: Scope, graph: Graph) -> list[Call]:
    """The calls of a container's forward pass, in the order in which its nodes run."""
    children: list[tuple[str | tuple[str, str], Scope | Node]] = []
    for name, child in scope.children.items():
        if isinstance(child, Scope) and _is_open(child, graph):
            children += [((name, index), each) for index, each in child.children.items()]
        else:
            children.append((name, child))
    order = {node.name: index for index, node in enumerate(scope.nodes)}
    return sorted((_call(name, child) for name, child in children), key=lambda call: order[call.output])


def _is_open(scope: Scope, graph: Graph) -> bool:
    """Whether the module around it calls its children one by one: it is a list, or has an output of the network."""
    return graph.containers.get(scope.path) == LIST or any(node.name in graph.outputs for node in scope.nodes[:-1])


def _call(name: str | tuple[str, str], child: Scope | Node) -> Call:
    if isinstance(child, Node):
        return Call(name, child, child.inputs, child.name)
    inside = {node.name for node in child.nodes}
    outside = tuple(dict.fromkeys(name for node in child.nodes for name in node.inputs if name not in inside))
    assert len(outside) == 1, f"{child.path} must have one input, not {outside}"
    return Call(name, child, outside, child.nodes[-1].name)


def allocate(calls: Sequence[Call], kept: Sequence[str] = ()) -> tuple[list[Registers], dict[str, int]]:
    """Registers for each call, and for the final values; the input of all of them is in register 0.

    A value's register is freed after the value's last use, unless the value is in `kept`.
    """
    last_use = {name: index for index, call in enumerate(calls) for name in call.inputs}
    last_use |= dict.fromkeys(kept, len(calls))
    computed = {call.output for call in calls}
    outside = list(dict.fromkeys(name for call in calls for name in call.inputs if name not in computed))
    assert len(outside) == 1, outside
    register = {outside[0]: 0}
    steps: list[Registers] = []
    for index, call in enumerate(calls):
        sources = tuple(register[name] for name in call.inputs)
        for name in call.inputs:
            if last_use[name] == index:
                register.pop(name, None)
        register[call.output] = min(set(range(len(register) + 1)) - set(register.values()))
        steps.append((sources, register[call.output]))
    return steps, register


def uses(graph: Graph) -> Mapping[str, int]:
    """How often each value is used, by the node that computes it."""
    return Counter([*(name for node in graph.nodes for name in node.inputs), *graph.outputs])


def may_overwrite(graph: Graph, name: str, uses: Mapping[str, int]) -> bool:
    """Whether a value is used only once, is no view, and is not needed for the gradient of what computes it."""
    op = graph[name].op
    return uses[name] == 1 and not op.gradient_needs_output and not op.is_view
