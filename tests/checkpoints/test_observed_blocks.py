"""What names and shapes reveal about blocks and stages, in exact values, and what is refused."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.recognition.entries import Unrecognised, shape_of
from resnet_dsl.checkpoints.recognition.observed_blocks import Channels, ObservedBlock, observed_block
from resnet_dsl.checkpoints.recognition.observed_conv3x3 import Observed3x3, kind_at, observed_3x3
from resnet_dsl.checkpoints.recognition.observed_groups import groupings
from resnet_dsl.checkpoints.recognition.observed_stages import ObservedStage, observed_stages
from resnet_dsl.checkpoints.recognition.open_values import OpenValues
from resnet_dsl.checkpoints.recognition.readings import Grouping

from .observations import Shapes


@pytest.mark.parametrize(
    ("shape", "rank", "fault"),
    [
        (None, 4, "it has no `a`"),
        ((), 4, "`a` has shape [] instead of 4 dimensions"),
        ((8, 8, 3), 4, "`a` has shape [8, 8, 3] instead of 4 dimensions"),
        ((8, 8), 1, "`a` has shape [8, 8] instead of 1 dimensions"),
        ((8, 8, 0, 3), 4, "`a` is empty"),
        ((0,), 1, "`a` is empty"),
        ((65_537, 8, 3, 3), 4, "`a` has 65,537 channels, more than 65,536"),
        ((8, 65_537, 3, 3), 4, "`a` has 65,537 channels, more than 65,536"),
        ((65_537, 8), 2, "`a` has 65,537 channels, more than 65,536"),
    ],
)
def test_an_entry_must_be_one_that_a_network_can_have(shape: Any, rank: int, fault: str) -> None:
    """With so many dimensions, none of which is empty, and no more channels than a layer may have."""
    with pytest.raises(Unrecognised) as caught:
        shape_of({"a": shape} if shape is not None else {}, "a", rank)
    assert str(caught.value) == fault


@pytest.mark.parametrize(
    "shape", [(65_536, 8, 3, 3), (8, 65_536, 3, 3), (8, 8, 65_537, 3), (65_536, 65_537), (1, 65_537, 65_537), (1,)]
)
def test_only_channels_are_bounded(shape: tuple[int, ...]) -> None:
    """Those of a convolution are its first two dimensions; those of another layer its first."""
    assert shape_of({"a": shape}, "a", len(shape)) == shape


RES2: Shapes = {"p.convs.0.weight": (4, 2, 3, 3)}
SPLIT: Shapes = {"p.fc1.weight": (8, 4, 1, 1), "p.fc2.weight": (16, 4, 1, 1), "p.conv.weight": (16, 4, 3, 3)}
SELECTIVE: Shapes = {"p.attn.fc_reduce.weight": (6, 12, 1, 1), "p.paths.0.conv.weight": (12, 4, 3, 3)}
PLAIN: Shapes = {"p.weight": (12, 4, 3, 3)}


@pytest.mark.parametrize(
    ("state", "kind"),
    [(RES2, "res2"), (SPLIT, "split"), (SELECTIVE, "selective"), (PLAIN, "plain"), ({}, ""), ({"p.bias": (1,)}, "")],
)
def test_one_entry_shows_the_kind_of_3x3_convolution(state: State, kind: str) -> None:
    """Even beside another kind's."""
    assert kind_at(state, "p") == kind
    assert kind_at(state, "q") == ""


