"""A part of a network as a tile: its shapes around the axis that the network flows along."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from . import style
from .boxes import Placed, box_shapes
from .figure import Align, Box, Line, Shape, Text
from .parts import Part
from .scale import Scale, box_height, box_width
from .text import text_width
from .way import lanes, leaving, way_length, way_shapes


@dataclass(frozen=True, slots=True)
class Tile:
    """Shapes around an axis through the origin; lines that come from outside have no start yet."""

    shapes: tuple[Shape, ...]
    length: float
    before: float
    """How far it reaches from the axis on the side of the notes."""
    after: float
    """How far it reaches on the side of the ways."""
    first: Placed
    """Where the axis enters."""
    last: Placed
    """Where it leaves."""


def tile_of(part: Part, name: str, scale: Scale) -> Tile:
    """The tile of a part; the names of its boxes start with this one."""
    placed = _place(part, name, scale)
    ways = [
        way_shapes(way, lane, placed, f"{name}w{index}", scale)
        for index, (way, lane) in enumerate(zip(part.ways, lanes(part.ways), strict=True))
    ]
    end = placed[-1].end
    after = max([scale.half, *(reach for _, reach in ways)])
    frame: list[Shape] = []
    if part.is_framed:
        end += style.FRAME
        after += style.FRAME - 3
        frame = list(_frame(part, name, end, after, scale))
        after += _times_width(part, scale)
    shapes = (
        *frame,
        *(shape for item in placed for shape in _item_shapes(part, item, scale)),
        *(_between(above, below, scale) for above, below in pairwise(placed) if below.item.is_fed),
        *(shape for shapes, _ in ways for shape in shapes),
    )
    return Tile(shapes, end, scale.margin, after, placed[0], placed[-1])


def _place(part: Part, name: str, scale: Scale) -> list[Placed]:
    """The items along the axis, far enough apart for what the ways pass through."""
    extra = [0.0] * len(part.items)
    for way in sorted(part.ways, key=lambda way: way.end):
        placed = _in_a_row(part, name, extra, scale)
        room = placed[way.end].middle - leaving(way, placed) - 2 * style.RADIUS
        extra[way.end] += max(0, way_length(way, scale) - room)
    return _in_a_row(part, name, extra, scale)


def _in_a_row(part: Part, name: str, extra: Sequence[float], scale: Scale) -> list[Placed]:
    title = style.NOTE if part.title and scale.direction == "down" else 0
    start: float = style.BEFORE + (style.FRAME + title if part.is_framed else 0)
    placed: list[Placed] = []
    for index, item in enumerate(part.items):
        start += extra[index]
        length = (
            style.CIRCLE if item.is_circle else scale.along(item, scale.width if part.is_boxed else box_width(item))
        )
        around = scale.around(item, length)
        start += around
        placed.append(Placed(item, f"{name}i{index}", start, start + length))
        start += length + around + style.GAP
    return placed


def _item_shapes(part: Part, placed: Placed, scale: Scale) -> Iterator[Shape]:
    item, center = placed.item, scale.at(placed.middle, 0)
    if item.is_circle:
        size = style.CIRCLE
        yield Box(placed.name, center, size, size, item.lines, style.DETAIL, "circle", item.is_marked, item.tooltip)
    elif not part.is_boxed:
        yield Box(placed.name, center, box_width(item), box_height(item), item.lines, "", "plain", item.is_marked)
    else:
        fill = style.DETAIL if item.is_detail else style.stage_color(part.stage)
        yield from box_shapes(placed.name, item, center, scale.width, fill)
    yield from _notes(placed, scale)


def _notes(placed: Placed, scale: Scale) -> Iterator[Text]:
    """The lines in the margin: the last one, a shape, is quieter than the names above it."""
    notes = placed.item.notes
    for index, note in enumerate(notes):
        quiet = index == len(notes) - 1
        if scale.direction == "down":
            down = style.NOTE * (index - (len(notes) - 1) / 2)
            yield Text(note.text, (-scale.notes, placed.middle + down), style.SMALL, "left", quiet, note.is_marked)
        else:
            down = style.NOTE * (index + 0.5)
            yield Text(note.text, (placed.middle, scale.notes + down), style.SMALL, "center", quiet, note.is_marked)


def _between(above: Placed, below: Placed, scale: Scale) -> Line:
    return Line(above.name, below.name, (scale.at(above.end, 0), scale.at(below.start, 0)))


def _frame(part: Part, name: str, end: float, after: float, scale: Scale) -> Iterator[Shape]:
    """The frame around the items and ways of a part, its title inside, and how often the part repeats beside it."""
    start = style.BEFORE - 3
    before = scale.half + style.FRAME - 1
    if part.title and scale.direction == "right":
        before += style.NOTE
    (left, top), (right, bottom) = scale.at(start, -before), scale.at(end, after)
    top, bottom = sorted((top, bottom))
    center = (left + right) / 2, (top + bottom) / 2
    yield Box(f"{name}f", center, right - left, bottom - top, kind="frame", is_heavy=part.is_marked)
    if part.title:
        down = 9 if scale.direction == "down" else bottom - top - 8
        yield Text(part.title, (left + 6, top + down), style.SMALL, is_bold=part.is_marked)
    if part.times > 1:
        middle = scale.at((start + end) / 2, after + 6 + (0 if scale.direction == "down" else style.TIMES / 2))
        align: Align = "left" if scale.direction == "down" else "center"
        yield Text(f"×{part.times}", middle, style.TIMES, align, is_bold=True)


def _times_width(part: Part, scale: Scale) -> float:
    if part.times == 1:
        return 0
    return 6 + (text_width(f"×{part.times}", style.TIMES, bold=True) if scale.direction == "down" else style.TIMES)
