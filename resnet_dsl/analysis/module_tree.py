"""The modules of a network: what each consists of, and what it calls in a forward pass."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..graph.graph import LIST, Graph, Node

SEQUENCE = "Sequential"


@dataclass(frozen=True, slots=True)
class Layer:
    """A module without submodules."""

    node: Node
    is_inplace: bool
    """Whether it may overwrite its input, which nothing else needs."""


@dataclass(frozen=True, slots=True)
class Call:
    """One step of a forward pass: the call of a child, or plain arithmetic."""

    called: tuple[str, ...]
    """The name of a child; that of a list or sequence and of a module in it; empty for arithmetic."""
    inputs: tuple[str, ...]
    """The nodes whose values it takes."""
    output: Node
    """The node that computes its value."""
    is_inplace: bool
    """Whether it may overwrite its first input."""


@dataclass(frozen=True, slots=True)
class Container:
    """A module with submodules."""

    path: str
    kind: str
    """Its class name; `Sequential` if it has none of its own."""
    children: Mapping[str, "Child"]
    """In the order of their first use."""
    calls: tuple[Call, ...]
    """In the order of execution."""

    def child(self, call: Call) -> "Child | None":
        """The module that one of its calls is a call of; None if that is arithmetic."""
        found: Child | None = None
        for name in call.called:
            found = (found if isinstance(found, Container) else self).children[name]
        return found


Child: TypeAlias = Layer | Container


def module_tree(graph: Graph) -> Container:
    """The network's modules, from its root."""
    return _container(graph, uses(graph), "", graph.nodes[1:])


def uses(graph: Graph) -> Mapping[str, int]:
    """How often each value is used, by the node that computes it."""
    return Counter([*(name for node in graph.nodes for name in node.inputs), *graph.outputs])


def _container(graph: Graph, counts: Mapping[str, int], path: str, nodes: tuple[Node, ...]) -> Container:
    start = len(path) + 1 if path else 0
    inside: dict[str, list[Node]] = {}
    for node in nodes:
        inside.setdefault(node.name[start:].split(".")[0], []).append(node)
    prefix = path and f"{path}."
    children: dict[str, Child] = {}
    calls: list[Call] = []
    for name, those in inside.items():
        (first, *_), last = those, those[-1]
        if first.name != prefix + name:
            child = _container(graph, counts, prefix + name, tuple(those))
            children[name] = child
            is_open = child.kind == LIST or any(node.name in graph.outputs for node in those[:-1])
            if is_open:
                calls += [Call((name, *call.called), call.inputs, call.output, call.is_inplace) for call in child.calls]
            else:
                names = {node.name for node in those}
                outside = dict.fromkeys(each for node in those for each in node.inputs if each not in names)
                calls.append(Call((name,), tuple(outside), last, False))
            continue
        is_inplace = may_overwrite(graph, counts, first)
        if first.op.is_layer:
            children[name] = Layer(first, is_inplace)
        calls.append(Call((name,) if first.op.is_layer else (), first.inputs, first, is_inplace))
    order = {node.name: index for index, node in enumerate(nodes)}
    calls.sort(key=lambda call: order[call.output.name])
    return Container(path, graph.containers.get(path, SEQUENCE), children, tuple(calls))


def may_overwrite(graph: Graph, counts: Mapping[str, int], node: Node) -> bool:
    """Whether a node's first input is used only once, is no view, and is not needed for the gradient of its op.

    The same must hold for what an operation takes that returns it as it is in evaluation.
    """
    before = graph[node.inputs[0]]
    is_free = counts[before.name] == 1 and not before.op.gradient_needs_output and not before.op.is_view
    return is_free and (not before.op.idle_in_evaluation or may_overwrite(graph, counts, before))
