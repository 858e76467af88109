"""Graph -> nn.Module: the tree of modules that the paths spell, and a plan of each one's forward pass."""

import operator
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from ...graph.graph import Graph, Node
from ...graph.ops import (
    Add,
    BatchNorm2d,
    Conv2d,
    Flatten,
    GroupNorm,
    Input,
    InstanceNorm2d,
    LayerNorm2d,
    Multiply,
)
from .layers import layer


class Step(NamedTuple):
    """One call of a forward pass: registers in, register out."""

    call: str | Callable[..., Tensor]
    """The name of a child module, or a function."""
    sources: tuple[int, ...]
    target: int


class Container(nn.Module):
    """A module whose forward pass follows a plan; values live in registers that are reused once free."""

    def __init__(self, children: Mapping[str, nn.Module], steps: Sequence[Step]) -> None:
        super().__init__()
        for name, child in children.items():
            self.add_module(name, child)
        self._steps = tuple(steps)
        self._registers = 1 + max(step.target for step in steps)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to the shape that the graph gives, with the batch before it."""
        registers: list[Any] = [x] + [None] * (self._registers - 1)
        del x  # or the input would outlive its last use
        target = 0
        for call, sources, target in self._steps:
            function = getattr(self, call) if isinstance(call, str) else call
            if len(sources) == 1:
                registers[target] = function(registers[sources[0]])
            else:
                registers[target] = function(*[registers[source] for source in sources])
        output: Tensor = registers[target]
        return output


class BasicBlock(Container):
    """Two 3x3 convolutions and a shortcut."""


class Bottleneck(Container):
    """1x1, 3x3 and 1x1 convolution and a shortcut."""


class SqueezeExcite(Container):
    """A factor for each channel, from the means of all channels through two layers."""


class EfficientChannelAttention(Container):
    """A factor for each channel, from the means of its neighbours."""


class ResNet(Container):
    """A whole network."""


_CLASSES: Mapping[str, type[Container]] = {
    each.__name__: each for each in (BasicBlock, Bottleneck, SqueezeExcite, EfficientChannelAttention, ResNet)
}

_GRADIENT_NEEDS_NO_OUTPUT = Conv2d | BatchNorm2d | GroupNorm | InstanceNorm2d | LayerNorm2d | Add | Multiply
"""Operations whose gradient needs their inputs at most, so that their output may be overwritten."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """A module that holds others; `nodes` are all operations in it, in execution order."""

    path: str
    children: dict[str, "_Scope | Node"] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)


_Child: TypeAlias = _Scope | Node


def assemble(graph: Graph) -> nn.Module:
    """The module, with torch's own initial weights, on torch's current default device.

    Takes `(batch, *graph.input_shape)`, gives `(batch, *graph.output_shape)`.
    """
    root = _Scope("")
    for node in graph.nodes:
        if not isinstance(node.op, Input):
            _insert(root, node)
    uses = Counter(name for node in graph.nodes for name in node.inputs)
    return _module(root, graph, uses)


def _insert(root: _Scope, node: Node) -> None:
    """Put the node where its path says, with the modules that hold it."""
    scope = root
    scope.nodes.append(node)
    *parents, leaf = node.name.split(".")
    for name in parents:
        path = f"{scope.path}.{name}" if scope.path else name
        child = scope.children.setdefault(name, _Scope(path))
        assert isinstance(child, _Scope), f"{path} is a layer and holds one"
        scope = child
        scope.nodes.append(node)
    assert leaf not in scope.children, f"{node.name} stands twice"
    scope.children[leaf] = node


def _module(child: _Child, graph: Graph, uses: Mapping[str, int]) -> nn.Module:
    """The module of a scope or a layer."""
    if isinstance(child, Node):
        return layer(child.op, inplace=_may_overwrite(graph, child.inputs[0], uses))
    modules = {
        name: _module(each, graph, uses)
        for name, each in child.children.items()
        if isinstance(each, _Scope) or each.op.is_layer
    }
    steps = [_call(name, each, graph, uses) for name, each in child.children.items()]
    if child.path not in graph.containers:
        assert [int(name) for name in modules] == sorted(int(name) for name in modules), child.path
        return nn.Sequential(OrderedDict(modules))
    return _CLASSES[graph.containers[child.path]](modules, _plan(steps))


_Call: TypeAlias = tuple[str | Callable[..., Tensor], tuple[str, ...], str]
"""What is called, the values it takes and the value it gives, by the names of the nodes that make them."""


def _call(name: str, child: _Child, graph: Graph, uses: Mapping[str, int]) -> _Call:
    if isinstance(child, _Scope):
        inside = {node.name for node in child.nodes}
        outside = tuple(dict.fromkeys(name for node in child.nodes for name in node.inputs if name not in inside))
        assert len(outside) == 1, f"{child.path} takes {outside}"
        return name, outside, child.nodes[-1].name
    if child.op.is_layer:
        return name, child.inputs, child.name
    return _function(child, graph, uses), child.inputs, child.name


def _function(node: Node, graph: Graph, uses: Mapping[str, int]) -> Callable[..., Tensor]:
    """The function of an operation that is no layer."""
    match node.op:
        case Add():
            return operator.iadd if _may_overwrite(graph, node.inputs[0], uses) else operator.add
        case Multiply():
            return operator.mul
        case Flatten():
            return flatten
        case _:
            raise TypeError(f"{node.op} is no function")


def flatten(x: Tensor) -> Tensor:
    """(batch, channels, height, width) to (batch, channels · height · width)."""
    return torch.flatten(x, 1)


def _may_overwrite(graph: Graph, name: str, uses: Mapping[str, int]) -> bool:
    """Whether a value is used once only, and its maker does not need it for the gradient."""
    return uses[name] == 1 and isinstance(graph[name].op, _GRADIENT_NEEDS_NO_OUTPUT)


def _plan(calls: Sequence[_Call]) -> list[Step]:
    """The calls with registers for names: a value's register is free after the value's last use."""
    last_use = {name: index for index, (_, inputs, _) in enumerate(calls) for name in inputs}
    made = {output for _, _, output in calls}
    outside = list(dict.fromkeys(name for _, inputs, _ in calls for name in inputs if name not in made))
    assert len(outside) == 1, outside
    register = {outside[0]: 0}
    steps: list[Step] = []
    for index, (call, inputs, output) in enumerate(calls):
        sources = tuple(register[name] for name in inputs)
        for name in inputs:
            if last_use[name] == index:
                register.pop(name, None)
        register[output] = min(set(range(len(register) + 1)) - set(register.values()))
        steps.append(Step(call, sources, register[output]))
    return steps
