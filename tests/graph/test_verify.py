"""The invariants of graphs: each check must fail on a graph that violates it."""

from dataclasses import replace

import pytest

from resnet_dsl.graph.graph import Graph, Node
from resnet_dsl.graph.ops import Activation
from resnet_dsl.graph.verify import longest_path, to_networkx, verify

from ..helpers import TINY, graph_of

GRAPH = graph_of(TINY + "input: {size: 32}\n")
LAST = GRAPH.nodes[-1]


def with_nodes(*nodes: Node) -> Graph:
    return replace(GRAPH, nodes=nodes)


def node(name: str, *inputs: str) -> Node:
    return Node(name, Activation("relu"), inputs, (8,), 0, 0)


def test_a_lowered_graph_is_valid() -> None:
    """A graph that the compiler lowers passes."""
    verify(GRAPH)


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ((*GRAPH.nodes, replace(LAST, name=GRAPH.nodes[1].name)), "two nodes share a name"),
        ((node("a", "b"), node("b", "a")), "the graph has a cycle"),
        ((node("a"), node("b"), node("c", "a", "b")), "the input is not the only source"),
        ((node("a"), node("b", "a"), node("c", "a")), "the output is not the only sink"),
        ((node("a"), node("c", "b"), node("b", "a"), node("d", "c")), "a value is used before it is computed"),
    ],
)
def test_a_broken_graph_is_a_compiler_bug(nodes: tuple[Node, ...], message: str) -> None:
    """Each violated invariant has its own message."""
    with pytest.raises(AssertionError, match=message):
        verify(with_nodes(*nodes))


def test_an_input_used_twice_is_one_edge() -> None:
    """networkx has no parallel edges; the nodes keep both inputs. Unused nodes are present as well."""
    graph = with_nodes(node("a"), node("b", "a", "a"), node("c"))
    assert list(to_networkx(graph).edges) == [("a", "b")]
    assert list(to_networkx(graph)) == ["a", "b", "c"]
    assert graph["b"].inputs == ("a", "a")


def test_the_longest_path_counts_convolutions_and_linear_layers() -> None:
    """The longer of two paths counts, each layer once."""
    assert longest_path(GRAPH) == 4
    assert longest_path(graph_of(TINY.replace("basic", "bottleneck"))) == 5
    assert longest_path(with_nodes(node("a"), node("b", "a"))) == 0
