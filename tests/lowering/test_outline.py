"""The two-blocks-per-stage outline of a network has the figures of the whole."""

from hypothesis import given

from resnet_dsl.graph.builder import Builder
from resnet_dsl.lowering.network import build_graph
from resnet_dsl.lowering.outline import Figures, figures, occurrences, outline

from ..helpers import load, loads
from ..strategies import Document, documents

SPEC = "{name: a, input: {size: 32}, stem: {channels: 8}, block: {type: bottleneck}, stages: {depths: [1, 2, 5]}}"


def test_an_outline_has_at_most_two_blocks_per_stage() -> None:
    """Nothing else differs."""
    spec = loads(SPEC)
    assert [stage.depth for stage in outline(spec).stages] == [1, 2, 2]
    assert outline(spec) == loads(SPEC.replace("5", "2"))


def test_the_second_block_of_an_outline_represents_the_rest_of_its_stage() -> None:
    """Every other node represents only itself."""
    spec = loads(SPEC)
    counts = occurrences(spec, build_graph(Builder(), outline(spec)))
    wanted = {"conv1": 1, "layer1.0.conv1": 1, "layer2.0.add": 1, "layer2.1.add": 1, "layer3.0.conv1": 1, "fc": 1}
    assert {name: counts[name] for name in wanted} == wanted
    assert {count for name, count in counts.items() if name.startswith("layer3.1.")} == {4}
    assert {count for name, count in counts.items() if not name.startswith("layer3.1.")} == {1}


@given(documents())
def test_figures_are_those_of_the_whole_network(document: Document) -> None:
    """For any depth."""
    spec = load(document)
    whole = build_graph(Builder(), spec)
    wanted = Figures(whole.parameters, whole.macs, whole.depth, whole.output_shape)
    assert figures(spec, build_graph(Builder(), outline(spec))) == wanted
