"""The modules of a network, each with the constructors of its children and the steps of its forward pass."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...analysis.module_tree import Call, Child, Container, Layer
from ...graph import ops
from ...graph.graph import Graph, Node
from .constructors import Argument, Constructor, Made, Row
from .layers import layer

INPUT = ""
"""The value that a module is called with."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a forward pass."""

    value: str
    """The name of what it computes."""
    called: tuple[str, ...]
    """The name of a child; that of a list and of a module in it; empty for arithmetic."""
    arithmetic: Made | None
    inputs: tuple[str, ...]
    """The names of the values that it takes."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A module with submodules."""

    path: str
    kind: str
    """Its class name in the graph."""
    children: Mapping[str, Constructor]
    steps: tuple[Step, ...]
    in_channels: int
    out_channels: int
    stride: int
    """Of a block; 0 for other modules."""


def instance(graph: Graph, container: Container, classes: Mapping[str, Made], strides: Mapping[str, int]) -> Instance:
    """A module of a graph.

    Args:
        graph: the graph.
        container: the module.
        classes: the constructors of the modules in it that have a class, by path.
        strides: the strides of blocks, by path.
    """
    names: dict[str, str] = {}
    steps: list[Step] = []
    for call in container.calls:
        inputs = tuple(names.get(name, INPUT) for name in call.inputs)
        value = ".".join(call.called) or call.output.name.removeprefix(container.path).removeprefix(".")
        names[call.output.name] = value
        steps.append(Step(value, call.called, _arithmetic(call), inputs))
    (outside,) = {name for call in container.calls for name in call.inputs if name not in names}
    return Instance(
        path=container.path,
        kind=container.kind,
        children={name: _constructor(child, classes) for name, child in container.children.items()},
        steps=tuple(steps),
        in_channels=graph[outside].shape[0],
        out_channels=container.calls[-1].output.shape[0],
        stride=strides.get(container.path, 0),
    )


def _constructor(child: Child, classes: Mapping[str, Made]) -> Constructor:
    if isinstance(child, Layer):
        assert not isinstance(child.node.op, ops.Arithmetic), child.node.name
        return layer(child.node.op, inplace=child.is_inplace)
    if child.path in classes:
        return classes[child.path]
    items = ((int(name), _constructor(each, classes)) for name, each in child.children.items())
    return Row(child.kind, tuple(items))


def _arithmetic(call: Call) -> Made | None:
    """What a step computes itself, and with which constants."""
    return None if call.called else _made(call.output, call.is_inplace)


def _made(node: Node, is_inplace: bool) -> Made:
    kind = type(node.op).__name__
    match node.op:
        case ops.Add():
            return Made(kind, (Argument("inplace", "in place", is_inplace),))
        case ops.Slice(start=start, stop=stop):
            return Made(kind, (Argument("start", "channels", start), Argument("stop", "channels", stop)))
        case ops.SumParts(parts=parts):
            return Made(kind, (Argument("parts", "number", parts),))
        case ops.PartsSoftmax(parts=parts, groups=groups):
            return Made(kind, (Argument("groups", "groups", groups), Argument("parts", "number", parts)))
        case _:
            return Made(kind)
