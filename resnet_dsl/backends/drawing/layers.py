"""The drawing of every operation, with a frame around each block."""

from collections.abc import Sequence

from ...analysis.paths import Paths, paths
from ...graph.graph import Block, Graph, Node
from ...graph.page import format_shape
from .dot import NEUTRAL, Canvas, Mark, stage_color
from .labels import describe

_DETAIL = "white"


def layers(graph: Graph) -> str:
    """One box per operation, with shapes below those that are not details and between blocks."""
    page = _Layers(graph)
    page.add_part([graph.nodes[0], *graph.stem])
    for block in graph.blocks:
        page.add_block(block)
    page.add_part(graph.head)
    return page.canvas.source


class _Layers:
    """The drawing, with the marks of the nodes on it."""

    def __init__(self, graph: Graph) -> None:
        self.canvas = Canvas(graph, gap=0.12)
        self._graph = graph
        self._boxes: dict[str, Mark] = {}
        self._outputs: dict[str, Mark] = {}
        """Where the nodes' outputs leave: their boxes, or the shapes below them."""

    def add_part(self, nodes: Sequence[Node]) -> None:
        """Stem or head."""
        for node in nodes:
            self._place(node, NEUTRAL, shape=node is nodes[-1] or self._has_news(node))
        self._connect(nodes)

    def add_block(self, block: Block) -> None:
        """A block in its frame, and its output shape."""
        way = paths(block)
        fill, prefix = stage_color(block.stage), f"{block.name}."
        with self.canvas.frame(block.name):
            for node in way.branch:
                self._place(node, fill, prefix, shape=node is not block.nodes[-1] and self._has_news(node))
            aside = [mark for node in way.shortcut for mark in self._place_aside(node, fill, prefix)]
            if aside:
                self.canvas.row(self._boxes[_middle(way).name], aside[len(aside) // 2])
        last = block.nodes[-1]
        self._outputs[last.name] = self._shape_below(last)
        self._connect(way.branch, way.end)
        if way.start:
            self.canvas.shortcut(block.shortcut.kind, self._outputs[way.start], *aside, self._boxes[way.end])

    def _place(self, node: Node, fill: str, prefix: str = "", *, shape: bool) -> None:
        self._outputs[node.name] = self._boxes[node.name] = self._box(node, fill, prefix)
        if shape:
            self._outputs[node.name] = self._shape_below(node)

    def _place_aside(self, node: Node, fill: str, prefix: str) -> list[Mark]:
        box = self._box(node, fill, prefix)
        return [box, self.canvas.text([format_shape(node.shape)], size=9)] if self._has_news(node) else [box]

    def _box(self, node: Node, fill: str, prefix: str) -> Mark:
        text, is_detail = describe(node.op)
        fill = _DETAIL if is_detail else fill
        tooltip = f"{node.name}: {node.parameters:,} parameters, {node.macs:,} multiply-adds"
        if len(text) == 1:
            return self.canvas.circle(text, fill, tooltip=tooltip)
        return self.canvas.box([text], fill, name=node.name.removeprefix(prefix), tooltip=tooltip)

    def _shape_below(self, node: Node) -> Mark:
        shape = self.canvas.tensor(node.shape)
        self.canvas.flow(self._boxes[node.name], shape, arrow=False)
        return shape

    def _has_news(self, node: Node) -> bool:
        """Whether its shape is worth showing, unlike that of a batch norm."""
        return not describe(node.op).is_detail or any(self._graph[name].shape != node.shape for name in node.inputs)

    def _connect(self, nodes: Sequence[Node], addition: str = "") -> None:
        previous = ""
        for node in nodes:
            for name in node.inputs[:1] if node.name == addition else node.inputs:
                if previous in ("", name):
                    self.canvas.flow(self._outputs[name], self._boxes[node.name])
                else:
                    self.canvas.bypass(self._outputs[name], self._boxes[node.name])
            previous = node.name


def _middle(way: Paths) -> Node:
    before = [node for node in way.branch if node.name != way.end]
    return before[len(before) // 2]
