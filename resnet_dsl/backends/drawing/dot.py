"""The canvas for every level of detail: boxes down the middle, shortcuts to their right, in DOT."""

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise

import graphviz

from ...diagnostics.render import printable
from ...graph.graph import Graph, ShortcutKind
from ...graph.page import format_shape
from ...graph.shapes import Shape
from .labels import facts

_STAGES = (
    *("#c0aaec", "#dbf3db", "#f0a9a2", "#c0d3eb", "#f5d297", "#b49dde", "#ffeba1", "#e09297"),
    *("#bdeefe", "#c6a662", "#93e5c2", "#96aec3", "#dcc27b", "#a1c6c8", "#d0b477", "#c3bdef"),
)
"""The paper's purple, green, red and blue first. Neighbours differ, in lightness if not in hue, for every kind of
colour blindness."""

NEUTRAL = "#f0f0f0"
"""The fill of everything outside the stages."""
_TEXT, _QUIET, _LINE = "#1a1a1a", "#5a5a5a", "#404040"
_FONT = "Helvetica"
"""Graphviz has its metrics built in, and where it is missing, Arial or a similar font replaces it."""

_NODE = {
    "fontname": _FONT,
    "fontsize": "10",
    "fontcolor": _TEXT,
    "shape": "box",
    "style": "filled,rounded",
    "color": _LINE,
    "penwidth": "0.8",
    "margin": "0.1,0.055",
    "width": "0",
    "height": "0",
}
_EDGE = {"color": _LINE, "arrowsize": "0.5"}
_PLAIN = {"shape": "plain", "style": "solid"}


