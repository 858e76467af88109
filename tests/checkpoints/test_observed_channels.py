"""Widths, expansions, groups and single blocks that yield the channels of blocks: whole values, in the fewest words."""

from collections.abc import Sequence
from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.observed_blocks import Channels, ObservedBlock
from resnet_dsl.checkpoints.recognition.observed_channels import is_ambiguous, observed_channels
from resnet_dsl.checkpoints.recognition.observed_conv3x3 import Observed3x3
from resnet_dsl.checkpoints.recognition.observed_stages import ObservedStage
from resnet_dsl.checkpoints.recognition.open_values import OpenValues
from resnet_dsl.checkpoints.recognition.pruned_channels import (
    ObservedChannels,
    channels_as_preferred,
    shortest_channels,
)
from resnet_dsl.checkpoints.recognition.readings import Grouping, Settings
from resnet_dsl.checkpoints.recognition.single_blocks import Entries


def basic(number: int, out: int, *firsts: int) -> ObservedStage:
    """Basic blocks with these channels after their first convolutions."""
    return ObservedStage(
        number,
        tuple(
            ObservedBlock(
                f"layer{number}.{index}", "basic", out, out, Channels(first, out), Observed3x3("plain", out, 1), 0
            )
            for index, first in enumerate(firsts)
        ),
    )


def bottleneck(number: int, out: int, *channels: tuple[int, int, int], splits: int = 1) -> ObservedStage:
    """Bottlenecks with these first channels, inner channels and groups; with a hierarchy if there are splits."""
    conv3x3 = ("plain", {}) if splits == 1 else ("res2", {"scale": splits})
    return ObservedStage(
        number,
        tuple(
            ObservedBlock(
                f"layer{number}.{index}",
                "bottleneck",
                out,
                out,
                Channels(*each),
                Observed3x3(conv3x3[0], each[1], each[2], conv3x3[1], splits=splits),
                0,
            )
            for index, each in enumerate(channels)
        ),
    )


def settings(width: int, expansion: int, groups: int = 1, group_width: int = 0, **keys: int) -> Settings:
    """Settings of a stage."""
    grouping = Grouping(groups=groups, group_width=group_width)
    return Settings(width=width, expansion=expansion, grouping=grouping, **keys)


USUAL = bottleneck(1, 256, (64, 64, 1), (64, 64, 1))
GROUPED = bottleneck(2, 256, (128, 128, 32))
ONE_WIDTH = bottleneck(1, 64, (64, 64, 1))


