"""Tiles one after the other, with the line that runs through them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from .figure import Line, Point, Shape, moved
from .scale import Direction
from .tile import Tile

TURN = 9
"""How far the line from one column to the next runs above and below them."""


def chain(
    places: Sequence[tuple[Tile, Point]], direction: Direction, turns: tuple[float, float] = (0, 0)
) -> Iterator[Shape]:
    """The tiles at their places and the lines between them.

    Args:
        places: each tile and where its axis starts.
        direction: where the axes lead.
        turns: the heights at which the line turns below one column and above the next.
    """
    above = ""
    for tile, place in places:
        for shape in moved(tile.shapes, *place):
            yield replace(shape, start=above) if isinstance(shape, Line) and not shape.start else shape
        above = tile.last.name
    for (before, start), (after, end) in pairwise(places):
        way = [_on_axis(start, before.last.end, direction), _on_axis(end, after.first.start, direction)]
        if direction == "down" and start[0] != end[0]:
            way[1:1] = _around(start[0], end[0], end[0] - after.before - TURN, turns)
        yield Line(before.last.name, after.first.name, tuple(way))


def _on_axis(start: Point, along: float, direction: Direction) -> Point:
    return (start[0], start[1] + along) if direction == "down" else (start[0] + along, start[1])


def _around(start: float, end: float, between: float, turns: tuple[float, float]) -> list[Point]:
    """The corners on the way from the foot of one column to the head of the next."""
    bottom, top = turns
    return [(start, bottom), (between, bottom), (between, top), (end, top)]
