"""What a reader sees of a drawing."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import combinations

from resnet_dsl.backends.drawing.drawing import Detail, Drawing, draw
from resnet_dsl.backends.drawing.figure import Box, Figure, Line, Text
from resnet_dsl.graph.graph import Graph
from tests.helpers import graph_of

LEVELS: tuple[Detail, ...] = ("stage", "block", "layer")

Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def resnet(depths: str, kind: str = "bottleneck", rest: str = "") -> Graph:
    return graph_of(f"name: net\nblock: {{type: {kind}}}\nstages: {{depths: {depths}}}\n{rest}")


def texts(graph: Graph, detail: Detail = "stage") -> list[str]:
    """Every line of text in the SVG of a column: the heading, then each part with its margin, in order."""
    root = ET.fromstring(draw(graph, detail=detail).svg())
    found = ["".join(text.itertext()) for text in root.findall(".//{*}text")]
    return [text for text in found if text.strip()]


def visible(dot: str) -> list[str]:
    """The labels in a DOT text, in order."""
    labels = re.findall(r'\blabel=("(?:[^"\\]|\\.)*"|[^\s\]]+)', dot)
    return [label.strip('"') for label in labels]


def visible_in_mermaid(text: str) -> list[str]:
    """The texts of a flowchart, in order, with the kinds of its links."""
    return re.findall(r'"([^"]*)"| (-->|-\.->|~~~) ', text)


def boxes(figure: Figure, *kinds: str) -> list[Box]:
    """The boxes of these kinds, or all that are no frames."""
    wanted = kinds or ("box", "circle", "plain")
    return [shape for shape in figure.shapes if isinstance(shape, Box) and shape.kind in wanted]


def lines(figure: Figure, *, is_way: bool | None = None) -> list[Line]:
    found = [shape for shape in figure.shapes if isinstance(shape, Line)]
    return [line for line in found if is_way is None or line.is_way == is_way]


def notes(figure: Figure) -> list[str]:
    """The names of blocks in the margin or on frames."""
    return [shape.text for shape in figure.shapes if isinstance(shape, Text) and shape.text.startswith("layer")]


def around(shape: Box | Text) -> Rectangle:
    """The rectangle around a box or a line of text."""
    if isinstance(shape, Box):
        x, y, width, height = *shape.center, shape.width, shape.height
    else:
        x, y, width, height = *shape.place, shape.width, shape.size
        x += {"left": width / 2, "center": 0, "right": -width / 2}[shape.align]
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def collisions(drawing: Drawing) -> Iterator[tuple[object, object]]:
    """Pairs of texts and boxes that overlap, except names within their boxes, and lines through boxes or texts."""
    solid: list[Box | Text] = [*boxes(drawing.figure)]
    solid += [shape for shape in drawing.figure.shapes if isinstance(shape, Text)]
    areas = [(shape, around(shape)) for shape in solid]
    for (one, first), (other, second) in combinations(areas, 2):
        if _overlap(first, second) and not (isinstance(other, Text) and _within(second, first)):
            yield one, other
    for line in lines(drawing.figure):
        for start, end in zip(line.points, line.points[1:], strict=False):
            (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
            stroke = left - 0.1, top - 0.1, right + 0.1, bottom + 0.1
            yield from ((line, shape) for shape, area in areas if _overlap(stroke, area))


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether they overlap, and do not merely touch."""
    return min(one[2], other[2]) - max(one[0], other[0]) > 0.15 and min(one[3], other[3]) - max(one[1], other[1]) > 0.15


def _within(inner: Rectangle, outer: Rectangle) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]