@pytest.mark.parametrize(
    ("stages", "prefer", "expected", "entries"),
    [
        ([basic(1, 64, 64, 64)], {}, [settings(64, 1)], {}),
        ([basic(1, 64, 32)], {}, [settings(64, 1, reduce_first=2)], {}),
        ([basic(1, 64, 32)], {"block.expansion": 2}, [settings(32, 2)], {}),
        ([basic(1, 64, 32)], {"stages.widths": 32}, [settings(64, 1, reduce_first=2)], {}),
        ([basic(1, 64, 32)], {"block.reduce_first": 1}, [settings(64, 1, reduce_first=2)], {}),
        ([basic(1, 64, 32)], {"block.expansion": 3}, [settings(64, 1, reduce_first=2)], {}),
        ([basic(1, 64, 32)], {"block.expansion": 2, "stages.widths": 32}, [settings(32, 2)], {}),
        ([basic(1, 64, 64), basic(2, 64, 32)], {"block.expansion": [1, 2]}, [settings(64, 1), settings(32, 2)], {}),
        (
            [basic(1, 64, 64), basic(2, 64, 32)],
            {"block.expansion": [None, 2]},
            [settings(64, 1), settings(32, 2)],
            {},
        ),
        ([USUAL], {}, [settings(64, 4)], {}),
        ([USUAL], {"stages.widths": 32}, [settings(64, 4)], {}),
        ([USUAL], {"stages.widths": 32, "block.expansion": 8}, [settings(32, 8, width_per_group=128)], {}),
        ([USUAL], {"block.expansion": 2}, [settings(128, 2, width_per_group=32)], {}),
        ([USUAL], {"block.width_per_group": 32}, [settings(64, 4)], {}),
        ([GROUPED], {}, [settings(64, 4, 32, width_per_group=4)], {}),
        ([GROUPED], {"block.group_width": 4}, [settings(64, 4, 1, 4, width_per_group=128)], {}),
        ([GROUPED], {"block.group_width": 5}, [settings(64, 4, 32, width_per_group=4)], {}),
        ([USUAL, GROUPED], {}, [settings(64, 4), settings(64, 4, 32, width_per_group=4)], {}),
        ([bottleneck(1, 256, (32, 64, 1))], {}, [settings(64, 4, reduce_first=2)], {}),
        ([ONE_WIDTH], {}, [settings(64, 1)], {}),
        ([ONE_WIDTH], {"block.expansion": 4}, [settings(16, 4, width_per_group=256)], {}),
        ([bottleneck(1, 64, (64, 64, 4))], {}, [settings(16, 4, 4, width_per_group=64)], {}),
        (
            [bottleneck(1, 64, (64, 64, 4)), bottleneck(2, 128, (128, 128, 8))],
            {},
            [settings(64, 1, 1, 16), settings(128, 1, 1, 16)],
            {},
        ),
        ([bottleneck(1, 256, (104, 26, 1), splits=4)], {}, [settings(64, 4, width_per_group=26)], {}),
        ([basic(1, 64, 32, 64, 64)], {}, [settings(64, 1)], {"layer1.0": {"first": 32}}),
        ([basic(1, 64, 32, 32, 64)], {}, [settings(32, 2)], {"layer1.2": {"first": 64}}),
        ([basic(1, 64, 64, 32, 16)], {}, [settings(64, 1)], {"layer1.1": {"first": 32}, "layer1.2": {"first": 16}}),
        (
            [bottleneck(1, 256, (64, 64, 1), (64, 48, 1), (64, 64, 1))],
            {},
            [settings(64, 4)],
            {"layer1.1": {"inner": 48}},
        ),
        (
            [bottleneck(1, 256, (64, 64, 1), (60, 48, 1), (64, 64, 1))],
            {},
            [settings(64, 4)],
            {"layer1.1": {"first": 60, "inner": 48}},
        ),
        (
            [bottleneck(1, 256, (64, 64, 1), (64, 64, 2), (64, 64, 1))],
            {},
            [settings(64, 4)],
            {"layer1.1": {"first": 64, "inner": 64, "groups": 2}},
        ),
        (
            [bottleneck(1, 256, (64, 64, 1), (64, 64, 1)), bottleneck(2, 250, (60, 60, 1), (50, 60, 1))],
            {},
            [settings(64, 4), settings(125, 2, width_per_group=31)],
            {"layer2.1": {"first": 50}},
        ),
        (
            [bottleneck(1, 256, (104, 26, 1), (104, 26, 1), (80, 20, 1), splits=4)],
            {},
            [settings(64, 4)],
            {"layer1.*": {"inner": 26}, "layer1.2": {"inner": 20}},
        ),
    ],
)
def test_channels_have_the_fewest_values_that_are_not_preferred(
    stages: Sequence[ObservedStage], prefer: dict[str, Any], expected: list[Settings], entries: Entries
) -> None:
    """Or conventional; single blocks only where nothing else helps."""
    found = observed_channels(stages, OpenValues(prefer))
    assert repr(found) == repr(ObservedChannels(expected, entries))  # whole numbers, too


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (basic(1, 64, 64), False),
        (basic(1, 64, 32), True),
        (basic(1, 7, 7), False),
        (basic(1, 7, 6), False),
        (basic(1, 7, 7, 7), False),
        (basic(1, 7, 6, 5), True),
        (basic(1, 1, 1), False),
        (USUAL, True),
        (bottleneck(1, 1, (1, 1, 1)), True),
        (bottleneck(1, 1, (1, 100, 100)), True),
        (bottleneck(1, 1, (1, 3000, 2)), False),
    ],
)
def test_channels_are_ambiguous_if_different_settings_yield_them(stage: ObservedStage, expected: bool) -> None:
    """Of a stage whose blocks are alike; else single blocks could always say it."""
    assert is_ambiguous(stage) is expected


KEPT = {"expansion": 4}


