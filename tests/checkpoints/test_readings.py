"""Settings of a stage and the channels that they yield, in both directions."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.observed_blocks import Channels
from resnet_dsl.checkpoints.recognition.observed_stages import ObservedStage, observed_stages
from resnet_dsl.checkpoints.recognition.readings import Grouping, Settings, readings

from .test_recognition import network, state

ONE = Grouping()
TWO = Grouping(groups=2)
OF_EIGHT = Grouping(group_width=8)


def stage(**block: Any) -> ObservedStage:
    """The only stage, 8 channels wide, of a network with these keys of `block`."""
    (found,) = observed_stages(state(network([1], block={"type": "bottleneck", **block})), 8, [])
    return found


BASIC = stage(type="basic")
PLAIN = stage()
RES2 = stage(conv3x3={"type": "res2", "scale": 2})


@pytest.mark.parametrize(
    ("grouping", "inner", "groups"),
    [
        (ONE, 12, 1),
        (TWO, 12, 2),
        (Grouping(group_width=4), 12, 3),
        (Grouping(group_width=12), 12, 1),
        (Grouping(group_width=13), 12, 1),
        (Grouping(group_width=11), 12, 0),
        (Grouping(group_width=8), 12, 0),
        (Grouping(group_width=1), 12, 12),
        (Grouping(groups=2, group_width=4), 12, 3),
    ],
)
def test_groups_are_a_number_or_have_a_width(grouping: Grouping, inner: int, groups: int) -> None:
    """A width that is larger than there are channels means one group; one that does not divide them, none."""
    assert grouping.groups_of(inner) == groups


@pytest.mark.parametrize(
    ("of", "settings", "own", "expected"),
    [
        (BASIC, {}, {}, Channels(8, 8)),
        (BASIC, {"expansion": 2}, {}, Channels(8, 16)),
        (BASIC, {"reduce_first": 3}, {}, Channels(2, 8)),
        (BASIC, {"width_per_group": 32, "grouping": TWO}, {"inner": 5, "groups": 4}, Channels(8, 8)),
        (BASIC, {"reduce_first": 3}, {"first": 5}, Channels(5, 8)),
        (PLAIN, {}, {}, Channels(8, 8, 1)),
        (PLAIN, {"expansion": 2}, {}, Channels(8, 8, 1)),
        (PLAIN, {"width_per_group": 48}, {}, Channels(6, 6, 1)),
        (PLAIN, {"width_per_group": 48, "grouping": TWO}, {}, Channels(12, 12, 2)),
        (PLAIN, {"width_per_group": 128, "grouping": OF_EIGHT}, {}, Channels(16, 16, 2)),
        (PLAIN, {"width_per_group": 96, "grouping": OF_EIGHT}, {}, Channels(12, 12, 0)),
        (PLAIN, {"reduce_first": 2, "grouping": TWO}, {}, Channels(8, 16, 2)),
        (PLAIN, {"reduce_first": 2}, {"inner": 6}, Channels(4, 6, 1)),
        (PLAIN, {"reduce_first": 2}, {"first": 7, "inner": 6}, Channels(7, 6, 1)),
        (PLAIN, {"grouping": TWO}, {"groups": 4}, Channels(32, 32, 4)),
        (PLAIN, {"grouping": TWO}, {"groups": 4, "inner": 8}, Channels(32, 8, 4)),
        (RES2, {}, {}, Channels(16, 8, 1)),
        (RES2, {"reduce_first": 2}, {"inner": 5}, Channels(10, 5, 1)),
        (RES2, {}, {"first": 9}, Channels(9, 8, 1)),
    ],
)
def test_settings_yield_channels(
    of: ObservedStage, settings: dict[str, Any], own: dict[str, int], expected: Channels
) -> None:
    """Those of the blocks of a stage, and with a block's own values in their place."""
    values: dict[str, Any] = {"width": 8, "expansion": 1 if of is BASIC else 4, **settings}
    assert Settings(**values).channels(of, own) == expected


def every_reading(of: ObservedStage, grouping: Grouping, kept: dict[str, int]) -> list[tuple[int, int, int, int]]:
    """Width, expansion, width per group and divisor of every reading, after checking that each yields the channels."""
    channels = of.blocks[0].channels
    every = [*readings(of, channels, grouping, kept)]
    assert all(each.channels(of, {}) == channels and each.grouping == grouping for each in every)
    return [(each.width, each.expansion, each.width_per_group, each.reduce_first) for each in every]


@pytest.mark.parametrize(
    ("of", "grouping", "kept", "expected"),
    [
        (BASIC, ONE, {}, [(8, 1, 64, 1)]),
        (BASIC, ONE, {"expansion": 2}, []),
        (BASIC, ONE, {"expansion": 3}, []),
        (BASIC, ONE, {"width": 4}, []),
        (BASIC, ONE, {"reduce_first": 2}, []),
        (BASIC, ONE, {"reduce_first": 1, "width": 8, "expansion": 1, "width_per_group": 32}, [(8, 1, 64, 1)]),
        (
            stage(type="basic", reduce_first=3),
            ONE,
            {},
            [(8, 1, 64, 4), (8, 1, 64, 3), (4, 2, 64, 2), (2, 4, 64, 1)],
        ),
        (stage(type="basic", reduce_first=3), ONE, {"reduce_first": 3}, [(8, 1, 64, 3)]),
        (PLAIN, ONE, {"expansion": 4}, [(8, 4, value, 1) for value in range(64, 72)]),
        (PLAIN, ONE, {"expansion": 2}, [(16, 2, value, 1) for value in range(32, 36)]),
        (PLAIN, ONE, {"expansion": 5}, []),
        (PLAIN, ONE, {"width": 16}, [(16, 2, value, 1) for value in range(32, 36)]),
        (PLAIN, ONE, {"width_per_group": 128}, [(4, 8, 128, 1)]),
        (PLAIN, ONE, {"width_per_group": 128, "expansion": 4}, []),
        (PLAIN, ONE, {"expansion": 32}, [(1, 32, value, 1) for value in range(512, 576)]),
        (PLAIN, TWO, {}, []),
        (stage(groups=2), TWO, {"expansion": 4}, [(8, 4, value, 1) for value in range(64, 72)]),
        (stage(groups=2), OF_EIGHT, {"expansion": 4}, [(8, 4, value, 1) for value in range(128, 136)]),
        (stage(groups=2), Grouping(group_width=4), {}, []),
        (stage(groups=2, width_per_group=31), TWO, {"expansion": 4}, [(8, 4, value, 1) for value in range(24, 32)]),
        (stage(reduce_first=2), ONE, {"expansion": 4}, [(8, 4, value, 2) for value in range(64, 72)]),
        (stage(reduce_first=2), ONE, {"expansion": 4, "reduce_first": 1}, []),
        (RES2, ONE, {"expansion": 4}, [(8, 4, value, 1) for value in range(64, 72)]),
    ],
)
def test_channels_have_readings(
    of: ObservedStage, grouping: Grouping, kept: dict[str, int], expected: list[tuple[int, int, int, int]]
) -> None:
    """All that yield them with the values that are kept, smallest widths per group and largest divisors first."""
    assert every_reading(of, grouping, kept) == expected


def test_the_usual_expansion_is_read_first() -> None:
    """Then all others that divide the channels put out, from 1."""
    assert [*dict.fromkeys(expansion for _, expansion, *_ in every_reading(PLAIN, ONE, {}))] == [4, 1, 2, 8, 16, 32]
