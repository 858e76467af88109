"""Drawings, parsed from their SVG."""

import re
import xml.etree.ElementTree as ET

from resnet_dsl.backends.drawing.drawing import Detail, draw
from resnet_dsl.graph.graph import Graph
from tests.helpers import graph_of


def resnet(depths: str, kind: str = "bottleneck", rest: str = "") -> Graph:
    return graph_of(f"name: net\nblock: {{type: {kind}}}\nstages: {{depths: {depths}}}\n{rest}")


class Picture:
    """A picture as its SVG tells it."""

    def __init__(self, graph: Graph, detail: Detail) -> None:
        self.root = ET.fromstring(draw(graph, detail).svg())

    def _groups(self, kind: str) -> list[tuple[str, ET.Element]]:
        groups = [group for group in self.root.findall(".//{*}g") if kind in group.get("class", "").split()]
        return [(group.findtext("{*}title", ""), group) for group in groups]

    @property
    def texts(self) -> list[str]:
        """Every line of text: the title, the names of frames, and the boxes in the order in which they were made."""
        titles = [text for group in self.root.findall("{*}g") for text in group.findall("{*}text")]
        frames = [text for _, group in self._groups("cluster") for text in group.findall(".//{*}text")]
        nodes = sorted(self._groups("node"), key=lambda named: int(named[0].removeprefix("n")))
        boxes = [text for _, group in nodes for text in group.findall(".//{*}text")]
        return ["".join(text.itertext()) for text in (*titles, *frames, *boxes)]

    def lines(self, *, shortcuts: bool) -> list[list[float]]:
        """How far to the right the points of every line are: of shortcuts, or of the way down the middle."""
        edges = [group for title, group in self._groups("edge") if (":" in title) == shortcuts]
        paths = [path for group in edges for path in group.findall(".//{*}path")]
        return [_numbers(path)[::2] for path in paths]


def _numbers(path: ET.Element) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+", path.get("d", ""))]


def dashes(dot: str) -> list[bool]:
    """Whether each shortcut is dashed, judged where it leaves the branch."""
    lines = [line for line in dot.splitlines() if "class=shortcut" in line]
    return ["style=dashed" in line for line in lines if ":e -> " in line]


def notes(picture: Picture) -> list[str]:
    return [text for text in picture.texts if text.startswith("layer")]
