"""Graph -> the images of its drawing: stages that open into blocks, and blocks into layers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from ...analysis.parts import parts
from ...analysis.paths import paths
from ...graph.graph import Graph
from ..drawing import style
from ..drawing.comparison import compared
from ..drawing.layers import layers
from ..drawing.overview import overview
from ..drawing.parts import HEAD, INPUT, STEM, Network, Part
from ..drawing.scale import scale_of
from ..drawing.tile import Tile, tile_of
from .svg import color_class, svg


@dataclass(frozen=True, slots=True)
class Closed:
    """A block, or the stem or the head, which opens into layers."""

    image: int
    """The number of the image that shows it closed."""
    layers: int
    """That of the image of its layers."""
    first: int
    """The place of its first operation among those of the network after the input."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stage, or the stem or the head."""

    name: str
    stage: int
    """Numbered from 1; 0 outside the stages."""
    color: str
    """The class of its colour."""
    images: tuple[str, ...]
    """What shows it closed: an image for each run of equal blocks."""
    inside: tuple[Closed, ...]
    """Its blocks; of the stem and the head, themselves."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """The images of a network."""

    input: str
    entries: tuple[Entry, ...]
    shared: tuple[str, ...]
    """Images by their numbers; equal blocks share one, in which the name is left open."""


def tiles(graph: Graph, before: Graph | None = None) -> Tiles:
    """The images of a network; what differs from the network before is marked in them."""
    pair = (graph,) if before is None else (before, graph)
    networks = [
        compared([overview(each, collapse=True) for each in pair])[-1],
        compared([overview(each, collapse=False) for each in pair])[-1],
        compared([layers(each) for each in pair])[-1],
    ]
    scale = scale_of(networks, "down")
    drawn = [[(part, tile_of(part, "", scale)) for part in network.parts] for network in networks]
    every = [tile for level in drawn for _, tile in level]
    reach = max(tile.before for tile in every), max(tile.after for tile in every)

    def image(part: Part, tile: Tile, name: str = "", numbers: Mapping[str, int] | None = None) -> str:
        ends = ("in" * (part.key != INPUT), "out" * (part.key != HEAD))
        return svg(tile, reach, name=name, layers=numbers or {}, ends=ends)

    (input_part, input_tile), *runs = drawn[0]
    numbers: dict[str, int] = {}
    inside = [
        Closed(
            image=numbers.setdefault(image(*closed, name=name), len(numbers)),
            layers=numbers.setdefault(image(part, tile, name, boxes), len(numbers)),
            first=first,
        )
        for closed, (part, tile), (name, first, boxes) in zip(
            drawn[1][1:], drawn[2][1:], _contents(graph, networks[2]), strict=True
        )
    ]
    entries = []
    for part, (_, found) in zip(parts(graph, "stage"), groupby(runs, key=lambda run: run[0].key[0]), strict=True):
        count = max(1, part.blocks)
        shown = list(found)
        stage = shown[0][0].stage
        color = color_class(style.stage_color(stage))
        entries.append(Entry(part.name, stage, color, tuple(image(*run) for run in shown), tuple(inside[:count])))
        del inside[:count]
    return Tiles(image(input_part, input_tile), tuple(entries), tuple(numbers))


def _contents(graph: Graph, network: Network) -> Iterator[tuple[str, int, Mapping[str, int]]]:
    """Of each part after the input: its name, the place of its first operation, and its operations by their boxes."""
    places = {node.name: place for place, node in enumerate(graph.nodes[1:])}
    blocks = iter(graph.blocks)
    for part in network.parts[1:]:
        if part.stage:
            block = next(blocks)
            way = paths(block)
            name, nodes, branch, shortcut = block.name, block.nodes, way.branch, way.shortcut
        else:
            name, nodes = ("stem", graph.stem) if part.key == STEM else ("head", graph.head)
            branch, shortcut = nodes, ()
        first = places[nodes[0].name]
        aside = next((number for number, each in enumerate(part.ways) if each.kind != "bypass"), 0)
        boxes = {f"i{number}": node for number, node in enumerate(branch)}
        boxes |= {f"w{aside}i{number}": node for number, node in enumerate(shortcut)}
        yield name, first, {box: places[node.name] - first for box, node in boxes.items()}
