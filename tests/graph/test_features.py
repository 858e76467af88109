"""Cutting a graph down to feature maps: what is kept, what is removed, and what describes each map."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.backends.pytorch.build import build_module
from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.graph.features import select_features
from tests.helpers import graph_of
from tests.strategies import Document, documents, small_documents

from ..helpers import load, lower

FOUR_STAGES = graph_of("name: a\nblock: {type: bottleneck}\nattention: se\nstages: {depths: [1, 2, 1, 1]}\n")


def test_only_what_the_last_map_needs_is_kept() -> None:
    """Later nodes, blocks and containers are removed; the first node stays the first."""
    graph = select_features(FOUR_STAGES, [0, 2])
    assert graph.nodes == FOUR_STAGES.nodes[: len(graph.nodes)]
    assert graph.nodes[-1].name == "layer2.1.act3"
    assert [block.name for block in graph.blocks] == ["layer1.0", "layer2.0", "layer2.1"]
    assert graph.containers == {
        "": "FeatureExtractor",
        "layer1.0": "Bottleneck",
        "layer1.0.se": "SqueezeExcite",
        "layer2.0": "Bottleneck",
        "layer2.0.se": "SqueezeExcite",
        "layer2.1": "Bottleneck",
        "layer2.1.se": "SqueezeExcite",
    }
    assert graph.outputs == ("act1", "layer2.1.act3")
    assert [feature.name for feature in graph.features] == ["stem", "layer2"]


def test_the_stem_alone_is_its_layers_before_the_pooling() -> None:
    """No block is kept."""
    graph = select_features(FOUR_STAGES, [0])
    assert [node.name for node in graph.nodes] == ["input", "conv1", "bn1", "act1"]
    assert graph.blocks == ()


@pytest.mark.parametrize("indices", [[3, 1, 2, 0, 4], [0, 0, 1, 2, 3, 4, 4], (4, 3, 2, 1, 0), range(5)])
def test_maps_come_in_the_order_of_the_network_and_once(indices: Any) -> None:
    """Whatever the order of the indices, and even if they are repeated."""
    assert select_features(FOUR_STAGES, indices) == select_features(FOUR_STAGES, [0, 1, 2, 3, 4])


@pytest.mark.parametrize("indices", [[], [5], [-1], [0, 9], [1.0], ["1"], [None], [True], [[1]]])
def test_an_invalid_stage_index_is_refused(indices: Any) -> None:
    """RD510 gives the valid range and the indices found."""
    with pytest.raises(EnvironmentFault) as caught:
        select_features(FOUR_STAGES, indices)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.message) == (
        "RD510",
        f"feature indices range from 0, the stem, to 4, the last stage; found {indices}",
    )


@given(documents() | small_documents(), st.data())
def test_a_feature_extractor_is_the_beginning_of_its_network(document: Document, data: st.DataObject) -> None:
    """Its nodes and entries are a prefix of the whole network's; each map has the shape that its feature states."""
    whole = lower(load(document))
    indices = data.draw(st.lists(st.integers(0, len(whole.features) - 1), min_size=1))
    graph = select_features(whole, indices)
    assert graph.nodes == whole.nodes[: len(graph.nodes)]
    assert list(graph.state.items()) == list(whole.state.items())[: len(graph.state)]
    assert graph.features == tuple(whole.features[index] for index in sorted(set(indices)))
    assert graph.outputs == tuple(feature.node for feature in graph.features)
    assert graph.nodes[-1].name == graph.outputs[-1]
    assert [graph[name].shape[0] for name in graph.outputs] == [feature.channels for feature in graph.features]


@given(small_documents(), st.data())
def test_the_module_of_features_has_the_entries_of_its_graph(document: Document, data: st.DataObject) -> None:
    """The same names and shapes in the same order; unneeded layers are absent."""
    whole = lower(load(document))
    last = data.draw(st.integers(0, len(whole.features) - 1))
    graph = select_features(whole, [last])
    module = build_module(graph, device="meta")
    assert [(name, tuple(value.shape)) for name, value in module.state_dict().items()] == [*graph.state.items()]
    names = {name for name, child in module.named_modules() if not list(child.children())}
    assert names == {node.name for node in graph.layers}
