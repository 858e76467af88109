"""The small pictures of docs/gallery.md: a network's profile, a bar for each block."""

from collections.abc import Iterator
from itertools import groupby
from math import log2
from xml.sax.saxutils import escape

from resnet_dsl.backends.drawing.style import STROKE, stage_color
from resnet_dsl.graph.graph import Block, Graph

WIDTH, HEIGHT = 206, 80
LINE = 34
"""Height of the line from which sides reach up and channels down."""
LONGEST, THICKEST = 200, 7
"""Pixels of all bars together, and of one."""


def picture(graph: Graph) -> str:
    """The profile as an SVG file."""
    title = escape(f"{graph.name}: {description(graph)}")
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    start = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    sheet = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return "\n".join([start, f"<title>{title}</title>", sheet, *_bars(graph), "</svg>\n"])


def description(graph: Graph) -> str:
    """What the picture shows, stage by stage."""
    stages = [list(blocks) for _, blocks in groupby(graph.blocks, key=lambda block: block.stage)]
    return "; ".join(f"{len(blocks)} × {_shape(blocks[-1])}" for blocks in stages)


def _shape(block: Block) -> str:
    channels, *sides = block.shape
    return f"{channels} channels, {'×'.join(map(str, sides))}"


def _bars(graph: Graph) -> Iterator[str]:
    pitch = min(THICKEST, LONGEST / len(graph.blocks))
    thickness = pitch - min(1, pitch / 4)
    bars: dict[int, str] = {}
    shortcuts = attentions = ""
    for index, block in enumerate(graph.blocks):
        left = 3 + index * pitch
        top = LINE - 2 - 4 * log2(block.shape[1])
        bottom = LINE + 2 + 4 * (log2(block.shape[0]) - 3)
        for upper, lower in ((top, LINE - 2), (LINE + 2, bottom)):
            bars[block.stage] = bars.get(block.stage, "") + _rectangle(left, upper, thickness, lower - upper)
        shortcuts += _shortcut(block, left, top - 2, pitch)
        if block.attention or block.conv3x3:
            attentions += _rectangle(left, LINE - 1, thickness, 2)
    for stage, path in bars.items():
        yield f'<path fill="{stage_color(stage)}" d="{path}"/>'
    for path in filter(None, (shortcuts, attentions)):
        yield f'<path fill="{STROKE}" d="{path}"/>'


def _shortcut(block: Block, left: float, top: float, pitch: float) -> str:
    match block.shortcut.kind:
        case "none":
            return ""
        case "identity":
            return _rectangle(left, top, pitch, 1)
        case _:
            return _rectangle(left + pitch / 3, top - 1, pitch / 3, 2)


def _rectangle(left: float, top: float, width: float, height: float) -> str:
    return f"M{left:.4g} {top:.4g}h{width:.3g}v{height:.3g}h{-width:.3g}z"
