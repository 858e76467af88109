"""The network at a glance: stem, blocks, head; and the shapes between them."""

from collections.abc import Iterable, Sequence

from ...analysis.paths import Paths, gate, paths
from ...analysis.repetition import Run, runs
from ...graph.graph import Block, Graph, Node
from .dot import NEUTRAL, Canvas, Mark, stage_color
from .labels import words


def overview(graph: Graph, *, collapse: bool) -> str:
    """One box per block, or with `collapse` one per run of equal blocks."""
    canvas = Canvas(graph, gap=0.13)
    x = canvas.tensor(graph.input_shape)
    x = _part(canvas, x, graph.stem)
    for run in runs(graph.blocks) if collapse else map(_single, graph.blocks):
        x = _run(canvas, x, run)
    _part(canvas, x, graph.head)
    return canvas.source


def _part(canvas: Canvas, x: Mark, nodes: Sequence[Node]) -> Mark:
    if not nodes:
        return x
    box = canvas.box(_lines(nodes), NEUTRAL)
    return _through(canvas, x, box, nodes[-1])


def _run(canvas: Canvas, x: Mark, run: Run) -> Mark:
    block = run.blocks[0]
    way = paths(block)
    box = canvas.box(
        _branch_lines(block, way), stage_color(block.stage), times=len(run.blocks), tooltip=block.shortcut.reason
    )
    y = _through(canvas, x, box, block.nodes[-1])
    canvas.row(canvas.note(run.name), box)
    if way.start:
        beside = canvas.text(_lines(way.shortcut)) if way.shortcut else canvas.bend()
        canvas.row(box, beside)
        canvas.shortcut(block.shortcut.kind, x, beside, y)
    return y


def _through(canvas: Canvas, x: Mark, box: Mark, last: Node) -> Mark:
    y = canvas.tensor(last.shape)
    canvas.flow(x, box)
    canvas.flow(box, y, arrow=False)
    return y


def _lines(nodes: Iterable[Node]) -> list[str]:
    """What the nodes are in words, without those that only the drawing of all layers shows."""
    said = [(node, words(node.op)) for node in nodes]
    return [text for _, (text, is_detail) in said if not is_detail] or [text for _, (text, _) in said]


def _branch_lines(block: Block, way: Paths) -> list[str]:
    """The convolutions of the branch, and channel attention by its name."""
    factors = gate(block)
    lines = _lines(node for node in way.branch if node.name not in factors)
    if factors:
        lines.append(block.attention)
    return lines


def _single(block: Block) -> Run:
    return Run((block,))
