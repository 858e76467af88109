"""Graph -> nn.Module: the module tree given by the paths, and a plan for each container's forward pass."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from torch import Tensor, nn

from ...graph.features import EXTRACTOR
from ...graph.graph import LIST, Feature, Graph, Node
from ...graph.ops import Arithmetic, Input
from .functions import function
from .layers import layer


class Step(NamedTuple):
    """One call of a forward pass: registers in, register out."""

    call: str | tuple[str, str] | Callable[..., Tensor]
    """The name of a child module; that of a list or sequence and of a module in it; or a function."""
    sources: tuple[int, ...]
    target: int


class Container(nn.Module):
    """A module whose forward pass follows a plan; values are kept in registers that are reused once free."""

    def __init__(self, children: Mapping[str, nn.Module], steps: Sequence[Step]) -> None:
        super().__init__()
        for name, child in children.items():
            self.add_module(name, child)
        self._steps = tuple(steps)
        self._registers = 1 + max(step.target for step in steps)

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickle and copy: classes created on demand cannot be found by name."""
        return _empty, (type(self).__name__,), self.__dict__

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, *output shape of the graph)."""
        registers: list[Any] = [x] + [None] * (self._registers - 1)
        del x  # or the input would outlive its last use
        self._run(registers)
        output: Tensor = registers[self._steps[-1].target]
        return output

    def _run(self, registers: list[Any]) -> None:
        for call, sources, target in self._steps:
            if isinstance(call, str):
                called = getattr(self, call)
            elif isinstance(call, tuple):
                called = getattr(getattr(self, call[0]), call[1])
            else:
                called = call
            if len(sources) == 1:
                registers[target] = called(registers[sources[0]])
            else:
                registers[target] = called(*[registers[source] for source in sources])


class FeatureInfo(tuple[Feature, ...]):
    """The features that a network outputs, each with `name`, `channels` and `reduction`; the methods are timm's."""

    def channels(self) -> list[int]:
        return [feature.channels for feature in self]

    def reduction(self) -> list[int]:
        return [feature.reduction for feature in self]

    def module_name(self) -> list[str]:
        return [feature.name for feature in self]


class FeatureExtractor(Container):
    """A network that outputs the feature maps of some of its stages, as a list."""

    feature_info: FeatureInfo

    def __reduce__(self) -> tuple[Any, ...]:
        return FeatureExtractor.__new__, (FeatureExtractor,), self.__dict__

    def __init__(
        self, children: Mapping[str, nn.Module], steps: Sequence[Step], outputs: Sequence[int], info: FeatureInfo
    ) -> None:
        super().__init__(children, steps)
        self._outputs = tuple(outputs)
        self.feature_info = info

    def forward(self, x: Tensor) -> list[Tensor]:  # type: ignore[override]  # nn.Module leaves the type open
        """(batch, channels, height, width) to a list of feature maps (batch, channels, height, width)."""
        registers: list[Any] = [x] + [None] * (self._registers - 1)
        del x
        self._run(registers)
        return [registers[output] for output in self._outputs]


@cache
def container_class(name: str) -> type[Container]:
    """The class with this name, created on first use: only the graph knows which kinds of block there are."""
    return type(name, (Container,), {"__module__": __name__})


def _empty(name: str) -> Container:
    return container_class(name).__new__(container_class(name))


@dataclass(frozen=True, slots=True)
class _Scope:
    """A module with submodules; `nodes` are all operations in it, in execution order."""

    path: str
    children: dict[str, "_Scope | Node"] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)


_Child: TypeAlias = _Scope | Node


def assemble(graph: Graph) -> nn.Module:
    """The module, with the weights that its layers have from the start.

    It maps `(batch, *graph.input_shape)` to `(batch, *graph.output_shape)`.
    """
    root = _Scope("")
    for node in graph.nodes:
        if not isinstance(node.op, Input):
            _insert(root, node)
    uses = Counter([*(name for node in graph.nodes for name in node.inputs), *graph.outputs])
    return _module(root, graph, uses)


