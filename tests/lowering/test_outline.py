"""The outline of a network has the figures of the whole."""

from hypothesis import given

from resnet_dsl.graph.builder import Builder
from resnet_dsl.lowering.network import build_graph
from resnet_dsl.lowering.outline import Figures, figures, occurrences, outline

from ..helpers import load, loads
from ..strategies import Document, documents

SPEC = "{name: a, input: {size: 32}, stem: {channels: 8}, block: {type: bottleneck}, stages: {depths: [1, 2, 5]}}"


def test_an_outline_has_at_most_two_blocks_per_stage() -> None:
    """If no single block differs: the first, which may stride, and the second."""
    assert outline(loads(SPEC)).positions == ((0,), (0, 1), (0, 1))


def test_the_second_block_of_an_outline_represents_the_rest_of_its_stage() -> None:
    """Every other node represents only itself."""
    small = outline(loads(SPEC))
    counts = occurrences(small, build_graph(Builder(), loads(SPEC), small.positions))
    wanted = {"conv1": 1, "layer1.0.conv1": 1, "layer2.0.add": 1, "layer2.1.add": 1, "layer3.0.conv1": 1, "fc": 1}
    assert {name: counts[name] for name in wanted} == wanted
    assert {count for name, count in counts.items() if name.startswith("layer3.1.")} == {4}
    assert {count for name, count in counts.items() if not name.startswith("layer3.1.")} == {1}


def test_single_blocks_that_differ_are_in_the_outline() -> None:
    """Once for all that state the same, each by its own name; what states nothing is like the second block."""
    blocks = "layer3.2: {first: 3}, layer3.4: {first: 3}, layer3.3: {dilation: 2}, layer2.*: {inner: 5}"
    spec = loads(SPEC[:-1] + f", blocks: {{{blocks}}}}}")
    small = outline(spec)
    assert small.positions == ((0,), (0, 1), (0, 1, 2, 3))
    counts = {name: count for name, count in small.counts.items() if name.startswith("layer3")}
    assert counts == {"layer3.0": 1, "layer3.1": 1, "layer3.2": 2, "layer3.3": 1}


@given(documents())
def test_figures_are_those_of_the_whole_network(document: Document) -> None:
    """For any depth."""
    spec = load(document)
    whole, small = build_graph(Builder(), spec), outline(spec)
    wanted = Figures(whole.parameters, whole.macs, whole.depth, whole.output_shape)
    assert figures(small, build_graph(Builder(), spec, small.positions)) == wanted