def stage_color(stage: int) -> str:
    """The fill of a stage's boxes; stages are numbered from 1."""
    return _STAGES[(stage - 1) % len(_STAGES)]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the page, and the points where lines attach to it."""

    name: str
    top: str
    bottom: str
    arrive: str
    """Where shortcuts end; on the right, like `leave`."""
    leave: str
    is_passed: bool = False
    """Whether lines run through it rather than to it."""


class Canvas:
    """A drawing under construction; the DOT text keeps the order in which things are added."""

    def __init__(self, graph: Graph, *, gap: float) -> None:
        page = {
            "label": f"<<b>{_escaped(graph.name)}</b><br/>{_font(facts(graph), 9)}<br/>>",
            "labelloc": "t",
            "fontname": _FONT,
            "fontsize": "14",
            "fontcolor": _TEXT,
            "bgcolor": "white",
            "pad": "0.15",
            "nodesep": "0.15",
            "ranksep": str(gap),
        }
        self._dot = graphviz.Digraph(_escaped(graph.name), graph_attr=page, node_attr=_NODE, edge_attr=_EDGE)
        self._count = 0

    @property
    def source(self) -> str:
        return str(self._dot.source)

    def tensor(self, shape: Shape) -> Mark:
        """The shape of a tensor, on the line that it flows along."""
        text = f'<td rowspan="2">{_escaped(format_shape(shape))}</td>'
        arrive, leave = (f'<td port="{name}" width="1" height="5"></td>' for name in ("arrive", "leave"))
        mark = self._node(_table(text + arrive, leave), fontsize="9", **_PLAIN)
        return replace(mark, arrive=f"{mark.name}:arrive:e", leave=f"{mark.name}:leave:e")

    def box(self, lines: Sequence[str], fill: str, *, times: int = 1, name: str = "", tooltip: str = "") -> Mark:
        """A box of text, with `×5` if it represents five in a row, or else with its name."""
        text = (
            _escaped(lines[0]) if len(lines) == 1 else "".join(f'{_escaped(line)}<br align="left"/>' for line in lines)
        )
        label = f"<{text}>"
        if times > 1:
            label = _table(f'<td>{text}</td><td width="6"></td><td><font point-size="12"><b>×{times}</b></font></td>')
        elif name not in ("", *lines):
            label = _table(f'<td>{text}</td><td width="6"></td><td>{_font(name, 8)}</td>')
        return self._node(label, fillcolor=fill, tooltip=_escaped(tooltip))

    def circle(self, text: str, fill: str, *, tooltip: str) -> Mark:
        """A symbol in a circle, such as the plus of an addition."""
        style = {"shape": "circle", "fixedsize": "true", "width": "0.2", "margin": "0"}
        return self._node(f"<{_escaped(text)}>", **style, fillcolor=fill, tooltip=_escaped(tooltip))

    def text(self, lines: Sequence[str], *, size: int = 10) -> Mark:
        """Text without a box, with a line running through it."""
        mark = self._node(f"<{'<br/>'.join(map(_escaped, lines))}>", fontsize=str(size), **_PLAIN)
        return replace(mark, is_passed=True)

    def note(self, text: str) -> Mark:
        """Small text in the margin."""
        return self._node(f"<{_font(text, 8)}>", **_PLAIN)

    def bend(self) -> Mark:
        """A point that a line passes through: a short stroke that hides the joint of the two segments."""
        stroke = f'width="1" height="2" bgcolor="{_LINE}"'
        mark = self._node(
            _table(f"<td {stroke}></td>", f'<td port="m" {stroke}></td>', f"<td {stroke}></td>"), **_PLAIN
        )
        return replace(mark, top=f"{mark.name}:m:n", bottom=f"{mark.name}:m:s", is_passed=True)

    def flow(self, start: Mark, end: Mark, *, arrow: bool = True) -> None:
        """An edge down the middle; its weight keeps it straight."""
        self._edge(start.name, end.name, arrow=arrow, weight="1000")

    def shortcut(self, kind: ShortcutKind, start: Mark, *way: Mark) -> None:
        """A line beside the branch, from the first mark to the last: solid for an identity, else dashed."""
        style = {} if kind == "identity" else {"style": "dashed"}
        tails = [start.leave, *(mark.bottom for mark in way[:-1])]
        heads = [*(mark.top for mark in way[:-1]), way[-1].arrive]
        for tail, head, mark in zip(tails, heads, way, strict=True):
            weight = "1" if mark is way[0] or mark is way[-1] else "10"
            self._edge(tail, head, arrow=not mark.is_passed, weight=weight, **{"class": "shortcut"}, **style)

    def bypass(self, start: Mark, end: Mark) -> None:
        """An edge around a part of the branch."""
        self._edge(start.leave, end.arrive)

    def row(self, *marks: Mark) -> None:
        """Place marks side by side, from left to right."""
        with self._dot.subgraph(graph_attr={"rank": "same"}) as row:
            for start, end in pairwise(marks):
                row.edge(start.name, end.name, style="invis")

    @contextmanager
    def frame(self, name: str) -> Iterator[None]:
        """A frame around everything added inside the `with` block."""
        page = self._dot
        style = {"label": f"<{_escaped(name)}>", "labeljust": "l", "fontsize": "9", "color": _LINE, "penwidth": "0.4"}
        self._count += 1
        with page.subgraph(name=f"cluster{self._count}", graph_attr=style | {"bgcolor": "#fafafa"}) as self._dot:
            yield
        self._dot = page

    def _node(self, label: str, **attributes: str) -> Mark:
        self._count += 1
        name = f"n{self._count}"
        self._dot.node(name, label, **{key: value for key, value in attributes.items() if value})
        return Mark(name, f"{name}:n", f"{name}:s", f"{name}:e", f"{name}:e")

    def _edge(self, tail: str, head: str, *, arrow: bool = True, **attributes: str) -> None:
        direction = {} if arrow else {"dir": "none"}
        self._dot.edge(tail, head, **direction, **attributes)


def _table(*rows: str) -> str:
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<<table border="0" cellspacing="0" cellpadding="0">{body}</table>>'


def _font(text: str, size: int) -> str:
    return f'<font point-size="{size}" color="{_QUIET}">{_escaped(text)}</font>'


def _escaped(text: str) -> str:
    """The text escaped for labels and attributes; characters that XML does not allow are made visible.

    Graphviz expands entities everywhere, and treats backslashes as escapes even in HTML-like labels.
    """
    visible = printable(text).replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")
    return str(graphviz.escape(html.escape(visible))) or " "
