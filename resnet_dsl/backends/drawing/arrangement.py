"""Networks side by side in columns, or one below the other in rows, with corresponding parts beside each other."""

from collections.abc import Iterable, Mapping, Sequence

from . import style
from .chain import chain
from .figure import Figure, Shape
from .heading import heading, heading_size
from .parts import Key, Network
from .scale import Scale, scale_of
from .tile import Tile, tile_of

BETWEEN = 18
"""Between networks, and between the columns of one."""


def column(networks: Sequence[Network]) -> Figure:
    """Each network from top to bottom."""
    scale = scale_of(networks, "down")
    tiled = [tiles(network, f"n{index}", scale) for index, network in enumerate(networks)]
    starts, end = _starts(tiled)
    reaches = [reach(each.values()) for each in tiled]
    headings = [heading_size(network.header, sum(r)) for network, r in zip(networks, reaches, strict=True)]
    top = style.MARGIN + max(height for _, height in headings)
    shapes: list[Shape] = []
    left = float(style.MARGIN)
    for network, each, (before, after), (wide, _) in zip(networks, tiled, reaches, headings, strict=True):
        width = before + after
        before, after = max(before, wide / 2), max(after, wide / 2)
        axis = left + before
        shapes += heading(network.header, width, axis, style.MARGIN)
        shapes += chain([(tile, (axis, top + starts[key] - tile.first.start)) for key, tile in each.items()], "down")
        left = axis + after + BETWEEN
    return Figure(tuple(shapes), left - BETWEEN + style.MARGIN, top + end + style.MARGIN)


def row(networks: Sequence[Network]) -> Figure:
    """Each network from left to right."""
    scale = scale_of(networks, "right")
    tiled = [tiles(network, f"n{index}", scale) for index, network in enumerate(networks)]
    starts, end = _starts(tiled)
    width = max(end, *(heading_size(network.header, end)[0] for network in networks))
    left = style.MARGIN + (width - end) / 2
    shapes: list[Shape] = []
    top = float(style.MARGIN)
    for network, each in zip(networks, tiled, strict=True):
        before, after = reach(each.values())
        axis = top + heading_size(network.header, end)[1] + style.GAP + after
        shapes += heading(network.header, end, style.MARGIN + width / 2, top)
        shapes += chain([(tile, (left + starts[key] - tile.first.start, axis)) for key, tile in each.items()], "right")
        top = axis + before + BETWEEN
    return Figure(tuple(shapes), width + 2 * style.MARGIN, top - BETWEEN + style.MARGIN)


def tiles(network: Network, name: str, scale: Scale) -> Mapping[Key, Tile]:
    """The tiles of a network, whose names start with this one."""
    return {part.key: tile_of(part, f"{name}p{index}", scale) for index, part in enumerate(network.parts)}


def reach(each: Iterable[Tile]) -> tuple[float, float]:
    """How far the tiles reach from their axis, before and after it."""
    before, after = zip(*((tile.before, tile.after) for tile in each), strict=True)
    return max(before), max(after)


def _starts(tiled: Sequence[Mapping[Key, Tile]]) -> tuple[Mapping[Key, float], float]:
    """Where on their axes the first items of corresponding tiles start, and where the last tiles end."""
    starts: dict[Key, float] = {}
    end = 0.0
    for key in sorted({key for each in tiled for key in each}):
        row = [each[key] for each in tiled if key in each]
        starts[key] = end + max(tile.first.start for tile in row)
        end = starts[key] + max(tile.length - tile.first.start for tile in row)
    return starts, end