@pytest.mark.parametrize(
    ("state", "in_channels", "has_groups", "preferred", "expected"),
    [
        (PLAIN, 4, False, {}, Observed3x3("plain", 12, 1)),
        (PLAIN, 12, True, {}, Observed3x3("plain", 12, 3)),
        (PLAIN, 4, True, {}, Observed3x3("plain", 12, 1)),
        (RES2, 8, True, {}, Observed3x3("res2", 4, 2, {"scale": 2}, splits=2)),
        (RES2, 4, True, {}, Observed3x3("res2", 4, 2, {"scale": 1}, splits=1)),
        ({"p.convs.0.weight": (4, 4, 3, 3)}, 16, True, {}, Observed3x3("res2", 4, 1, {"scale": 4}, splits=4)),
        ({"p.convs.0.weight": (4, 8, 3, 3)}, 16, True, {}, Observed3x3("res2", 4, 1, {"scale": 4}, splits=4)),
        (SPLIT, 16, True, {}, Observed3x3("split", 8, 2, {"radix": 2})),
        (SPLIT, 8, True, {}, Observed3x3("split", 16, 2, {"radix": 1})),
        (SPLIT, 4, True, {}, Observed3x3("split", 16, 2, {"radix": 1})),
        (SPLIT, 32, True, {}, Observed3x3("split", 4, 2, {"radix": 4})),
        (SPLIT | {"p.fc2.weight": (16, 8, 1, 1)}, 16, True, {}, Observed3x3("split", 4, 1, {"radix": 4})),
        (SPLIT | {"p.fc2.weight": (16, 9, 1, 1)}, 16, True, {}, Observed3x3("split", 4, 1, {"radix": 4})),
        (SPLIT | {"p.conv.weight": (1, 4, 3, 3)}, 16, True, {}, Observed3x3("split", 1, 2, {"radix": 2})),
        (SELECTIVE, 4, True, {}, Observed3x3("selective", 12, 1, {"split": False}, reduced=6)),
        (SELECTIVE, 2, True, {}, Observed3x3("selective", 12, 1, {"split": False}, reduced=6)),
        (SELECTIVE, 8, True, {}, Observed3x3("selective", 12, 1, {"split": True}, reduced=6)),
        (SELECTIVE, 12, True, {}, Observed3x3("selective", 12, 3, {"split": False}, reduced=6)),
        (SELECTIVE, 16, True, {}, Observed3x3("selective", 12, 4, {"split": False}, reduced=6)),
        *(
            (SELECTIVE, channels, has_groups, {"type": type_, "split": split}, found)
            for channels, has_groups, type_, split, found in [
                (4, True, "selective", True, Observed3x3("selective", 12, 1, {"split": False}, reduced=6)),
                (8, True, "selective", True, Observed3x3("selective", 12, 1, {"split": True}, reduced=6)),
                (8, True, "selective", False, Observed3x3("selective", 12, 2, {"split": False}, reduced=6)),
                (8, True, "split", False, Observed3x3("selective", 12, 1, {"split": True}, reduced=6)),
                (8, False, "selective", False, Observed3x3("selective", 12, 1, {"split": True}, reduced=6)),
                (12, True, "selective", True, Observed3x3("selective", 12, 3, {"split": False}, reduced=6)),
                (16, True, "selective", True, Observed3x3("selective", 12, 2, {"split": True}, reduced=6)),
                (16, True, "split", True, Observed3x3("selective", 12, 4, {"split": False}, reduced=6)),
                (16, False, "selective", True, Observed3x3("selective", 12, 4, {"split": False}, reduced=6)),
            ]
        ),
    ],
)
def test_a_3x3_convolution_is_read_exactly(
    state: State, in_channels: int, has_groups: bool, preferred: dict[str, Any], expected: Observed3x3
) -> None:
    """Channels, groups, splits and settings of each kind; halves are groups where that is preferred and possible."""
    found = observed_3x3(state, "p", in_channels, has_groups=has_groups, preferred=preferred)
    assert repr(found) == repr(expected)  # whole numbers, too


@pytest.mark.parametrize(
    ("state", "in_channels", "has_groups", "fault"),
    [
        ({}, 4, True, "it has no `p.weight`"),
        (PLAIN, 6, True, "`p` reads 4 channels, and there are 6"),
        (PLAIN, 2, True, "`p` reads 4 channels, and there are 2"),
        (PLAIN, 8, False, "`p` reads 4 channels, and there are 8"),
        ({"p.weight": (2000, 2000, 3, 3)}, 3000, True, "`p` reads 2,000 channels, and there are 3,000"),
        ({"p.weight": (4, 4)}, 4, True, "`p.weight` has shape [4, 4] instead of 4 dimensions"),
        (RES2, 6, True, "`p` reads 6 channels, which are no splits of 4"),
        (RES2, 2, True, "`p` reads 2 channels, which are no splits of 4"),
        (
            {"p.convs.0.weight": (2000, 2, 3, 3)},
            3000,
            True,
            "`p` reads 3,000 channels, which are no splits of 2,000",
        ),
        ({"p.convs.0.weight": (4,)}, 4, True, "`p.convs.0.weight` has shape [4] instead of 4 dimensions"),
        *(
            (whole | {name: (3,)}, 4, True, f"`{name}` has shape [3] instead of 4 dimensions")
            for whole in (SPLIT, SELECTIVE)
            for name in whole
        ),
    ],
)
def test_a_3x3_convolution_that_no_network_has_is_named(
    state: State, in_channels: int, has_groups: bool, fault: str
) -> None:
    """By its path, with the numbers that disagree."""
    with pytest.raises(Unrecognised) as caught:
        observed_3x3(state, "p", in_channels, has_groups=has_groups, preferred={})
    assert str(caught.value) == fault


