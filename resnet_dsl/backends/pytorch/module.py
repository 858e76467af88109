"""Graph -> nn.Module: the module tree given by the paths, and a plan for each container's forward pass."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from torch import Tensor, nn

from ...analysis.module_tree import SEQUENCE, Call, Child, Layer, module_tree
from ...graph.features import EXTRACTOR
from ...graph.graph import LIST, Feature, Graph
from ...graph.ops import Arithmetic
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


def assemble(graph: Graph) -> nn.Module:
    """The module, with torch's default initialisation, on torch's current default device.

    It maps `(batch, *graph.input_shape)` to `(batch, *graph.output_shape)`.
    """
    return _module(module_tree(graph), graph)


def _module(child: Child, graph: Graph) -> nn.Module:
    """The module for a container or a layer."""
    if isinstance(child, Layer):
        assert not isinstance(child.node.op, Arithmetic), child.node.name
        return layer(child.node.op, inplace=child.is_inplace)
    modules = {name: _module(each, graph) for name, each in child.children.items()}
    if child.kind == SEQUENCE:
        assert [int(name) for name in modules] == sorted(int(name) for name in modules), child.path
        return nn.Sequential(OrderedDict(modules))
    if child.kind == LIST:
        assert list(modules) == [str(index) for index in range(len(modules))], child.path
        return nn.ModuleList(modules.values())
    calls = [(_called(call), call.inputs, call.output.name) for call in child.calls]
    if child.kind == EXTRACTOR:
        plan, registers = _plan(calls, graph.outputs)
        info = FeatureInfo(graph.features)
        return FeatureExtractor(modules, plan, [registers[name] for name in graph.outputs], info)
    return container_class(child.kind)(modules, _plan(calls)[0])


_Called: TypeAlias = str | tuple[str, str] | Callable[..., Tensor]
_Call: TypeAlias = tuple[_Called, tuple[str, ...], str]
"""What is called, its inputs and its output, by the names of the nodes that compute them."""


def _called(call: Call) -> _Called:
    match call.called:
        case ():
            assert isinstance(call.output.op, Arithmetic), call.output.name
            return function(call.output.op, inplace=call.is_inplace)
        case (name,):
            return name
        case (name, index):
            return name, index
        case names:
            raise AssertionError(names)


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
