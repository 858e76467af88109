"""Invariants of every graph, in terms of graph theory."""

import networkx as nx

from .graph import Graph


def to_networkx(graph: Graph) -> "nx.DiGraph[str]":
    """The graph's node names and edges; duplicate edges are merged."""
    view: nx.DiGraph[str] = nx.DiGraph()
    view.add_nodes_from(node.name for node in graph.nodes)
    view.add_edges_from((name, node.name) for node in graph.nodes for name in node.inputs)
    return view


def verify(graph: Graph) -> None:
    """Check that values flow from one input to one output, through every node, in node order.

    Raises:
        AssertionError: they do not, which is a bug in the compiler.
    """
    view = to_networkx(graph)
    assert len(view) == len(graph.nodes), "two nodes share a name"
    assert nx.is_directed_acyclic_graph(view), "the graph has a cycle"
    source, sink = graph.nodes[0].name, graph.nodes[-1].name
    assert [name for name, degree in view.in_degree() if degree == 0] == [source], "the input is not the only source"
    assert [name for name, degree in view.out_degree() if degree == 0] == [sink], "the output is not the only sink"
    order = {node.name: index for index, node in enumerate(graph.nodes)}
    assert all(order[start] < order[end] for start, end in view.edges), "a value is used before it is computed"


def longest_path(graph: Graph) -> int:
    """Number of convolutions and linear layers on the longest path from input to output."""
    lengths: dict[str, int] = {}
    for node in graph.nodes:
        length = max((lengths[name] for name in node.inputs), default=0)
        lengths[node.name] = length + node.op.counts_for_depth
    return lengths[graph.nodes[-1].name]