BASIC: Shapes = {"b.conv1.weight": (12, 8, 3, 3), "b.conv2.weight": (16, 12, 3, 3)}
BOTTLENECK: Shapes = {"b.conv1.weight": (6, 8, 1, 1), "b.conv2.weight": (12, 3, 3, 3), "b.conv3.weight": (32, 12, 1, 1)}
SPLITS: Shapes = {
    "b.conv1.weight": (8, 8, 1, 1),
    "b.conv2.convs.0.weight": (4, 2, 3, 3),
    "b.conv3.weight": (32, 8, 1, 1),
}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (BASIC, ObservedBlock("b", "basic", 8, 16, Channels(12, 16), Observed3x3("plain", 12, 1), 0)),
        (
            BASIC | {"b.downsample.0.weight": (16, 8, 1, 1)},
            ObservedBlock("b", "basic", 8, 16, Channels(12, 16), Observed3x3("plain", 12, 1), 1),
        ),
        (
            BASIC | {"b.downsample.0.weight": (16,), "b.downsample.1.weight": (16, 8, 3, 5)},
            ObservedBlock("b", "basic", 8, 16, Channels(12, 16), Observed3x3("plain", 12, 1), 3),
        ),
        (
            BASIC | {"b.downsample.2.weight": (16, 8, 1, 1)},
            ObservedBlock("b", "basic", 8, 16, Channels(12, 16), Observed3x3("plain", 12, 1), 0),
        ),
        (
            BOTTLENECK,
            ObservedBlock("b", "bottleneck", 8, 32, Channels(6, 12, 2), Observed3x3("plain", 12, 2), 0),
        ),
        (
            SPLITS,
            ObservedBlock(
                "b", "bottleneck", 8, 32, Channels(8, 4, 2), Observed3x3("res2", 4, 2, {"scale": 2}, splits=2), 0
            ),
        ),
        (
            {"b.conv1.convs.0.weight": (2, 2, 3, 3), "b.conv2.weight": (16, 4, 3, 3)},
            ObservedBlock("b", "basic", 4, 16, Channels(2, 16), Observed3x3("res2", 2, 1, {"scale": 2}, splits=2), 0),
        ),
    ],
)
def test_a_block_is_read_exactly(state: State, expected: ObservedBlock) -> None:
    """Its type, all channels, and the kernel of its projection, which may follow a pooling."""
    in_channels = 4 if "b.conv1.weight" not in state else 5
    assert repr(observed_block(state, "b", in_channels, {})) == repr(expected)  # whole numbers, too
    assert expected.attended == expected.conv3x3.inner * expected.conv3x3.splits


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ({}, "it has no `b.conv2.weight`"),
        ({"b.conv1.weight": (8, 8, 3, 3)}, "it has no `b.conv2.weight`"),
        (BOTTLENECK | {"b.conv4.weight": (1, 1, 1, 1)}, "`b` has 4 convolutions"),
        ({f"b.conv{number}.weight": (1, 1, 1, 1) for number in range(1, 12)}, "`b` has 9 convolutions"),
        (BASIC | {"b.conv2.weight": (16, 9, 3, 3)}, "`b.conv2` reads 9 channels, and there are 12"),
        (
            BOTTLENECK | {"b.conv2.weight": (12_000, 3, 3, 3)},
            "`b.conv3` reads 12 channels, and there are 12,000",
        ),
        (SPLITS | {"b.conv3.weight": (32, 4000, 1, 1)}, "`b.conv3` reads 4,000 channels, and there are 8"),
        (BOTTLENECK | {"b.conv1.weight": (7, 8, 1, 1)}, "`b.conv2` reads 3 channels, and there are 7"),
        (BASIC | {"b.conv1.weight": (8,)}, "`b.conv1.weight` has shape [8] instead of 4 dimensions"),
        (BASIC | {"b.conv2.weight": (8,)}, "`b.conv2.weight` has shape [8] instead of 4 dimensions"),
    ],
)
def test_a_block_that_no_network_has_is_named(state: State, fault: str) -> None:
    """By the first convolution that is missing, or reads other channels than there are."""
    with pytest.raises(Unrecognised) as caught:
        observed_block(state, "b", 8, {})
    assert str(caught.value) == fault


