"""Graph -> parts at the level of layers: one box per operation, with a frame around each block."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ...analysis.paths import paths
from ...graph.graph import Block, Graph, Node
from ...graph.page import format_shape
from .conventions import header
from .labels import describe
from .parts import HEAD, INPUT, STEM, Item, Key, Network, Note, Part, Way, keys_of


def layers(graph: Graph) -> Network:
    """One box per operation, beside those shapes that are news."""
    stem, head = ([_item(graph, node) for node in nodes] for nodes in (graph.stem, graph.head))
    parts = [
        Part(INPUT, (Item((format_shape(graph.input_shape),)),), is_boxed=False),
        *([Part(STEM, tuple(stem))] if stem else []),
        *(_block(graph, block, key) for block, key in zip(graph.blocks, keys_of(graph.blocks), strict=True)),
        *([Part(HEAD, tuple(head))] if head else []),
    ]
    return Network(header(graph), tuple(parts))


def _block(graph: Graph, block: Block, key: Key) -> Part:
    way = paths(block)
    places = {node.name: index for index, node in enumerate(way.branch)}
    ways = _bypasses(way.branch, places, way.end)
    if block.shortcut.kind != "none":
        aside = tuple(replace(_item(graph, node, block), notes=(), is_aside=True) for node in way.shortcut)
        ways.append(Way(block.shortcut.kind, places.get(way.start, -1), places[way.end], aside, is_boxed=True))
    items = [_item(graph, node, block) for node in way.branch]
    unfed = {index for index, (above, node) in enumerate(pairwise(way.branch), 1) if above.name not in node.inputs}
    items = [replace(item, is_fed=index not in unfed) for index, item in enumerate(items)]
    return Part(key, tuple(items), tuple(ways), title=block.name)


def _bypasses(branch: Sequence[Node], places: dict[str, int], addition: str) -> list[Way]:
    """The ways of inputs that are not the output of the operation above."""
    ways = []
    for index, node in enumerate(branch):
        above = branch[index - 1].name if index else None
        inputs = node.inputs[:1] if node.name == addition else node.inputs
        ways += [Way("bypass", places.get(name, -1), index) for name in inputs if above not in (None, name)]
    return ways


def _item(graph: Graph, node: Node, block: Block | None = None) -> Item:
    text, is_detail = describe(node.op)
    name = node.name.removeprefix(f"{block.name}.") if block else node.name
    is_last = block is not None and node is block.nodes[-1]
    has_news = not is_detail or is_last or any(graph[name].shape != node.shape for name in node.inputs)
    return Item(
        (text,),
        name="" if len(text) == 1 or name == text else name,
        notes=(Note(format_shape(node.shape)),) if has_news else (),
        is_detail=is_detail,
        tooltip=f"{node.name}: {node.parameters:,} parameters, {node.macs:,} multiply-accumulates",
    )
