"""A figure: boxes, texts and lines with their places, in points from the upper left corner."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias

from .text import text_width

Point: TypeAlias = tuple[float, float]
"""How far to the right, and how far down."""
Align: TypeAlias = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Box:
    """A place that lines start and end at, with lines of text."""

    name: str
    center: Point
    width: float
    height: float
    lines: tuple[str, ...] = ()
    fill: str = ""
    kind: Literal["box", "circle", "frame", "plain"] = "box"
    """A plain one has neither outline nor fill."""
    is_heavy: bool = False
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `place` is the middle of its left end, its right end or the whole."""

    text: str
    place: Point
    size: float
    align: Align = "left"
    is_quiet: bool = False
    is_bold: bool = False

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, bold=self.is_bold)


@dataclass(frozen=True, slots=True)
class Line:
    """A line from one box to another, with round corners where it turns."""

    start: str
    end: str
    points: tuple[Point, ...]
    is_dashed: bool = False
    is_heavy: bool = False
    is_way: bool = False
    """Whether it runs beside the axis, and not along it."""


Shape: TypeAlias = Box | Text | Line


@dataclass(frozen=True, slots=True)
class Figure:
    """Shapes on a sheet."""

    shapes: tuple[Shape, ...]
    width: float
    height: float
    scale: float = 1
    """How large it is drawn."""


def moved(shapes: Iterable[Shape], right: float, down: float) -> tuple[Shape, ...]:
    """The shapes, moved."""

    def move(point: Point) -> Point:
        return point[0] + right, point[1] + down

    def place(shape: Shape) -> Shape:
        match shape:
            case Box():
                return replace(shape, center=move(shape.center))
            case Text():
                return replace(shape, place=move(shape.place))
            case Line():
                return replace(shape, points=tuple(map(move, shape.points)))

    return tuple(map(place, shapes))


def spline(points: Sequence[Point], radius: float) -> list[Point]:
    """The control points of a Bézier curve along these points, with round corners."""
    corners = [
        (_toward(corner, before, radius), corner, _toward(corner, after, radius))
        for before, corner, after in zip(points, points[1:], points[2:], strict=False)
    ]
    ends = [points[0], *(point for start, _, end in corners for point in (start, end)), points[-1]]
    curve = [points[0]]
    for index, (start, end) in enumerate(pairwise(ends)):
        corner = corners[index // 2][1] if index % 2 else None
        curve += [_part(start, corner or end, 0.55), _part(end, corner or start, 0.55), end]
    return curve


def _toward(start: Point, end: Point, distance: float) -> Point:
    """The point at this distance from the start, or halfway if the end is near."""
    length = abs(end[0] - start[0]) + abs(end[1] - start[1])
    return _part(start, end, min(distance / length, 0.5) if length else 0)


def _part(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
