"""Cuts a graph down to selected intermediate feature maps."""

from collections.abc import Sequence
from dataclasses import replace

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from .builder import parents_of
from .graph import Graph

EXTRACTOR = "FeatureExtractor"
"""The class of a network that outputs feature maps."""


def select_features(graph: Graph, indices: Sequence[int]) -> Graph:
    """The network that outputs the feature maps of these stages (0 is the stem), without the layers after the last.

    Raises:
        EnvironmentFault: there is no such stage, or `indices` is empty.
    """
    last = len(graph.features) - 1
    if not indices or not all(type(index) is int and 0 <= index <= last for index in indices):
        message = f"feature indices range from 0, the stem, to {last}, the last stage; found {list(indices)}"
        raise EnvironmentFault(Diagnostic(code="RD510", message=message))
    chosen = tuple(graph.features[index] for index in sorted(set(indices)))
    position = {node.name: index for index, node in enumerate(graph.nodes)}
    nodes = graph.nodes[: position[chosen[-1].node] + 1]
    blocks = tuple(block for block in graph.blocks if position[block.nodes[-1].name] < len(nodes))
    parents = parents_of(nodes)
    containers = {path: kind for path, kind in graph.containers.items() if path in parents}
    return replace(
        graph,
        nodes=nodes,
        blocks=blocks,
        features=chosen,
        outputs=tuple(feature.node for feature in chosen),
        containers={"": EXTRACTOR} | containers,
        classifier=None,
    )
