"""Items as boxes, at their places on the axis."""

from collections.abc import Iterator
from dataclasses import dataclass

from . import style
from .figure import Box, Point, Shape, Text
from .parts import Item
from .scale import box_height


@dataclass(frozen=True, slots=True)
class Placed:
    """An item at its place on the axis."""

    item: Item
    name: str
    start: float
    end: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def box_shapes(name: str, item: Item, center: Point, width: float, fill: str) -> Iterator[Shape]:
    """A box of this width, with the name of its layer at the right or, beside the axis, below."""
    lines = (*item.lines, " ") if item.is_aside and item.name else item.lines
    yield Box(name, center, width, box_height(item), lines, fill, "box", item.is_marked, item.tooltip)
    left, right = center[0] - width / 2 + style.INSET, center[0] + width / 2 - style.INSET
    if item.name and item.is_aside:
        yield Text(item.name, (left, center[1] + style.LINE / 2), style.NAME, "left", is_quiet=True)
    elif item.name:
        yield Text(item.name, (right, center[1]), style.NAME, "right", is_quiet=True)
