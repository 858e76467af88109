"""What all layers of a network share, in one line: norm, convolutions, activation, order, initial values, drop path."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import takewhile

from ...analysis.paths import modules, paths
from ...graph import ops
from ...graph.graph import Block, Graph, Node, ShortcutKind
from ...graph.shapes import counted
from .labels import describe, exact, facts
from .parts import Header


def header(graph: Graph) -> Header:
    """The title, the size, and what the boxes leave out because it is the same everywhere."""
    return Header(graph.name, facts(graph), ", ".join(_conventions(graph)))


def _conventions(graph: Graph) -> Iterator[str]:
    inside = {node.name for block in graph.blocks for module in modules(block) for node in module.nodes}
    nodes = [node for node in graph.nodes if node.name not in inside]
    norms = [node for node in nodes if isinstance(node.op, ops.NormOp)]
    yield " and ".join(_norms(norms)) or "no norm"
    yield from _convolutions([node.op for node in nodes if isinstance(node.op, ops.Conv2d)], has_norms=bool(norms))
    activations = [describe(node.op).text for node in nodes if isinstance(node.op, ops.Activation)]
    yield " and ".join(dict.fromkeys(activations)) or "no activation"
    if any(_is_preactivated(block.nodes) for block in graph.blocks):
        yield from _preactivation(graph, has_norms=bool(norms))
    elif norms and any(_lacks_norm(block) for block in graph.blocks):
        yield "projections without norm"
    if any(node.op.initial == 0 for node in norms):
        yield "zero-initialised residuals"
    yield from _drop_path(graph)
    yield from _projection_names(graph)


def _norms(nodes: Sequence[Node]) -> list[str]:
    """The different norms; group norms that have only their channels per group in common are told by these."""
    found = [node.op for node in nodes if isinstance(node.op, ops.NormOp)]
    widths = {op.channels // op.groups for op in found if isinstance(op, ops.GroupNorm)}
    texts = list(dict.fromkeys(", ".join([describe(op).text, *_changed(op)]) for op in found))
    if len(texts) > 1 and len(widths) == 1:
        return [", ".join(["group norm", f"{counted(widths.pop(), 'channel')} per group", *_changed(found[0])])]
    return texts


def _convolutions(found: Sequence[ops.Conv2d], *, has_norms: bool) -> Iterator[str]:
    """What is unusual about the convolutions."""
    if standardised := [op for op in found if isinstance(op, ops.StandardizedConv2d)]:
        yield ", ".join(["standardised convolutions", *_changed(standardised[0])])
    if has_norms and any(op.bias for op in found):
        yield "biased convolutions"


def _changed(op: ops.NormOp | ops.StandardizedConv2d) -> Iterator[str]:
    """The settings of each layer of a kind that are not the defaults."""
    for each in fields(op):
        if each.name in ("eps", "momentum") and getattr(op, each.name) != each.default:
            yield f"{each.name} {exact(getattr(op, each.name))}"


def _preactivation(graph: Graph, *, has_norms: bool) -> Iterator[str]:
    """The order of the layers, where the identities start, and what does not follow the last block."""
    yield "pre-activation"
    if any(paths(block).start in {node.name for node in block.nodes} for block in _with_shortcut(graph, "identity")):
        yield "identities of the first activation"
    final = list(takewhile(lambda node: isinstance(node.op, ops.NormOp | ops.Activation), graph.head))
    if has_norms and not any(isinstance(node.op, ops.NormOp) for node in final):
        yield "no final norm"
    if not any(isinstance(node.op, ops.Activation) for node in final):
        yield "no final activation"


def _with_shortcut(graph: Graph, kind: ShortcutKind) -> list[Block]:
    return [block for block in graph.blocks if block.shortcut.kind == kind]


def _lacks_norm(block: Block) -> bool:
    """Whether it has a projection without a norm."""
    is_projection = block.shortcut.kind == "projection"
    return is_projection and not any(isinstance(node.op, ops.NormOp) for node in paths(block).shortcut)


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
    shortcuts = [(block, paths(block).shortcut) for block in _with_shortcut(graph, "projection")]
    first = {nodes[0].name.removeprefix(f"{block.name}.") for block, nodes in shortcuts}
    if len(first) == 1 and not first & {"downsample", "downsample.0"}:
        yield f"projections named {first.pop()}"
