"""Kinds of bundled networks: those that differ in nothing but widths and depths are of one kind."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cache

from resnet_dsl.graph.graph import Graph
from resnet_dsl.graph.ops import Op
from resnet_dsl.language.document.bundled import bundled_specs
from tests.helpers import MODERATE, SEARCHES, lower

_WINDOW = {"kernel", "stride", "padding", "dilation"}
_BY_DEPTH = {"probability"}
"""What rises from block to block."""


@cache
def of_each_kind() -> Sequence[str]:
    """The network of each kind that has the fewest operations, if it is not large; in a search, all networks."""
    if SEARCHES:
        return sorted(bundled_specs())
    smallest: dict[frozenset[object], tuple[int, int, str]] = {}
    for name in bundled_specs():
        graph = lower(name)
        if graph.parameters > MODERATE:
            continue
        size = (len(graph.nodes), graph.parameters, name)
        key = kind(graph)
        smallest[key] = min(smallest.get(key, size), size)
    return sorted(name for *_, name in smallest.values())


def kind(graph: Graph) -> frozenset[object]:
    """Its operations, without numbers of channels, and its blocks."""
    operations = ((node.op.kind, *_settings(node.op)) for node in graph.nodes)
    return frozenset([*operations, *(block.description for block in graph.blocks)])


def _settings(op: Op) -> Iterator[tuple[str, object]]:
    for field in fields(op):
        value = getattr(op, field.name)
        is_number = isinstance(value, int | tuple) and not isinstance(value, bool)
        if field.name in _WINDOW or not (is_number or field.name in _BY_DEPTH):
            yield field.name, value
