"""Graphs made by hand, of operations in any arrangement."""

from collections.abc import Mapping, Sequence

from resnet_dsl.graph.graph import Graph, Node
from resnet_dsl.graph.ops import Input, Op
from resnet_dsl.graph.shapes import Shape

INPUT = "input"


def handmade(
    shape: Shape, operations: Sequence[tuple[str, Op, tuple[str, ...]]], containers: Mapping[str, str] | None = None
) -> Graph:
    """A graph without blocks, of operations with their paths and inputs; the first one reads `input`."""
    nodes = {INPUT: Node(INPUT, Input(shape), (), shape, 0, 0)}
    for name, op, inputs in operations:
        shapes = [nodes[each].shape for each in inputs]
        nodes[name] = Node(name, op, inputs, op.infer(shapes), op.macs(shapes), op.parameters)
    return Graph(
        name="handmade",
        nodes=tuple(nodes.values()),
        blocks=(),
        depth=0,
        features=(),
        outputs=(operations[-1][0],),
        containers={"": "Handmade", **(containers or {})},
        classifier=None,
    )
