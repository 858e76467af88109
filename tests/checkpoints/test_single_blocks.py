"""Single blocks that differ from the others of their stage: recognised in as few values as say it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from resnet_dsl.checkpoints.recognition.entries import Unrecognised
from resnet_dsl.checkpoints.recognition.recognition import recognise
from resnet_dsl.checkpoints.recognition.single_blocks import exceptions, existing, merged, own, picked
from tests.strategies import Document

from ..helpers import load, lower, written_out


def network(block: Document, depths: list[int], widths: list[int], blocks: Document, **keys: Any) -> Document:
    stages = {"depths": depths, "widths": widths}
    return {
        "name": "any",
        "input": {"size": 64},
        "stem": {"channels": 8},
        "block": block,
        "stages": stages,
        "blocks": blocks,
    } | keys


def recognised(document: Document) -> Document:
    """What is recognised, after checking the law that its names and shapes are the same."""
    state = lower(document).state
    found = recognise(state).document
    assert lower({"name": "any", **found}).state == state
    return found


def count(blocks: Any) -> int:
    """How many values single blocks state."""
    return sum(len(values) for values in blocks.values())


@st.composite
def pruned(draw: DrawFn) -> Document:
    """Networks of which each block has lost channels of its own, as `blocks` states them."""
    kind = draw(st.sampled_from(["basic", "bottleneck"]))
    depths = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    channels = st.sampled_from([24, 30, 31, 32])  # few, so that some blocks are equal
    keys = ["first"] if kind == "basic" else ["first", "inner"]
    names = [f"layer{stage}.{block}" for stage, depth in enumerate(depths, 1) for block in range(depth)]
    blocks = {name: {key: draw(channels) for key in draw(st.sets(st.sampled_from(keys)))} for name in names}
    widths = draw(st.lists(st.integers(33, 200), min_size=len(depths), max_size=len(depths)))
    attention = draw(st.sampled_from(["none", "eca", "se", {"type": "se", "ratio": 0.25, "position": "inner"}]))
    return network({"type": kind, "expansion": 1}, depths, widths, blocks, attention=attention)


@given(pruned())
def test_a_pruned_network_is_recognised_in_no_more_values_than_it_was_written_in(document: Document) -> None:
    """Each block with its own channels."""
    assert count(recognised(document).get("blocks", {})) <= count(document["blocks"])


@pytest.mark.parametrize(
    ("block", "blocks", "expected"),
    [
        ("basic", {"layer1.1": {"first": 9}}, None),
        ("basic", {"layer1.*": {"first": 9}}, None),
        (
            "basic",
            {f"layer1.{index}": {"first": 9} for index in range(3)},
            {"layer1.*": {"first": 9}, "layer1.3": {"first": 16}},
        ),
        ("bottleneck", {"layer1.*": {"inner": 9}, "layer1.2": {"inner": 7}}, None),
        ("bottleneck", {"layer1.0": {"first": 8, "inner": 12, "groups": 2}}, None),
        ("bottleneck", {"layer1.3": {"groups": 4}}, None),
        ("bottleneck", {"layer2.1": {"attention": "eca"}}, None),
        ("bottleneck", {"layer1.1": {"attention": {"type": "se", "ratio": 0.5}}}, None),
    ],
)
def test_blocks_that_differ_are_stated(block: str, blocks: Document, expected: Document | None) -> None:
    """Alone, or all of a stage at once where that is shorter."""
    found = recognised(network({"type": block}, [4, 2], [16, 32], blocks))
    assert found["blocks"] == (expected or blocks)
    assert found["stages"]["widths"] == [16, 32]


def test_a_stage_that_differs_as_a_whole_needs_no_single_blocks() -> None:
    """Its own settings say it."""
    blocks = {"layer1.*": {"inner": 8, "first": 8}}
    found = recognised(network({"type": "bottleneck"}, [2, 2], [16, 32], blocks))
    assert "blocks" not in found
    assert found["block"]["width_per_group"] == [32, 64]


@pytest.mark.parametrize("depthwise", [True, False])
def test_groups_of_one_width_need_no_groups_of_single_blocks(depthwise: bool) -> None:
    """Where each channel is a group, or each four, they follow from the pruned channels."""
    blocks = {"layer1.0": {"first": 16, "inner": 16}, "layer1.1": {"first": 24, "inner": 24}}
    width = 1 if depthwise else 4
    found = recognised(network({"type": "bottleneck", "group_width": width}, [3, 2], [32, 64], blocks))
    assert found["block"]["group_width"] == width
    assert found["blocks"] == blocks


def test_timms_pruned_networks_have_an_expansion_of_1_and_the_kept_channels_as_widths() -> None:
    """And `layer3.*` and `layer4.*`, where most blocks have kept their first channels."""
    found = recognised(written_out(load("ecaresnet50d_pruned")) | {"expect": {}})
    assert found["block"]["expansion"] == 1
    assert found["stages"]["widths"] == [19, 171, 818, 2022]
    assert found["blocks"]["layer3.*"] == {"first": 256}
    assert found["blocks"]["layer3.0"] == {"first": 198, "inner": 126}
    assert found["blocks"]["layer3.2"] == {"inner": 233}
    assert count(found["blocks"]) == 29


def test_other_expansions_are_kept_where_they_need_no_more_values() -> None:
    """A network pruned inside of its blocks alone."""
    blocks = {"layer1.1": {"first": 10, "inner": 12}}
    found = recognised(network({"type": "bottleneck"}, [3, 2], [16, 32], blocks))
    assert found["blocks"] == blocks
    assert found["block"]["expansion"] == 4


def test_the_preferred_single_blocks_are_kept_whatever_else_would_say_the_same() -> None:
    """With what weights do not show of them: dilations and dropout."""
    blocks = {
        "layer1.0": {"first": 9, "dropout": 0.5},
        "layer1.1": {"first": 9},
        "layer1.2": {"first": 9},
        "layer2.1": {"dilation": 2, "attention": "se"},
    }
    state = lower(network({"type": "basic"}, [3, 2], [16, 32], blocks)).state
    assert recognise(state, prefer={"blocks": blocks}).document["blocks"] == blocks
    gone = {"layer3.0": {"first": 7}, "layer2.7": {"dilation": 2}}
    found = recognise(state, prefer={"blocks": blocks | gone}).document
    assert found["blocks"] == blocks


def test_blocks_that_no_spec_can_describe_are_named() -> None:
    """Those of another kind, or with other output channels."""
    state = lower(network({"type": "basic"}, [2], [16], {})).state
    wide = state | {"layer1.1.conv2.weight": (20, 16, 3, 3)}
    with pytest.raises(Unrecognised, match=r"^`layer1\.1` puts out 20 channels, and `layer1\.0` 16$"):
        recognise(wide)
    longer = state | {"layer1.1.conv3.weight": (16, 16, 1, 1)}
    with pytest.raises(Unrecognised, match=r"^`layer1\.1` has other layers than `layer1\.0`$"):
        recognise(longer)


def test_the_fewest_exceptions_are_found() -> None:
    """Each alone, or the most frequent value for all and the others alone."""
    names = ["layer1.0", "layer1.1", "layer1.2"]
    assert exceptions(1, names, "first", [4, 4, 4], [4, 4, 4]) == {}
    assert exceptions(1, names, "first", [4, 5, 4], [4, 4, 4]) == {"layer1.1": {"first": 5}}
    assert exceptions(1, names, "first", [5, 5, 5], [4, 4, 4]) == {"layer1.*": {"first": 5}}
    every = {"layer1.*": {"first": 5}, "layer1.2": {"first": 6}}
    assert exceptions(1, names, "first", [5, 5, 6], [4, 4, 4]) == every
    assert exceptions(1, names, "first", [5, 6, 7], [4, 4, 4]) == {
        "layer1.0": {"first": 5},
        "layer1.1": {"first": 6},
        "layer1.2": {"first": 7},
    }
    assert exceptions(2, ["layer2.0"], "inner", [5], [4]) == {"layer2.0": {"inner": 5}}
    assert exceptions(2, ["layer2.0", "layer2.1"], "inner", [5, 4], [4, 5]) == {
        "layer2.0": {"inner": 5},
        "layer2.1": {"inner": 4},
    }


ENTRIES: dict[str, dict[str, Any]] = {
    "layer2.10": {"dropout": 0.1, "first": 3},
    "layer2.9": {"attention": "se"},
    "layer1.0": {"dilation": 2},
    "layer2.*": {"groups": 2, "inner": 4, "dropout": None},
}


def test_the_name_of_a_block_wins_over_that_of_its_stage() -> None:
    """Key by key; other stages and blocks do not matter."""
    entries = {"layer1.*": {"first": 1, "inner": 2}, "layer1.0": {"first": 3}, "layer2.*": {"groups": 4}}
    assert own(entries, 1, "layer1.0") == {"first": 3, "inner": 2}
    assert own(entries, 1, "layer1.1") == {"first": 1, "inner": 2}
    assert own(entries, 2, "layer2.0") == {"groups": 4}
    assert own(entries, 3, "layer3.0") == {}


def test_entries_are_in_the_order_of_the_network() -> None:
    """Numbers as numbers, those of whole stages first, keys as in the reference; empty ones are left out."""
    found = merged(ENTRIES, {"layer2.9": {"first": 5, "attention": "eca"}, "layer10.0": {"first": 1}, "layer3.0": {}})
    assert [(name, [*values.items()]) for name, values in found.items()] == [
        ("layer1.0", [("dilation", 2)]),
        ("layer2.*", [("inner", 4), ("groups", 2), ("dropout", None)]),
        ("layer2.9", [("first", 5), ("attention", "eca")]),
        ("layer2.10", [("first", 3), ("dropout", 0.1)]),
        ("layer10.0", [("first", 1)]),
    ]
    assert merged() == {}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["dropout"], {"layer2.10": {"dropout": 0.1}}),
        (["dilation", "attention"], {"layer1.0": {"dilation": 2}, "layer2.9": {"attention": "se"}}),
        (["inner"], {"layer2.*": {"inner": 4}}),
        ([], {}),
    ],
)
def test_entries_of_some_keys(keys: list[str], expected: dict[str, Any]) -> None:
    """Without those that have none of them, or no value of it."""
    assert picked(ENTRIES, keys) == expected
    nothing: dict[str, Any] = {"layer1.1": None}
    assert picked(ENTRIES | nothing, keys) == expected
    assert picked(None, keys) == {}


def test_entries_of_blocks_that_are_there() -> None:
    """Of blocks and of whole stages, if they say anything."""
    stages = {1: ["layer1.0"], 2: ["layer2.0", "layer2.9"]}
    assert existing(ENTRIES, stages) == {name: ENTRIES[name] for name in ("layer2.9", "layer1.0", "layer2.*")}
    assert existing({"layer1.0": {}, "layer1.*": {"first": 2}}, stages) == {"layer1.*": {"first": 2}}
    assert existing({"layer1.*": {"first": 2}}, {2: ["layer2.0"]}) == {}
    assert existing(None, stages) == existing({}, stages) == {}
