"""Graph -> parts at the levels of stages and blocks: one box for the branch of each block."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from ...analysis.paths import Paths, gate, paths
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
    labels = [describe(node.op) for node in nodes]
    return tuple(label.text for label in labels if not label.is_detail) or tuple(label.text for label in labels)


def _branch_lines(block: Block, way: Paths) -> tuple[str, ...]:
    """The labels of the branch's nodes, and the name of its channel attention."""
    factors = gate(block)
    lines = _lines(node for node in way.branch if node.name not in factors)
    return (*lines, _attention(block, factors)) if factors else lines


def _attention(block: Block, factors: set[str]) -> str:
    """`squeeze and excitation, 16`: the name, and the channels between its two layers."""
    convolutions = [node.op for node in block.nodes if node.name in factors and isinstance(node.op, ops.Conv2d)]
    return f"{block.attention}, {convolutions[0].out_channels}" if convolutions else block.attention
