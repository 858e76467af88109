"""The network at a glance: stem, blocks, head, and the shapes between them."""

from collections.abc import Iterable, Sequence

from ...analysis.paths import Paths, gate, paths
from ...analysis.repetition import Run, runs
from ...graph.graph import Block, Graph, Node
from .dot import NEUTRAL, Canvas, Mark, stage_color
from .labels import describe


def overview(graph: Graph, *, collapse: bool) -> str:
    """One box per block, or with `collapse` one per run of equal blocks."""
    canvas = Canvas(graph, gap=0.13)
    x = canvas.tensor(graph.input_shape)
    x = _add_part(canvas, x, graph.stem)
    for run in runs(graph.blocks) if collapse else map(_single_run, graph.blocks):
        x = _add_run(canvas, x, run)
    _add_part(canvas, x, graph.head)
    return canvas.source


def _add_part(canvas: Canvas, x: Mark, nodes: Sequence[Node]) -> Mark:
    if not nodes:
        return x
    box = canvas.box(_lines(nodes), NEUTRAL)
    return _connect_through(canvas, x, box, nodes[-1])


def _add_run(canvas: Canvas, x: Mark, run: Run) -> Mark:
    block = run.blocks[0]
    way = paths(block)
    box = canvas.box(
        _branch_lines(block, way), stage_color(block.stage), times=len(run.blocks), tooltip=block.shortcut.reason
    )
    y = _connect_through(canvas, x, box, block.nodes[-1])
    canvas.row(canvas.note(run.name), box)
    if way.start:
        aside = canvas.text(_lines(way.shortcut)) if way.shortcut else canvas.bend()
        canvas.row(box, aside)
        canvas.shortcut(block.shortcut.kind, x, aside, y)
    return y


def _connect_through(canvas: Canvas, x: Mark, box: Mark, last: Node) -> Mark:
    y = canvas.tensor(last.shape)
    canvas.flow(x, box)
    canvas.flow(box, y, arrow=False)
    return y


def _lines(nodes: Iterable[Node]) -> list[str]:
    """The labels of the nodes, without details unless there is nothing else."""
    labels = [describe(node.op) for node in nodes]
    return [label.text for label in labels if not label.is_detail] or [label.text for label in labels]


def _branch_lines(block: Block, way: Paths) -> list[str]:
    """The labels of the branch's nodes, and the name of its channel attention."""
    factors = gate(block)
    lines = _lines(node for node in way.branch if node.name not in factors)
    if factors:
        lines.append(block.attention)
    return lines


def _single_run(block: Block) -> Run:
    return Run((block,))
