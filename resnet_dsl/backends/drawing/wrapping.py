"""Networks in as many columns as make them largest on a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import style
from .arrangement import BETWEEN, column, reach, tiles
from .chain import TURN, chain
from .figure import Figure, Point, Shape
from .heading import heading, heading_size
from .page import Page
from .parts import Network
from .scale import scale_of
from .tile import Tile


@dataclass(frozen=True, slots=True)
class _Columns:
    """A network divided into columns."""

    network: Network
    columns: tuple[tuple[Tile, ...], ...]

    @property
    def content(self) -> float:
        """The width of the columns."""
        return sum(sum(reach(each)) for each in self.columns) + BETWEEN * (len(self.columns) - 1)

    @property
    def width(self) -> float:
        return max(self.content, self.heading[0])

    @property
    def heading(self) -> tuple[float, float]:
        return heading_size(self.network.header, self.content)

    @property
    def height(self) -> float:
        """The height of the tallest column."""
        return max(sum(tile.length for tile in each) for each in self.columns)


def wrap(networks: Sequence[Network], page: Page) -> Figure:
    """Each network in columns, as many as make the drawing largest on the page; single ones are aligned."""
    scale = scale_of(networks, "down")
    tiled = [tuple(tiles(network, f"n{index}", scale).values()) for index, network in enumerate(networks)]

    def divided(number: int) -> list[_Columns]:
        return [_Columns(network, _divided(each, number)) for network, each in zip(networks, tiled, strict=True)]

    best = divided(1)
    for number in range(2, max(map(len, tiled)) + 1):
        columns = divided(number)
        width, _ = _size(columns)
        if page.scale(width, 0) < page.scale(*_size(best)):
            break
        best = max(best, columns, key=lambda each: page.scale(*_size(each)))
    return column(networks) if all(len(each.columns) == 1 for each in best) else _figure(best)


def _divided(tiles: Sequence[Tile], number: int) -> tuple[tuple[Tile, ...], ...]:
    """The tiles in at most this many columns, whose heights are as equal as their order allows."""
    low, high = max(tile.length for tile in tiles), sum(tile.length for tile in tiles)
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_filled(tiles, middle)) <= number else (middle, high)
    return tuple(map(tuple, _filled(tiles, high)))


def _filled(tiles: Sequence[Tile], height: float) -> list[list[Tile]]:
    """The tiles in columns of at most this height."""
    columns: list[list[Tile]] = [[]]
    room = height
    for tile in tiles:
        if tile.length > room and columns[-1]:
            columns.append([])
            room = height
        columns[-1].append(tile)
        room -= tile.length
    return columns


def _size(networks: Sequence[_Columns]) -> tuple[float, float]:
    width = sum(each.width for each in networks) + BETWEEN * (len(networks) - 1)
    height = _top(networks) + max(each.height for each in networks) + 2 * TURN
    return width + 2 * style.MARGIN, height + style.MARGIN


def _top(networks: Sequence[_Columns]) -> float:
    """Where columns start."""
    return style.MARGIN + max(each.heading[1] for each in networks) + 2 * TURN


def _figure(networks: Sequence[_Columns]) -> Figure:
    top = _top(networks)
    shapes: list[Shape] = []
    left = float(style.MARGIN)
    for each in networks:
        shapes += heading(each.network.header, each.content, left + each.width / 2, style.MARGIN)
        places = list(_places(each, left + (each.width - each.content) / 2, top))
        shapes += chain(places, "down", (top + each.height + TURN, top - TURN / 2))
        left += each.width + BETWEEN
    return Figure(tuple(shapes), *_size(networks))


def _places(network: _Columns, left: float, top: float) -> Iterator[tuple[Tile, Point]]:
    for each in network.columns:
        before, after = reach(each)
        down = top
        for tile in each:
            yield tile, (left + before, down)
            down += tile.length
        left += before + after + BETWEEN
