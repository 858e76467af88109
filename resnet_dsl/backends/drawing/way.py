"""Ways beside the axis: shortcuts, and the features that an attention multiplies."""

from collections.abc import Iterator, Sequence

from . import style
from .boxes import Placed, box_shapes
from .figure import Line, Point, Shape, Text
from .parts import Item, Way
from .scale import Scale
from .text import widest

_BACK = 24
"""How far the boxes of a way may reach back from its line towards the axis."""
_CLEAR = 4
"""How much farther from the axis they begin than a way without boxes runs."""
_LEAD = 8
"""From where a way leaves the axis to the next item on it."""


def leaving(way: Way, placed: Sequence[Placed]) -> float:
    """Where on the axis a way leaves it."""
    return placed[0].start - _LEAD if way.start < 0 else placed[way.start].end + style.GAP - _LEAD


def way_length(way: Way, scale: Scale) -> float:
    """The length along the axis of what a way passes through."""
    lengths = [scale.along(item, scale.way_width) for item in way.items]
    return sum(lengths) + (style.GAP * (len(lengths) + 1) if way.is_boxed and lengths else 0)


def way_shapes(
    ways: Sequence[Way], way: Way, placed: Sequence[Placed], name: str, scale: Scale
) -> tuple[list[Shape], float]:
    """The shapes of one of a part's ways, and how far from the axis they reach."""
    lane = scale.half + style.LANE * (1 + _depth(way, ways))
    leave, arrive = leaving(way, placed), placed[way.end].middle
    start = placed[way.start].name if way.start >= 0 else ""
    begin = [scale.at(leave, 0), scale.at(leave, lane)]
    finish = [scale.at(arrive, lane), scale.at(arrive, style.CIRCLE / 2)]
    middle, reach = (leave + arrive) / 2, lane
    if not way.is_boxed or not way.items:
        line = _line(way, start, placed[way.end].name, [*begin, *finish])
        texts = [text for item in way.items for text in _texts(item, middle, lane, scale)]
        return [line, *texts], reach + _texts_reach(way.items, scale)
    shapes: list[Shape] = []
    back = min(_BACK, *(scale.across(item, scale.way_width) / 2 for item in way.items))
    lane += back + _CLEAR
    begin, finish = [begin[0], scale.at(leave, lane)], [scale.at(arrive, lane), finish[1]]
    tail, reach = begin, lane
    along = middle - way_length(way, scale) / 2 + style.GAP
    for index, item in enumerate(way.items):
        length, depth = scale.along(item, scale.way_width), scale.across(item, scale.way_width)
        box = f"{name}i{index}"
        center = scale.at(along + length / 2, lane - back + depth / 2)
        shapes.append(_line(way, start, box, [*tail, scale.at(along, lane)]))
        shapes += box_shapes(box, item, center, scale.way_width, style.DETAIL)
        start, tail = box, [scale.at(along + length, lane)]
        along += length + style.GAP
        reach = max(reach, lane - back + depth)
    return [*shapes, _line(way, start, placed[way.end].name, [*tail, *finish])], reach


def _line(way: Way, start: str, end: str, points: Sequence[Point]) -> Line:
    return Line(start, end, tuple(points), is_dashed=way.is_dashed, is_heavy=way.is_marked, is_way=True)


def _depth(way: Way, ways: Sequence[Way]) -> int:
    """How many levels of ways are inside this one."""
    inside = [each for each in ways if each is not way and way.start <= each.start and each.end <= way.end]
    return max((_depth(each, ways) + 1 for each in inside), default=0)


def _texts(item: Item, middle: float, lane: float, scale: Scale) -> Iterator[Text]:
    """The lines of an item without a box, on the far side of the line."""
    count = len(item.lines)
    for index, text in enumerate(item.lines):
        if scale.direction == "down":
            place = lane + 5, middle + style.NOTE * (index - (count - 1) / 2)
            yield Text(text, place, style.SMALL, "left", is_bold=item.is_marked)
        else:
            place = middle, -lane - 3 - style.NOTE * (count - index - 0.5)
            yield Text(text, place, style.SMALL, "center", is_bold=item.is_marked)


def _texts_reach(items: Sequence[Item], scale: Scale) -> float:
    lines = [line for item in items for line in item.lines]
    if not lines:
        return 0
    return 5 + widest(lines, style.SMALL) if scale.direction == "down" else 3 + style.NOTE * len(lines)
