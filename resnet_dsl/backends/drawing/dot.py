"""Figure -> Graphviz's DOT, in which everything has its place already: the layout `nop2` keeps it."""

import html
from collections.abc import Mapping
from typing import assert_never

import graphviz

from ...diagnostics.render import printable
from . import style
from .figure import Box, Figure, Line, Point, Text, spline

_FONT = "Helvetica,Arial,sans-serif"
_BOLD = "Helvetica-Bold"


def _inches(points: float) -> str:
    return f"{points / 72:.4f}"


_NODE = {
    "fontname": _FONT,
    "fontsize": str(style.SIZE),
    "fontcolor": style.TEXT,
    "shape": "box",
    "style": "filled,rounded",
    "color": style.STROKE,
    "penwidth": "0.8",
    "margin": f"{_inches(style.INSET)},0",
    "fixedsize": "true",
}
_EDGE = {"color": style.STROKE, "arrowsize": "0.5", "penwidth": "0.9"}
_HEAVY = {"penwidth": "2.2"}


def to_dot(figure: Figure, name: str) -> str:
    """The figure in Graphviz's DOT language; equal figures give equal text."""
    page = {
        "layout": "nop2",
        "outputorder": "nodesfirst",
        "bgcolor": "white",
        "pad": "0",
        "margin": "0",
        "size": f"{_inches(figure.width * figure.scale)},{_inches(figure.height * figure.scale)}",
    }
    dot = graphviz.Digraph(_escaped(name), graph_attr=page, node_attr=_NODE, edge_attr=_EDGE)
    sheet = {"style": "filled", "fillcolor": "white", "color": "white", "penwidth": "0"}
    center = figure.width / 2, figure.height / 2
    dot.node("sheet", "", **_place(figure, center, figure.width, figure.height), **sheet)
    texts = 0
    for shape in figure.shapes:
        match shape:
            case Box():
                place = _place(figure, shape.center, shape.width, shape.height)
                dot.node(shape.name, _lines(shape), **place, **_box(shape))
            case Text():
                texts += 1
                dot.node(f"t{texts}", **_text(figure, shape))
            case Line():
                dot.edge(shape.start, shape.end, **_line(figure, shape))
            case _:
                assert_never(shape)
    return str(dot.source)


def _place(figure: Figure, center: Point, width: float, height: float) -> dict[str, str]:
    return {"pos": _point(figure, center), "width": _inches(width), "height": _inches(height)}


def _lines(box: Box) -> str:
    if box.kind != "box":
        return _escaped(box.lines[0]) if box.lines else ""
    return "".join(_escaped(line) + r"\l" for line in box.lines)


def _box(box: Box) -> Mapping[str, str]:
    """What distinguishes the box from others."""
    tooltip = {"tooltip": _escaped(box.tooltip)} if box.tooltip else {}
    heavy = _HEAVY if box.is_heavy else {}
    match box.kind:
        case "box":
            return {"fillcolor": box.fill} | heavy | tooltip
        case "circle":
            return {"shape": "circle", "fillcolor": box.fill, "style": "filled", "margin": "0"} | heavy | tooltip
        case "frame":
            thin = {"color": style.FRAME_STROKE, "penwidth": "0.6"}
            return {"fillcolor": style.FRAME_FILL} | (heavy or thin)
        case "plain":
            return {"shape": "none", "style": "solid", "margin": "0"}


def _text(figure: Figure, text: Text) -> Mapping[str, str]:
    """A node without an outline, wide enough for its text."""
    width, height = text.width * 1.3 + 4, text.size * 1.5
    left = {"left": 0.0, "center": width / 2, "right": width}[text.align]
    center = text.place[0] - left + width / 2, text.place[1]
    end = {"left": r"\l", "center": "", "right": r"\r"}[text.align]
    look = {"shape": "none", "style": "solid", "margin": "0", "fontsize": _number(text.size)}
    look |= {"fontname": _BOLD} if text.is_bold else {}
    look |= {"fontcolor": style.QUIET} if text.is_quiet else {}
    return {"label": _escaped(text.text) + end} | _place(figure, center, width, height) | look


def _line(figure: Figure, line: Line) -> Mapping[str, str]:
    *before, (x, y), (tip_x, tip_y) = line.points
    length = abs(tip_x - x) + abs(tip_y - y)
    share = max(0.0, 1 - style.ARROW / length) if length else 0.0
    base = x + (tip_x - x) * share, y + (tip_y - y) * share
    curve = spline([*before, (x, y), base], style.RADIUS)
    points = " ".join(_point(figure, point) for point in curve)
    look = {"style": "dashed"} if line.is_dashed else {}
    look |= {"class": "shortcut"} if line.is_way else {}
    return {"pos": f"e,{_point(figure, line.points[-1])} {points}"} | look | (_HEAVY if line.is_heavy else {})


def _point(figure: Figure, point: Point) -> str:
    """A point as Graphviz counts, upwards from the lower left corner."""
    return f"{_number(point[0])},{_number(figure.height - point[1])}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _escaped(text: str) -> str:
    """The text escaped for labels and attributes; characters that XML does not allow are made visible.

    Graphviz expands entities everywhere, and treats backslashes as escapes.
    """
    visible = printable(text).replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")
    return str(graphviz.escape(html.escape(visible))) or " "
