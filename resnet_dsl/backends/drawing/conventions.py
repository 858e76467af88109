"""What all layers of a network share, in one line: norm, activation, order, initial values, drop path."""

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields

from ...analysis.paths import gate, paths
from ...graph import ops
from ...graph.graph import Graph, Node
from .labels import describe, exact, facts
from .parts import Header


def header(graph: Graph) -> Header:
    """The title, the size, and what the boxes leave out because it is the same everywhere."""
    return Header(graph.name, facts(graph), ", ".join(_conventions(graph)))


def _conventions(graph: Graph) -> Iterator[str]:
    gates = {name for block in graph.blocks for name in gate(block)}
    nodes = [node for node in graph.nodes if node.name not in gates]
    norms = [node.op for node in nodes if isinstance(node.op, ops.NormOp)]
    yield " and ".join(dict.fromkeys(map(_norm, norms))) or "no norm"
    activations = [describe(node.op).text for node in nodes if isinstance(node.op, ops.Activation)]
    yield " and ".join(dict.fromkeys(activations)) or "no activation"
    if any(_is_preactivated(block.nodes) for block in graph.blocks):
        yield "pre-activation"
    if any(norm.initial == 0 for norm in norms):
        yield "zero-initialised residuals"
    yield from _drop_path(graph)
    yield from _projection_names(graph)


def _norm(op: ops.NormOp) -> str:
    """The norm with those of its settings that are not the defaults."""
    values = {each.name: (getattr(op, each.name), each.default) for each in fields(op) if each.name != "initial_weight"}
    changed = [f"{name} {exact(value)}" for name, (value, default) in values.items() if default not in (MISSING, value)]
    return ", ".join([describe(op).text, *changed])


def _is_preactivated(nodes: Sequence[Node]) -> bool:
    """Whether a block starts with the norm or the activation of its input."""
    return isinstance(nodes[0].op, ops.NormOp | ops.Activation)


def _drop_path(graph: Graph) -> Iterator[str]:
    """The probability at the last block, if it rises evenly from 0 at the first; else that of every block."""
    found = [
        [node.op.probability for node in block.nodes if isinstance(node.op, ops.DropPath)] for block in graph.blocks
    ]
    probabilities = [sum(each) for each in found]
    if not any(probabilities):
        return
    if (last := _last_of_even(probabilities)) is not None:
        yield f"drop path 0 to {exact(last)}"
    else:
        yield f"drop path {', '.join(map(exact, probabilities))}"


def _last_of_even(probabilities: Sequence[float]) -> float | None:
    """The number with the fewest digits from which the probabilities of evenly rising drop path follow exactly."""
    steps = max(1, len(probabilities) - 1)
    for digits in range(1, 18):
        last = float(f"{probabilities[-1]:.{digits}g}")
        if all(each == last * index / steps for index, each in enumerate(probabilities)):
            return last
    return None


def _projection_names(graph: Graph) -> Iterator[str]:
    """The name of the projections' convolutions where it leaves room for a pooling that no block needs."""
    shortcuts = [(block, paths(block).shortcut) for block in graph.blocks if block.shortcut.kind == "projection"]
    first = {nodes[0].name.removeprefix(f"{block.name}.") for block, nodes in shortcuts}
    if len(first) == 1 and not first & {"downsample", "downsample.0"}:
        yield f"projections named {first.pop()}"