def blocks(*channels: tuple[int, int, int], kind: str = "basic") -> Shapes:
    """The blocks of a first stage: what each reads, puts out within, and puts out."""
    found: Shapes = {}
    for index, (read, inner, out) in enumerate(channels):
        path = f"layer1.{index}"
        found[f"{path}.conv1.weight"] = (inner, read, 1, 1)
        if kind == "bottleneck":
            found[f"{path}.conv2.weight"] = (inner, inner, 3, 3)
        found[f"{path}.conv{2 if kind == 'basic' else 3}.weight"] = (out, inner, 3, 3)
    return found


def renamed(state: Shapes, stage: int) -> Shapes:
    return {name.replace("layer1", f"layer{stage}"): shape for name, shape in state.items()}


def test_stages_are_read_in_the_order_of_their_numbers() -> None:
    """Whatever the order of entries, and also if a number is missing; each reads what the one before puts out."""
    first, third = blocks((8, 8, 16), (16, 8, 16), (16, 9, 16)), renamed(blocks((16, 8, 64), kind="bottleneck"), 3)
    third |= {"layer3.0.downsample.0.weight": (64, 16, 1, 1)}
    found = list(observed_stages({**third, **first, "fc.weight": (5, 64)}, 8, []))
    assert [stage.number for stage in found] == [1, 3]
    assert [[block.name for block in stage.blocks] for stage in found] == [
        ["layer1.0", "layer1.1", "layer1.2"],
        ["layer3.0"],
    ]
    assert [stage.depth for stage in found] == [3, 1]
    assert [stage.type for stage in found] == ["basic", "bottleneck"]
    assert [stage.out_channels for stage in found] == [16, 64]
    assert [stage.keeps_channels for stage in found] == [False, False]
    assert [stage.kernels for stage in found] == [(0, 0, 0), (1,)]
    assert [stage.channels for stage in found] == [(Channels(8, 16), Channels(9, 16)), (Channels(8, 8),)]
    assert [stage.splits for stage in found] == [0, 0]


def hierarchies(*blocks: tuple[str, int, int, int]) -> Shapes:
    """Basic blocks with a hierarchy in front: path, channels read, width of a split, output."""
    found: Shapes = {}
    for path, read, width, out in blocks:
        found[f"{path}.conv1.convs.0.weight"] = (width, width, 3, 3)
        found[f"{path}.conv2.weight"] = (out, read, 3, 3)
    return found


def test_channels_are_those_before_where_the_first_convolution_does_not_say() -> None:
    """Of the stem, of the block before, and of the stage before."""
    found = observed_stages(
        hierarchies(("layer1.0", 8, 2, 16), ("layer1.1", 16, 4, 16), ("layer2.0", 16, 8, 10)), 8, []
    )
    first, second = found
    assert [block.in_channels for block in (*first.blocks, *second.blocks)] == [8, 16, 16]
    assert [block.conv3x3.settings["scale"] for block in (*first.blocks, *second.blocks)] == [4, 4, 2]


def selective(*widths: int) -> Shapes:
    """Bottlenecks of a first stage with selective kernels that read 16 channels, so many per path and group."""
    found: Shapes = {}
    for index, width in enumerate(widths):
        found[f"layer1.{index}.conv1.weight"] = (16, 16, 1, 1)
        found[f"layer1.{index}.conv2.attn.fc_reduce.weight"] = (32, 16, 1, 1)
        found[f"layer1.{index}.conv2.paths.0.conv.weight"] = (16, width, 3, 3)
        found[f"layer1.{index}.conv3.weight"] = (16, 16, 1, 1)
    return found