@pytest.mark.parametrize(
    ("stage", "kept", "prefer", "expected"),
    [
        (USUAL, KEPT, {}, None),
        (USUAL, KEPT, {"layer1.0": {"dropout": 0.5}}, None),
        (USUAL, KEPT, {"layer1.0": {"inner": 64}}, settings(64, 4)),
        (USUAL, KEPT, {"layer1.0": {"inner": 64, "first": 64, "groups": 1}}, settings(64, 4)),
        (USUAL, KEPT, {"layer1.*": {"first": 64}}, settings(64, 4)),
        (USUAL, KEPT, {"layer1.0": {"inner": 60}}, None),
        (USUAL, KEPT, {"layer1.1": {"first": 60}}, None),
        (USUAL, KEPT, {"layer1.1": {"groups": 2}}, None),
        (USUAL, {"expansion": 3}, {"layer1.0": {"inner": 64}}, None),
        (USUAL, {"expansion": 4, "width": 64}, {"layer1.0": {"inner": 64}}, settings(64, 4)),
        (USUAL, {"expansion": 4, "width": 63}, {"layer1.0": {"inner": 64}}, None),
        (USUAL, {"expansion": 4, "reduce_first": 2}, {"layer1.0": {"inner": 64}}, None),
        (USUAL, {"expansion": 4, "width_per_group": 32}, {"layer1.0": {"inner": 64}}, None),
        (
            USUAL,
            {"expansion": 4, "reduce_first": 2},
            {"layer1.*": {"first": 64}},
            settings(64, 4, reduce_first=2),
        ),
        (
            USUAL,
            {"expansion": 4, "width_per_group": 32},
            {"layer1.*": {"first": 64, "inner": 64}},
            settings(64, 4, width_per_group=32),
        ),
        (
            bottleneck(1, 256, (64, 64, 1), (32, 32, 2)),
            KEPT,
            {"layer1.1": {"groups": 2, "inner": 32, "first": 32}},
            settings(64, 4),
        ),
        (basic(1, 64, 64, 32), {"expansion": 1}, {"layer1.1": {"first": 32}}, settings(64, 1)),
        (basic(1, 64, 64, 32), {"expansion": 1}, {"layer1.1": {"first": 31}}, None),
    ],
)
def test_preferred_single_blocks_are_kept_if_shapes_reveal_just_these(
    stage: ObservedStage, kept: dict[str, int], prefer: Entries, expected: Settings | None
) -> None:
    """Those that change channels, with the kept settings."""
    found = channels_as_preferred([stage], [kept], OpenValues({"blocks": prefer}))
    assert found == (None if expected is None else ObservedChannels([expected], prefer))


@pytest.mark.parametrize(
    ("prefer", "groups", "group_width", "channels"),
    [
        ({"block.groups": 4}, 4, 0, (256, 256, 4)),
        ({"block.groups": [4]}, 4, 0, (256, 256, 4)),
        ({"block.group_width": 16}, 1, 16, (64, 64, 4)),
        ({"block.group_width": 16, "block.groups": 2}, 2, 16, (128, 128, 8)),
        ({"block.group_width": 0, "block.groups": 2}, 2, 0, (128, 128, 2)),
    ],
)
def test_preferred_groups_are_kept_with_preferred_single_blocks(
    prefer: dict[str, Any], groups: int, group_width: int, channels: tuple[int, int, int]
) -> None:
    """Their number, or their width."""
    blocks = {"layer1.0": {"first": 8, "inner": 16, "groups": 2}}
    stage = bottleneck(1, 256, (8, 16, 2), channels)
    found = channels_as_preferred([stage], [KEPT], OpenValues({"blocks": blocks, **prefer}))
    assert found == ObservedChannels([settings(64, 4, groups, group_width)], blocks)


def test_preferred_single_blocks_must_fit_all_stages() -> None:
    """Each with its own settings."""
    stages = [basic(1, 64, 64, 32), basic(2, 128, 64)]
    blocks = {"layer1.1": {"first": 32, "dropout": 0.5}, "layer3.0": {"dropout": 0.5}}
    values = OpenValues({"blocks": blocks})
    kept = [{"expansion": 1}, {"expansion": 1, "reduce_first": 2}]
    expected = ObservedChannels([settings(64, 1), settings(128, 1, reduce_first=2)], {"layer1.1": {"first": 32}})
    assert channels_as_preferred(stages, kept, values) == expected
    assert channels_as_preferred(stages, kept[:1] * 2, values) is None


