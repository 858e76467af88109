"""Invalid networks: the messages, the places, and what is not reported."""

import pytest

from resnet_dsl.compiler import find_faults
from resnet_dsl.graph.ops import Conv2d
from resnet_dsl.language.spec import Spec

from ..helpers import TINY, faults, graph_of, loads, messages, places

SMALL = """\
name: a
input: {size: 32}
stem: {channels: 8}
block: {type: TYPE}
stages:
  depths: [2, 2]
  widths: [8, 16]
"""
BASIC = SMALL.replace("TYPE", "basic")
BOTTLENECK = SMALL.replace("TYPE", "bottleneck")

IN_THE_HEAD = """\
name: a
input: {size: 2}
stem: {channels: 8, kernel: 1, stride: 1, pool: none}
block: {type: basic, preactivation: true}
shortcut: {type: none}
norm: instance
antialias: blur
stages: {depths: [1], widths: 8, strides: 2}
"""
"""The last convolution and the norm after it see a single pixel."""


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        (
            BOTTLENECK.replace("bottleneck", "bottleneck, width_per_group: 7"),
            "7",
            "`layer1.0` has a convolution without channels: width 8 times width_per_group 7 is less than 64",
        ),
        (
            BOTTLENECK.replace("bottleneck", "bottleneck, reduce_first: 9"),
            "9",
            "`layer1.0` has a convolution without channels: the inner width 8 is less than reduce_first 9",
        ),
        (
            BASIC.replace("basic", "basic, reduce_first: [1, 17]"),
            "17",
            "`layer2.0` has a convolution without channels: width 16 is less than reduce_first 17",
        ),
        (
            BOTTLENECK.replace("bottleneck", "bottleneck, reduce_first: 2, groups: [1, 5], width_per_group: [64, 12]"),
            "2",
            "`layer2.0.conv2`: cannot divide 7 channels into 5 groups",
        ),
        (
            BASIC + "norm: {type: group, groups: 16}\n",
            "16",
            "`bn1`: group norm cannot divide 8 channels into 16 groups",
        ),
        (BASIC + "norm: group\n", "group", "`bn1`: group norm cannot divide 8 channels into 32 groups"),
    ],
)
def test_channels_that_do_not_divide(text: str, marked: str, message: str) -> None:
    """RD401, at the key to change, once per network."""
    assert places(text) == [("RD401", marked)]
    assert messages(text) == [("RD401", message)]


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        (
            TINY + "input: {size: 1}\nantialias: avg\nstem: {stride: 1}\n",
            "1",
            "`maxpool`: a window of 2x2, stride 2, does not fit a feature map of 1x1",
        ),
        (
            TINY + "input: {size: [9, 2]}\nantialias: blur\nstem: {stride: 2}\n",
            "[9, 2]",
            "`maxpool.1`: blur pooling cannot reflect the edges of a feature map of 5x1",
        ),
        (
            TINY + "norm: instance\ninput: {size: 1}",
            "1",
            "`bn1`: instance norm cannot normalise a feature map of one pixel",
        ),
        (
            BASIC.replace("32", "36").replace("  widths", "  strides: [1, 2]\n  widths") + "antialias: avg\n",
            "36",
            "`layer2.0.add`: the branch outputs a feature map of 4x4, but the shortcut one of 5x5",
        ),
        (
            BOTTLENECK.replace("32", "36").replace("{type: bottleneck}", "{type: bottleneck, conv3x3: {type: res2}}")
            + "antialias: avg\n",
            "36",
            "`layer2.0.conv2.concatenate`: feature maps of 4x4 and 5x5 cannot be joined",
        ),
        (
            BASIC.replace("32", "4") + "antialias: blur\nshortcut: {type: none}\n",
            "4",
            "`layer2.0.aa`: blur pooling cannot reflect the edges of a feature map of 1x1",
        ),
    ],
)
def test_feature_maps_that_are_too_small(text: str, marked: str, message: str) -> None:
    """RD402, at the input size."""
    assert (places(text), messages(text)) == ([("RD402", marked)], [("RD402", message)])


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (TINY + "input: {size: 1}\nantialias: avg\nstem: {stride: 1}\n", "this is in the stem"),
        (BASIC.replace("32", "4") + "antialias: blur\nshortcut: {type: none}\n", "this is in stage 2"),
        (IN_THE_HEAD, "this is in the head"),
    ],
)
def test_the_part_with_the_small_feature_map_is_named(text: str, note: str) -> None:
    """A note names the stem, stage or head."""
    (fault,) = faults(text)
    assert (fault.code, fault.notes) == ("RD402", (note,))