@pytest.mark.parametrize(
    ("widths", "preferred", "split", "groups"),
    [
        ((8, 8), [], True, [1, 1]),
        ((8, 8), [{"type": "selective", "split": False}], False, [2, 2]),
        ((8, 4), [], False, [2, 4]),
        ((16, 8), [], False, [1, 2]),
        ((4, 4), [{"type": "selective", "split": True}], True, [2, 2]),
        ((4, 8), [{"type": "selective", "split": True}], True, [2, 1]),
        ((4, 16), [{"type": "selective", "split": True}], False, [4, 1]),
        ((4, 4), [{}, {"type": "selective", "split": True}], False, [4, 4]),
    ],
)
def test_halves_are_groups_where_the_blocks_of_a_stage_differ_otherwise(
    widths: tuple[int, ...], preferred: list[dict[str, Any]], split: bool, groups: list[int]
) -> None:
    """Two parts are halves, and more are groups, unless their number differs or others are preferred."""
    (stage,) = observed_stages(selective(*widths), 16, preferred)
    assert [block.conv3x3.settings for block in stage.blocks] == [{"split": split}] * 2
    assert [block.conv3x3.groups for block in stage.blocks] == groups


def test_preferences_are_those_of_each_stage_in_order() -> None:
    """Not of the stage with this number."""
    state = renamed(selective(8), 2) | renamed(selective(8), 4)
    found = observed_stages(state, 16, [{"type": "selective", "split": False}, {}])
    assert [stage.blocks[0].conv3x3.groups for stage in found] == [2, 1]


def test_the_splits_of_a_stage_count_only_where_the_first_convolutions_put_out_all() -> None:
    """With a hierarchy, as in Res2Net; not with split attention."""
    (hierarchy,) = observed_stages({name.replace("b.", "layer1.0."): each for name, each in SPLITS.items()}, 8, [])
    assert hierarchy.splits == 2
    split = {f"layer1.0.conv2{name[1:]}": shape for name, shape in SPLIT.items()}
    split |= {"layer1.0.conv1.weight": (16, 8, 1, 1), "layer1.0.conv3.weight": (32, 8, 1, 1)}
    (attention,) = observed_stages(split, 8, [])
    assert attention.splits == 0


@pytest.mark.parametrize(
    ("channels", "kind", "expected"),
    [
        ([(16, 16, 16)], "bottleneck", True),
        ([(16, 16, 16)], "basic", False),
        ([(16, 8, 16)], "bottleneck", False),
        ([(16, 16, 16), (16, 8, 16)], "bottleneck", False),
        ([(8, 16, 16), (16, 16, 16)], "bottleneck", True),
    ],
)
def test_a_stage_of_one_width_is_of_bottlenecks_that_are_no_narrower_inside(
    channels: list[tuple[int, int, int]], kind: str, expected: bool
) -> None:
    """All of them; whatever they read."""
    (stage,) = observed_stages(blocks(*channels, kind=kind), channels[0][0], [])
    assert stage.has_one_width is expected
    assert stage.keeps_channels is (channels[0][0] == 16)


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        (blocks((8, 8, 16)) | {"layer1.2.x": ()}, "the blocks of `layer1` are not numbered consecutively from 0"),
        ({"layer1.1.x": ()}, "the blocks of `layer1` are not numbered consecutively from 0"),
        ({"layer12.1.x": ()}, "the blocks of `layer12` are not numbered consecutively from 0"),
        (blocks((8, 8, 1600), (1600, 8, 2000)), "`layer1.1` puts out 2,000 channels, and `layer1.0` 1,600"),
        (blocks((8, 8, 2000), (2000, 8, 16)), "`layer1.1` puts out 16 channels, and `layer1.0` 2,000"),
        (
            blocks((8, 8, 16), (16, 8, 16), (16, 8, 16)) | {"layer1.2.conv3.weight": (16, 16, 3, 3)},
            "`layer1.2` has other layers than `layer1.0`",
        ),
        (
            blocks((8, 8, 16)) | hierarchies(("layer1.1", 16, 4, 16)),
            "`layer1.1` has other layers than `layer1.0`",
        ),
        (
            hierarchies(("layer1.0", 8, 2, 16), ("layer1.1", 16, 8, 16)),
            "the 3x3 convolution in `layer1.1` is split otherwise than that in `layer1.0`",
        ),
        (
            hierarchies(("layer1.0", 8, 2, 8), ("layer1.1", 8, 2, 8), ("layer1.2", 8, 4, 8)),
            "the 3x3 convolution in `layer1.2` is split otherwise than that in `layer1.0`",
        ),
    ],
)
def test_a_stage_that_no_network_has_is_named(state: State, fault: str) -> None:
    """By its first block that does not fit."""
    with pytest.raises(Unrecognised) as caught:
        list(observed_stages(state, 8, []))
    assert str(caught.value) == fault


