"""Whole networks and all that follows from them, recorded.

Each `recorded/NAME.yaml` has a `.txt` with its graph, node by node, and the figures that `resnet_dsl.analysis` gives
for it. Together the networks have every kind of block, shortcut, norm, attention, filter, stem and head. That what is
recorded is true, other tests show: that memory is PyTorch's, receptive fields those of gradients, networks timm's.
`pytest --update-cases` rewrites the recorded texts; review the diff before committing it.
"""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from resnet_dsl.analysis import memory, receptive_field
from resnet_dsl.analysis.anatomy import anatomy
from resnet_dsl.analysis.module_tree import Container, module_tree
from resnet_dsl.analysis.parts import parts
from resnet_dsl.analysis.paths import modules, paths
from resnet_dsl.analysis.registers import allocate
from resnet_dsl.analysis.repetition import runs
from resnet_dsl.analysis.saved_tensors import saved_for_backward
from resnet_dsl.graph.features import select_features
from resnet_dsl.graph.graph import LIST, Graph

from ..helpers import lower

RECORDED = Path(__file__).parent / "recorded"
SPECS = sorted(RECORDED.glob("*.yaml"))


def record(graph: Graph) -> Iterator[str]:
    """All that is known of a network, in lines."""
    yield f"{graph.name}: depth {graph.depth}, outputs {graph.outputs}, classifier {graph.classifier}"
    yield f"parameters {graph.parameters}, macs {graph.macs}, flops {graph.flops}, one size {graph.takes_one_size}"
    yield from map(str, graph.features)
    yield from (f"container {path!r}: {kind}" for path, kind in graph.containers.items())
    yield from _nodes(graph)
    yield from _blocks(graph)
    for part in (*parts(graph, "block"), *parts(graph, "stage")):
        figures = f"{part.input_shape} -> {part.shape}, parameters {part.parameters}, macs {part.macs}"
        yield f"part {part.name}: {part.kind!r}, blocks {part.blocks}, {figures}"
    yield from (f"run {run.name}: {len(run.blocks)}" for run in runs(graph.blocks))
    cut = anatomy(graph)
    assert cut is not None
    yield from (f"anatomy: {each.name} = {getattr(cut, each.name)}" for each in fields(cut) if each.name != "features")
    yield from _calls(module_tree(graph))
    yield str(memory(graph, 3, optimizer="adam"))
    yield str(memory(graph, 3, optimizer="momentum", autocast=True))
    cut_down = select_features(graph, [0, len(graph.features) - 1])
    yield f"features only: {cut_down.outputs} of {len(cut_down.nodes)} nodes"
    yield str(memory(cut_down, 2))


def _nodes(graph: Graph) -> Iterator[str]:
    seen = receptive_field(graph)
    kept, kept_in_autocast = saved_for_backward(graph, 2), saved_for_backward(graph, 2, autocast=True)
    for node in graph.nodes:
        yield f"{node.name}: {node.op!r} of {', '.join(node.inputs)}"
        place = repr(node.span.text) if node.span else "no text"
        yield f"    {node.shape}, parameters {node.parameters}, macs {node.macs}, from {place}"
        found = seen[node.name]
        field = f"sees {found.size} from {found.start} on, every {found.jump}{', and all' * found.is_global}"
        yield f"    {field}; keeps {kept[node.name]}, under autocast {kept_in_autocast[node.name]}"


def _blocks(graph: Graph) -> Iterator[str]:
    for block in graph.blocks:
        shortcut = f"{block.shortcut.kind}, {block.shortcut.reason}, stride {block.shortcut.stride}"
        facts = f"stage {block.stage}, {block.convolutions} convolutions, {block.input_shape} -> {block.shape}"
        yield f"block {block.name}: {block.description!r}, {facts}; {shortcut}"
        way = paths(block)
        names = tuple(node.name for node in way.shortcut)
        yield f"    shortcut {names} from {way.start!r} to {way.end!r}, beside {len(way.branch)} nodes"
        for module in modules(block):
            gate = tuple(node.name for node in module.gate)
            yield f"    {module.label}: {len(module.nodes)} nodes, gate {gate}"


def _calls(container: Container) -> Iterator[str]:
    """The forward pass of a module and of those in it, with the registers."""
    yield f"module {container.path!r}: {container.kind}"
    for index, call in enumerate(container.calls):
        way = f"{'.'.join(call.called)}({', '.join(call.inputs)}) -> {call.output.name}"
        registers = "" if container.kind == LIST else f", registers {allocate(container.calls)[0][index]}"
        yield f"    {way}{registers}{', in place' * call.is_inplace}"
    for child in container.children.values():
        if isinstance(child, Container):
            yield from _calls(child)


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_a_network_is_the_recorded_one(spec: Path, pytestconfig: pytest.Config) -> None:
    """Every name, operation, shape, figure and place in the text."""
    text = "\n".join([*record(lower(spec)), ""])
    recorded = spec.with_suffix(".txt")
    if pytestconfig.getoption("--update-cases"):
        recorded.write_text(text, encoding="utf-8", newline="\n")
    assert text == recorded.read_text(encoding="utf-8")