@pytest.mark.parametrize(
    ("keys", "notes"),
    [
        ("expansion: 2", ("width 32,769 × expansion 2 = 65,538",)),
        ("expansion: 1, groups: 3", ("width 32,769 × width_per_group 64 ⁄ 64 × groups 3 = 98,307",)),
    ],
)
def test_the_product_that_exceeds_the_channel_limit_is_shown(keys: str, notes: tuple[str, ...]) -> None:
    """With the names of its factors."""
    (fault,) = faults(BOTTLENECK.replace("[8, 16]", "32769").replace("bottleneck", f"bottleneck, {keys}"))
    assert (fault.code, fault.notes) == ("RD404", notes)


def test_a_padding_shortcut_cannot_drop_channels() -> None:
    """RD403, at the shortcut's type, once for any number of stages."""
    text = BASIC.replace("[8, 16]", "[4, 2]") + "shortcut: {type: padding}\n"
    assert places(text) == [("RD403", "padding")]
    message = "`layer1.0.downsample`: a padding shortcut cannot drop channels: 8 in, 4 out"
    assert messages(text) == [("RD403", message)]


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        (
            BOTTLENECK.replace("[8, 16]", "[8, 16385]"),
            "16385",
            "`layer2.0` has 65,540 channels, 4 more than 65,536",
        ),
        (
            BOTTLENECK.replace("  widths: [8, 16]\n", "").replace("bottleneck", "bottleneck, expansion: 513"),
            "513",
            "`layer2.0` has 65,664 channels, 128 more than 65,536",
        ),
        (
            BOTTLENECK.replace("  widths: [8, 16]\n", "").replace("bottleneck", "bottleneck, expansion: [1, 513]"),
            "513",
            "`layer2.0` has 65,664 channels, 128 more than 65,536",
        ),
        (
            BOTTLENECK.replace("[8, 16]", "1024").replace("bottleneck", "bottleneck, groups: 65"),
            "1024",
            "`layer1.0.conv2` has 66,560 channels, 1,024 more than 65,536",
        ),
        (
            BASIC.replace("[8, 16]", "[8, 32769]") + "head: {pool: catavgmax}\n",
            "catavgmax",
            "`global_pool` has 65,538 channels, 2 more than 65,536",
        ),
        (
            BASIC.replace("[8, 16]", "[8, 65536]") + "head: {pool: catavgmax}\n",
            "catavgmax",
            "`global_pool` has 131,072 channels, 65,536 more than 65,536",
        ),
    ],
)
def test_too_many_channels(text: str, marked: str, message: str) -> None:
    """RD404, at the width or pooling that causes them."""
    assert (places(text), messages(text)) == ([("RD404", marked)], [("RD404", message)])


def test_every_stage_that_is_too_wide_is_reported() -> None:
    """At its own width; the parameters, then also too many, are not reported."""
    text = (
        BASIC.replace("[8, 16]", "[40000, 50000]").replace("basic", "basic, expansion: 2").replace("[2, 2]", "[99, 9]")
    )
    assert places(text) == [("RD404", "40000"), ("RD404", "50000")]


@pytest.mark.parametrize("block", ["{type: basic}", "{type: bottleneck, expansion: 1}"])
def test_65_536_channels_are_allowed(block: str) -> None:
    """In every part of a network."""
    graph = graph_of(f"{{name: a, stem: {{channels: 65536}}, block: {block}, stages: {{depths: [1], widths: 65536}}}}")
    assert {node.shape[0] for node in graph.nodes} == {3, 65_536, 1000}


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ("output_stride: 16", "`stages.output_stride` is 16, but the network can only reach 4, 8"),
        ("output_stride: 2", "`stages.output_stride` is 2, but the network can only reach 4, 8"),
        ("output_stride: 8, strides: [1, 3]", "`stages.output_stride` is 8, but the network can only reach 4, 12"),
    ],
)
def test_an_output_stride_that_the_network_does_not_reach(stages: str, message: str) -> None:
    """RD405: the total stride is less, starts higher, or skips it."""
    text = f"name: a\nblock: {{type: basic}}\nstages: {{depths: [1, 1], {stages}}}\n"
    assert messages(text) == [("RD405", message)]
    assert [code for code, marked in places(text) if marked in stages] == ["RD405"]


