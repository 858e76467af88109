"""Graph -> parts at the levels of stages and blocks: one box for the branch of each block."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby

from ...analysis.paths import Module, Paths, modules, paths
from ...analysis.repetition import Run, runs
from ...graph import ops
from ...graph.graph import Block, Graph, Node
from ...graph.page import format_shape
from ...graph.shapes import Shape
from .conventions import header
from .labels import describe
from .parts import HEAD, INPUT, STEM, Item, Key, Network, Note, Part, Way, keys_of


def overview(graph: Graph, *, collapse: bool) -> Network:
    """One box per block, or with `collapse` one per run of equal blocks."""
    blocks = runs(graph.blocks) if collapse else [Run((block,)) for block in graph.blocks]
    starts = accumulate((len(run.blocks) for run in blocks), initial=0)
    keys = keys_of(graph.blocks)
    parts = [
        Part(INPUT, (Item((format_shape(graph.input_shape),)),), is_boxed=False),
        *_outside(STEM, "stem", graph.stem),
        *(_run(run, keys[start]) for run, start in zip(blocks, starts, strict=False)),
        *_outside(HEAD, "head", graph.head),
    ]
    return Network(header(graph), tuple(parts))


def _outside(key: Key, name: str, nodes: Sequence[Node]) -> Iterator[Part]:
    if nodes:
        yield Part(key, (Item(_lines(nodes), notes=_notes(name, nodes[-1].shape)),))


def _run(run: Run, key: Key) -> Part:
    block = run.blocks[0]
    way = paths(block)
    box = Item(_branch_lines(block, way), notes=_notes(run.name, block.shape), tooltip=block.shortcut.reason)
    if block.shortcut.kind == "none":
        return Part(key, (box,), times=len(run.blocks))
    aside = (Item(_lines(way.shortcut), is_aside=True),) if way.shortcut else ()
    addition = Item((describe(ops.Add()).text,))
    shortcut = Way(block.shortcut.kind, -1, 1, aside)
    return Part(key, (box, addition), (shortcut,), times=len(run.blocks))


def _notes(name: str, shape: Shape) -> tuple[Note, ...]:
    return Note(name), Note(format_shape(shape))


def _lines(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The labels of the nodes, without details unless there is nothing else."""
    found = list(nodes)
    return tuple(_visible(found) or [describe(node.op).text for node in found])


def _branch_lines(block: Block, way: Paths) -> tuple[str, ...]:
    """The labels of the branch's nodes; of a module what it applies to the feature map, and its name."""
    by_node = {node.name: module for module in modules(block) for node in module.nodes}
    lines: list[str] = []
    for module, nodes in groupby(way.branch, key=lambda node: by_node.get(node.name)):
        lines += _visible(nodes) if module is None else _module_lines(module, way)
    return tuple(lines)


def _visible(nodes: Iterable[Node]) -> list[str]:
    """The labels of the nodes, without details."""
    return [label.text for label in (describe(node.op) for node in nodes) if not label.is_detail]


def _module_lines(module: Module, way: Paths) -> Iterator[str]:
    """`3×3 conv, 128, 2 groups` and `split attention, 2 parts, 32`: equal layers once, and the channels of its gate."""
    yield from dict.fromkeys(_visible(node for node in module.nodes if node not in module.gate))
    yield ", ".join([module.label, *_facts(module), *_place(module, way)])


def _facts(module: Module) -> Iterator[str]:
    """What the layers outside the gate do not tell: into how many parts it cuts what, and what is inside the gate."""
    if splits := sum(isinstance(node.op, ops.Slice) for node in module.nodes):
        yield f"{splits} splits"
    yield from dict.fromkeys(f"{node.op.parts} parts" for node in module.nodes if isinstance(node.op, ops.SumParts))
    convolved = {name for node in module.gate if isinstance(node.op, ops.Conv2d) for name in node.inputs}
    for node in module.gate:
        match node.op:
            case ops.ChannelConv1d(kernel):
                yield str(kernel)
            case ops.Activation() if node.name in convolved:
                yield str(node.shape[0])
                if node.op.function != "relu":
                    yield describe(node.op).text


def _place(module: Module, way: Paths) -> Iterator[str]:
    """The activation right before a module that follows all convolutions."""
    position = way.branch.index(module.nodes[0])
    before, after = way.branch[position - 1], way.branch[position + len(module.nodes) :]
    if isinstance(before.op, ops.Activation) and not any(isinstance(node.op, ops.Conv2d) for node in after):
        yield f"after {describe(before.op).text}"
