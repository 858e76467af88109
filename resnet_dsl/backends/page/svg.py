"""A tile of a drawing -> SVG whose looks are left to a style sheet."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from ..drawing import style
from ..drawing.figure import Box, Line, Point, Shape, Text, spline
from ..drawing.tile import Tile
from .markup import text

_FILLS = {style.stage_color(stage): f"s{stage}" for stage in range(style.COLORS + 1)} | {style.DETAIL: "detail"}
"""Fill -> the class that stands for it."""
_BASELINE = 0.35
"""From the middle of a line of text down to its baseline, in font sizes."""


def svg(tile: Tile, reach: tuple[float, float], *, name: str, layers: Mapping[str, int], ends: tuple[str, ...]) -> str:
    """A tile as an image of its own, so wide that those of one network line up.

    Args:
        tile: the shapes around an axis.
        reach: how far the widest tile of the network reaches to the left and to the right of the axis.
        name: the name of the part, which is left open, so that equal parts have equal images.
        layers: the number of each box that stands for an operation, by the name of the box.
        ends: the lines that connect the tile with others: `in`, `out`.
    """
    inside = [*(_shape(shape, name, layers) for shape in tile.shapes), *_connections(tile, ends)]
    before, width = reach[0], sum(reach)
    return (
        f'<svg viewBox="{_number(-before)} 0 {_number(width)} {_number(tile.length)}" width="{_number(width)}" '
        f'height="{_number(tile.length)}" aria-hidden="true">{"".join(inside)}</svg>'
    )


def color_class(fill: str) -> str:
    """The class that stands for a colour; empty if there is none."""
    return _FILLS.get(fill, "")


def _connections(tile: Tile, ends: tuple[str, ...]) -> Iterator[str]:
    """Along the axis, from the upper edge to the first box and from the last one to the lower edge."""
    if "in" in ends:
        yield _path(((0, 0), (0, tile.first.start)), "arrow")
    if "out" in ends and tile.last.end < tile.length:
        yield _path(((0, tile.last.end), (0, tile.length)), "")


def _shape(shape: Shape, name: str, layers: Mapping[str, int]) -> str:
    match shape:
        case Box():
            return _layer(shape, layers[shape.name]) if shape.name in layers else _box(shape)
        case Text():
            return _text(shape, name)
        case Line():
            classes = ("dashed" * shape.is_dashed, "way" * shape.is_way, "marked" * shape.is_heavy)
            return _path(shape.points, " ".join(filter(None, ("arrow", *classes))))
        case _:
            assert_never(shape)


def _layer(box: Box, number: int) -> str:
    """A box that can be chosen."""
    return f'<g class="layer" role="treeitem" tabindex="-1" data-layer="{number}">{_box(box)}</g>'


def _box(box: Box) -> str:
    x, y = box.center
    classes = " ".join(filter(None, (color_class(box.fill) or box.kind, "marked" * box.is_heavy)))
    match box.kind:
        case "circle":
            return f'<circle class="{classes}" cx="{_number(x)}" cy="{_number(y)}" r="{_number(box.width / 2)}"/>' + (
                _words(box.lines[0], (x, y), style.SIZE, "middle")
            )
        case "plain":
            return "".join(_words(line, (x, y), style.SIZE, "middle") for line in box.lines)
    left, top = x - box.width / 2, y - box.height / 2
    place = f'x="{_number(left)}" y="{_number(top)}" width="{_number(box.width)}" height="{_number(box.height)}"'
    middle = top + (box.height - style.LINE * len(box.lines)) / 2 + style.LINE / 2
    lines = (
        _words(line, (left + style.INSET, middle + style.LINE * index), style.SIZE)
        for index, line in enumerate(box.lines)
        if line.strip()
    )
    return f'<rect class="{classes}" {place} rx="5"/>{"".join(lines)}'


def _text(shape: Text, name: str) -> str:
    anchor = {"left": "", "center": "middle", "right": "end"}[shape.align]
    is_name = shape.text == name
    classes = filter(None, ("path" * is_name, "quiet" * shape.is_quiet, "bold" * shape.is_bold))
    return _words("" if is_name else shape.text, shape.place, shape.size, anchor, " ".join(classes))


def _words(words: str, place: Point, size: float, anchor: str = "", classes: str = "") -> str:
    """A line of text around the middle of its height."""
    look = (f' class="{classes}"' if classes else "") + (f' text-anchor="{anchor}"' if anchor else "")
    look += f' font-size="{_number(size)}"' if size != style.SIZE else ""
    return f'<text x="{_number(place[0])}" y="{_number(place[1] + size * _BASELINE)}"{look}>{text(words)}</text>'


def _path(points: tuple[Point, ...], classes: str) -> str:
    if len(points) == 2:
        curve = f"M{_point(points[0])}L{_point(points[1])}"
    else:
        start, *rest = spline(points, style.RADIUS)
        curve = f"M{_point(start)}C{' '.join(map(_point, rest))}"
    return f'<path class="{classes}" d="{curve}"/>' if classes else f'<path d="{curve}"/>'


def _point(point: Point) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