def _insert(root: _Scope, node: Node) -> None:
    """Insert the node at its path, creating parent modules as needed."""
    scope = root
    scope.nodes.append(node)
    *parents, leaf = node.name.split(".")
    for name in parents:
        path = f"{scope.path}.{name}" if scope.path else name
        child = scope.children.setdefault(name, _Scope(path))
        assert isinstance(child, _Scope), f"{path} is both a layer and a container"
        scope = child
        scope.nodes.append(node)
    assert leaf not in scope.children, f"duplicate node {node.name}"
    scope.children[leaf] = node


def _module(child: _Child, graph: Graph, uses: Mapping[str, int]) -> nn.Module:
    """The module for a scope or a layer."""
    if isinstance(child, Node):
        assert not isinstance(child.op, Arithmetic), child.name
        return layer(child.op, inplace=_may_overwrite(graph, child.inputs[0], uses))
    modules = {
        name: _module(each, graph, uses)
        for name, each in child.children.items()
        if isinstance(each, _Scope) or each.op.is_layer
    }
    kind = graph.containers.get(child.path)
    if kind is None:
        assert [int(name) for name in modules] == sorted(int(name) for name in modules), child.path
        return nn.Sequential(OrderedDict(modules))
    if kind == LIST:
        assert list(modules) == [str(index) for index in range(len(modules))], child.path
        return nn.ModuleList(modules.values())
    calls = _calls(child, graph, uses)
    if kind == EXTRACTOR:
        plan, registers = _plan(calls, graph.outputs)
        info = FeatureInfo(graph.features)
        return FeatureExtractor(modules, plan, [registers[name] for name in graph.outputs], info)
    return container_class(kind)(modules, _plan(calls)[0])


_Called: TypeAlias = str | tuple[str, str] | Callable[..., Tensor]
_Call: TypeAlias = tuple[_Called, tuple[str, ...], str]
"""What is called, its inputs and its output, by the names of the nodes that compute them."""


def _calls(scope: _Scope, graph: Graph, uses: Mapping[str, int]) -> list[_Call]:
    """The calls of a container's forward pass, in the order in which its nodes run."""
    children: list[tuple[str | tuple[str, str], _Child]] = []
    for name, child in scope.children.items():
        if isinstance(child, _Scope) and _is_open(child, graph):
            children += [((name, index), each) for index, each in child.children.items()]
        else:
            children.append((name, child))
    calls = [_call(name, child, graph, uses) for name, child in children]
    order = {node.name: index for index, node in enumerate(scope.nodes)}
    return sorted(calls, key=lambda call: order[call[2]])


def _is_open(scope: _Scope, graph: Graph) -> bool:
    """Whether the module around it calls its children one by one: it is a list, or has an output of the network."""
    return graph.containers.get(scope.path) == LIST or any(node.name in graph.outputs for node in scope.nodes[:-1])


def _call(name: str | tuple[str, str], child: _Child, graph: Graph, uses: Mapping[str, int]) -> _Call:
    if isinstance(child, _Scope):
        inside = {node.name for node in child.nodes}
        outside = tuple(dict.fromkeys(name for node in child.nodes for name in node.inputs if name not in inside))
        assert len(outside) == 1, f"{child.path} must have one input, not {outside}"
        return name, outside, child.nodes[-1].name
    if isinstance(child.op, Arithmetic):
        called = function(child.op, inplace=_may_overwrite(graph, child.inputs[0], uses))
        return called, child.inputs, child.name
    return name, child.inputs, child.name


def _may_overwrite(graph: Graph, name: str, uses: Mapping[str, int]) -> bool:
    """Whether a value is used only once, is no view, and is not needed for the gradient of what computes it."""
    op = graph[name].op
    return uses[name] == 1 and not op.gradient_needs_output and not op.is_view


def _plan(calls: Sequence[_Call], kept: Sequence[str] = ()) -> tuple[list[Step], dict[str, int]]:
    """Allocate registers: the calls with registers instead of names, and the registers of the final values.

    A value's register is freed after the value's last use, unless the value is in `kept`.
    """
    last_use = {name: index for index, (_, inputs, _) in enumerate(calls) for name in inputs}
    last_use |= dict.fromkeys(kept, len(calls))
    computed = {output for _, _, output in calls}
    outside = list(dict.fromkeys(name for _, inputs, _ in calls for name in inputs if name not in computed))
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
    return steps, register