@pytest.mark.parametrize(("pool", "reached"), [("none", "2, 4"), ("max", "4, 8"), ("conv", "4, 8")])
def test_the_stems_pooling_counts(pool: str, reached: str) -> None:
    """A stem without pooling has half the stride."""
    text = f"name: a\nstem: {{pool: {pool}}}\nblock: {{type: basic}}\nstages: {{depths: [1, 1], output_stride: 1}}\n"
    assert messages(text) == [("RD405", f"`stages.output_stride` is 1, but the network can only reach {reached}")]


def test_dilations_have_a_limit() -> None:
    """RD406, once, at the output stride that multiplies them."""
    text = "name: a\nblock: {type: basic}\nstages: {depths: [1, 1, 1, 1], strides: [2, 64, 2, 1], output_stride: 8}\n"
    assert places(text) == [("RD406", "8")]
    assert messages(text) == [("RD406", "stage 3 would have dilation 128, more than 64")]
    fine = graph_of(text.replace("64, 2, 1]", "64, 1, 1]"))
    assert fine["layer3.0.conv2"].op == Conv2d(256, 256, 3, padding=64, dilation=64)


def test_too_many_parameters() -> None:
    """RD305, at the stages, naming the largest layer; the limit itself is allowed."""
    text = "name: a\nstem: {channels: 65536, kernel: 1}\nblock: {type: basic}\nstages: {depths: [15], widths: 65536}\n"
    (fault,) = faults(text)
    assert fault.code == "RD305"
    excess = "60,199,338,984 more than 1,099,511,627,776"
    assert fault.message == f"the network has 1,159,710,966,760 parameters, {excess}"
    product = "65,536 × 65,536 × 3 × 3 = 38,654,705,664"
    note = (
        f"the weight of the largest layer, `layer1.0.conv1`, has {product} elements; 29 other layers of the same size"
    )
    assert fault.notes == (note,)
    assert (fault.span.text if fault.span else "") == "65536"
    assert graph_of(text.replace("15", "14")).parameters == 1_082_401_293_288


def test_a_layer_that_is_too_large_by_itself() -> None:
    """Only it is named; an independent fault is still reported."""
    text = BASIC.replace("channels: 8", "channels: [65536, 65536], kernel: 31") + "shortcut: {type: padding}\n"
    by_parameters, by_padding = faults(text.replace("[8, 16]", "[65536, 16]"))
    assert (by_parameters.code, by_padding.code) == ("RD305", "RD403")
    (fault,) = faults(text.replace("[8, 16]", "65536"))
    assert fault.notes == (
        "the weight of the largest layer, `conv1.3`, has 65,536 × 65,536 × 31 × 31 = 4,127,463,571,456 elements",
    )
    assert fault.span is not None
    assert fault.span.text == "65536"


def test_independent_faults_are_reported_together() -> None:
    """A fault with a known output shape does not hide the next; expectations are checked only without faults."""
    text = BASIC.replace("[8, 16]", "[8, 4]") + (
        "shortcut: {type: padding}\nnorm: {type: group, groups: 3}\nexpect: {depth: 1}\n"
    )
    assert places(text) == [("RD403", "padding"), ("RD401", "3")]


def test_a_spec_without_text_gets_the_same_diagnostics() -> None:
    """They point into the written-out spec."""
    spec = loads(BASIC + "shortcut: {type: padding}\n")
    stage = spec.stages[0]
    bare = Spec(name="a", stages=(stage,), shortcut=spec.shortcut, stem=type(spec.stem)(channels=(9,)))
    (fault,) = find_faults(bare)
    assert "cannot drop channels" in fault.message
    assert fault.span is not None
    assert (fault.span.source.name, fault.span.text) == ("<a>", "padding")