@pytest.mark.parametrize(
    ("stages", "kept", "ways", "expected", "entries"),
    [
        ([basic(1, 64, 64, 32)], [{"expansion": 1}], 1, [settings(64, 1)], {"layer1.1": {"first": 32}}),
        (
            [basic(1, 64, 64, 32)],
            [{"expansion": 1, "reduce_first": 2}],
            1,
            [settings(64, 1, reduce_first=2)],
            {"layer1.0": {"first": 64}},
        ),
        (
            [basic(1, 64, 64, 32)],
            [{"expansion": 1, "width": 60, "reduce_first": 3}],
            1,
            [settings(64, 1)],
            {"layer1.1": {"first": 32}},
        ),
        ([basic(1, 64, 8, 8, 9)], [{"expansion": 1}], 1, [settings(8, 8)], {"layer1.2": {"first": 9}}),
        (
            [basic(1, 81, 9, 9, 8)],
            [{"expansion": 1}],
            1,
            [settings(81, 1)],
            {"layer1.*": {"first": 9}, "layer1.2": {"first": 8}},
        ),
        (
            [basic(1, 64, 4, 4, 4, 9)],
            [{"expansion": 1}],
            1,
            [settings(64, 1)],
            {"layer1.*": {"first": 4}, "layer1.3": {"first": 9}},
        ),
        (
            [basic(1, 64, 64, 32, 32), basic(2, 64, 64, 64, 32)],
            [{"expansion": 1}] * 2,
            1,
            [settings(32, 2), settings(64, 1)],
            {"layer1.0": {"first": 64}, "layer2.2": {"first": 32}},
        ),
        (
            [basic(1, 64, *range(1, 10))],
            [{"expansion": 1}],
            1,
            [settings(8, 8)],
            {f"layer1.{index}": {"first": index + 1} for index in range(9) if index != 7},
        ),
        (
            [bottleneck(1, 256, (64, 64, 1), (64, 64, 1), (64, 64, 1), (64, 48, 1))],
            [{"expansion": 4, "width_per_group": 48}],
            1,
            [settings(64, 4)],
            {"layer1.3": {"inner": 48}},
        ),
        (
            [bottleneck(1, 256, (48, 48, 1), (64, 64, 1))],
            [{"expansion": 4, "width_per_group": 48}],
            1,
            [settings(64, 4, width_per_group=48)],
            {"layer1.1": {"first": 64, "inner": 64}},
        ),
        (
            [bottleneck(1, 65, (32, 65, 1), (32, 65, 1), (30, 65, 1))],
            [{"expansion": 1, "reduce_first": 2}],
            1,
            [settings(65, 1, reduce_first=2)],
            {"layer1.2": {"first": 30}},
        ),
        (
            [basic(1, 65, 32, 32, 30)],
            [{"expansion": 1, "reduce_first": 2}],
            1,
            [settings(65, 1, reduce_first=2)],
            {"layer1.2": {"first": 30}},
        ),
        (
            [bottleneck(1, 256, (104, 26, 1), (104, 26, 2), splits=4)],
            [{"expansion": 4, "width_per_group": 26}],
            1,
            [settings(64, 4, width_per_group=26)],
            {"layer1.1": {"inner": 26, "groups": 2}},
        ),
        (
            [bottleneck(1, 256, (64, 64, 2), (64, 64, 2))],
            [{"expansion": 4, "width_per_group": 32}],
            4,
            [settings(64, 4, 4, width_per_group=32)],
            {"layer1.*": {"groups": 2}},
        ),
        (
            [bottleneck(1, 256, (64, 64, 4), (64, 32, 2))],
            [KEPT],
            4,
            [settings(64, 4, 4, width_per_group=16)],
            {"layer1.1": {"first": 64, "groups": 2}},
        ),
    ],
)
def test_the_shortest_settings_and_single_blocks(
    stages: Sequence[ObservedStage], kept: list[dict[str, int]], ways: int, expected: list[Settings], entries: Entries
) -> None:
    """Of the kept settings, the usual ones, and those of any block; with other expansions where that saves values."""
    every = [[Grouping(groups=ways) for _ in stages]]
    found = shortest_channels(stages, kept, every)
    assert repr(found) == repr(ObservedChannels(expected, entries))  # whole numbers, too


def test_the_shorter_way_to_say_groups_is_taken() -> None:
    """The first of those that are equally short."""
    stage = bottleneck(1, 256, (64, 64, 4), (64, 32, 2), (64, 64, 4))
    number, width = Grouping(groups=4), Grouping(group_width=16)
    by_width = ObservedChannels([settings(64, 4, 1, 16)], {"layer1.1": {"inner": 32}})
    for ways in ([[number], [width]], [[width], [number]]):
        assert shortest_channels([stage], [KEPT], ways) == by_width
    alike = bottleneck(1, 256, (64, 64, 1), (64, 48, 1))
    for first, second in ((0, 64), (64, 0)):
        found = shortest_channels([alike], [KEPT], [[Grouping(group_width=first)], [Grouping(group_width=second)]])
        assert found.stages[0].grouping.group_width == first