def stage(number: int, *channels: tuple[int, int], kind: str = "bottleneck") -> ObservedStage:
    """A stage of blocks with these inner channels and groups."""
    return ObservedStage(
        number,
        tuple(
            ObservedBlock(f"layer{number}.{index}", kind, 64, 64, Channels(64, *each), Observed3x3("plain", *each), 0)
            for index, each in enumerate(channels)
        ),
    )


def by_number(*groups: int) -> list[Grouping]:
    return [Grouping(groups=each) for each in groups]


def by_width(*widths: int) -> list[Grouping]:
    return [Grouping(group_width=each) for each in widths]


@pytest.mark.parametrize(
    ("stages", "width", "expected"),
    [
        ([stage(1, (64, 1)), stage(2, (64, 1))], None, [by_number(1, 1)]),
        ([stage(1, (64, 1)), stage(2, (64, 1))], 64, [by_number(1, 1)]),
        ([stage(1, (64, 4)), stage(2, (128, 4))], None, [by_number(4, 4), by_width(16, 32)]),
        ([stage(1, (64, 4)), stage(2, (128, 8))], None, [by_width(16, 16), by_number(4, 8)]),
        ([stage(1, (64, 4)), stage(2, (64, 4))], None, [by_number(4, 4), by_width(16, 16)]),
        (
            [stage(1, (64, 4)), stage(2, (128, 4))],
            [16, None],
            [[Grouping(group_width=16), Grouping(groups=4)], by_number(4, 4), by_width(16, 32)],
        ),
        (
            [stage(1, (64, 4)), stage(2, (128, 4))],
            16,
            [[Grouping(group_width=16), Grouping(groups=4)], by_number(4, 4), by_width(16, 32)],
        ),
        ([stage(1, (64, 4)), stage(2, (128, 4))], 0, [by_number(4, 4), by_width(16, 32)]),
        ([stage(1, (16, 1)), stage(2, (128, 4))], None, [by_width(32, 32), by_number(1, 4)]),
        ([stage(1, (32, 1)), stage(2, (128, 4))], None, [by_width(32, 32), by_number(1, 4)]),
        ([stage(1, (64, 1)), stage(2, (128, 4))], None, [by_number(1, 4), by_width(0, 32)]),
        (
            [stage(1, (8, 1)), stage(2, (64, 4)), stage(3, (128, 4))],
            None,
            [by_number(1, 4, 4), by_width(0, 16, 32)],
        ),
        ([stage(1, (64, 2)), stage(2, (128, 4))], None, [by_width(32, 32), by_number(2, 4)]),
        ([stage(1, (64, 4), (32, 4))], None, [by_number(4)]),
        ([stage(1, (64, 4), (32, 2))], None, [by_number(4), by_width(16)]),
        ([stage(1, (64, 4), (32, 1))], None, [by_number(4)]),
        ([stage(1, (64, 4), (16, 1))], None, [by_number(4), by_width(16)]),
        ([stage(1, (64, 1), kind="basic"), stage(2, (128, 4))], None, [by_number(1, 4), by_width(0, 32)]),
        (
            [stage(1, (64, 1), kind="basic"), stage(2, (128, 4)), stage(3, (256, 8))],
            None,
            [by_width(0, 32, 32), by_number(1, 4, 8)],
        ),
        (
            [stage(1, (64, 1), kind="basic"), stage(2, (128, 4))],
            32,
            [[Grouping(), Grouping(group_width=32)], by_number(1, 4), by_width(0, 32)],
        ),
    ],
)
def test_groups_are_said_by_number_or_by_width(
    stages: list[ObservedStage], width: Any, expected: list[list[Grouping]]
) -> None:
    """The one of fewer values first, by number if both are; the preferred width before, where it fits."""
    found = groupings(stages, OpenValues({"block.group_width": width}))
    assert repr(found) == repr(expected)  # whole numbers, too
