"""Graph -> nn.Module: the module tree given by the paths, and a plan for each container's forward pass."""

from collections import OrderedDict
from collections.abc import Sequence

from torch import nn

from ...analysis.anatomy import anatomy, chain, overwritten
from ...analysis.module_tree import SEQUENCE, Call, Child, Layer, module_tree
from ...analysis.registers import Registers, allocate
from ...graph.features import EXTRACTOR
from ...graph.graph import LIST, Graph
from ...graph.ops import Arithmetic
from .container import Called, Container, FeatureExtractor, FeatureInfo, Step
from .functions import function
from .layers import layer
from .root import Root


def assemble(graph: Graph) -> nn.Module:
    """The module, with the weights that its layers have from the start.

    It maps `(batch, *graph.input_shape)` to `(batch, *graph.output_shape)`.
    """
    module = _module(module_tree(graph), graph)
    changed = overwritten(graph)
    for block in graph.blocks:
        if block.nodes[0].inputs[0] in changed:
            part = module.get_submodule(block.name)
            assert isinstance(part, Container)
            part.overwrites_input = True
    return module


def _module(child: Child, graph: Graph) -> nn.Module:
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
    if child.kind == EXTRACTOR:
        registers, final = allocate(child.calls, graph.outputs)
        outputs = [final[name] for name in graph.outputs]
        steps = _steps(child.calls, registers)
        return FeatureExtractor.called(child.kind)(modules, steps, outputs, FeatureInfo(graph.features))
    registers, _ = allocate(child.calls)
    steps = _steps(child.calls, registers)
    if child.path or (parts := anatomy(graph)) is None:
        return Container.called(child.kind)(modules, steps)
    return Root.called(child.kind)(modules, steps, [_called(call) for call in chain(graph)], parts)


def _steps(calls: Sequence[Call], registers: Sequence[Registers]) -> list[Step]:
    return [Step(_called(call), *places) for call, places in zip(calls, registers, strict=True)]


def _called(call: Call) -> Called:
    """What a step calls: a module by its name or names, or a function."""
    op = call.output.op
    if isinstance(op, Arithmetic) and not call.called:
        return function(op, inplace=call.is_inplace)
    return call.called[0] if len(call.called) == 1 else call.called
