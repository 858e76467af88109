"""Ways beside the axis: shortcuts, and values that pass by other operations."""

from collections.abc import Iterator, Sequence

from . import style
from .boxes import Placed, box_shapes
from .figure import Line, Point, Shape, Text
from .parts import Item, Way, WayKind
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


def lanes(ways: Sequence[Way]) -> list[int]:
    """The lane of each way, counted from the axis: shorter ones are nearer, and only those from one item share one."""
    spans: dict[tuple[WayKind, int], int] = {}
    for way in ways:
        spans[way.kind, way.start] = max(way.end, spans.get((way.kind, way.start), way.end))
    lane: dict[tuple[WayKind, int], int] = {}
    for kind, start in sorted(spans, key=lambda each: spans[each] - each[1]):
        end = spans[kind, start]
        taken = {number for other, number in lane.items() if other[1] < end and start < spans[other]}
        lane[kind, start] = min(set(range(len(taken) + 1)) - taken)
    return [lane[way.kind, way.start] for way in ways]


def way_shapes(way: Way, number: int, placed: Sequence[Placed], name: str, scale: Scale) -> tuple[list[Shape], float]:
    """The shapes of a way in the lane with this number, and how far from the axis they reach."""
    lane = scale.half + style.LANE * (1 + number)
    leave, arrive = leaving(way, placed), placed[way.end].middle
    start = placed[way.start].name if way.start >= 0 else ""
    begin = [*_stub(way, placed, scale), scale.at(leave, 0), scale.at(leave, lane)]
    finish = [scale.at(arrive, lane), scale.at(arrive, _edge(placed[way.end].item, scale))]
    middle, reach = (leave + arrive) / 2, lane
    if not way.is_boxed or not way.items:
        line = _line(way, start, placed[way.end].name, [*begin, *finish])
        texts = [text for item in way.items for text in _texts(item, middle, lane, scale)]
        return [line, *texts], reach + _texts_reach(way.items, scale)
    shapes: list[Shape] = []
    back = min(_BACK, *(scale.across(item, scale.way_width) / 2 for item in way.items))
    lane += back + _CLEAR
    begin, finish = [*begin[:-1], scale.at(leave, lane)], [scale.at(arrive, lane), finish[1]]
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


def _stub(way: Way, placed: Sequence[Placed], scale: Scale) -> list[Point]:
    """Where the way leaves its item, if no line along the axis does."""
    is_alone = 0 <= way.start < len(placed) - 1 and not placed[way.start + 1].item.is_fed
    return [scale.at(placed[way.start].end, 0)] if is_alone else []


def _edge(item: Item, scale: Scale) -> float:
    """From the axis to the edge of an item on it."""
    return style.CIRCLE / 2 if item.is_circle else scale.across(item, scale.width) / 2


def _line(way: Way, start: str, end: str, points: Sequence[Point]) -> Line:
    return Line(start, end, tuple(points), is_dashed=way.is_dashed, is_heavy=way.is_marked, is_way=True)


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
