"""What names and shapes reveal about strides and dilations: whole values, and all that is left open."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.observed_stages import ObservedStage
from resnet_dsl.checkpoints.recognition.observed_strides import explains_projections, stride_keys, usual_strides
from resnet_dsl.checkpoints.recognition.open_values import OpenValues

from .observations import stage

OPEN = {"stages.strides": "shapes do not reveal strides or the dilations that replace them"}
DILATED = OPEN | {"stages.dilations": "shapes do not reveal dilations"}
STEM: dict[str, Any] = {"stride": 2, "pool": "max"}
PADDING: dict[str, Any] = {"type": "padding"}
USUAL: dict[str, Any] = {"type": "projection", "kernel": 1}
ALWAYS: dict[str, Any] = {"type": "projection", "kernel": 1, "when": "always"}
FIRST: dict[str, Any] = {"type": "projection", "kernel": 1, "when": "first"}
CHANGES: dict[str, Any] = {"type": "projection", "kernel": 1, "when": "shape_change"}
POOLED: dict[str, Any] = {"type": "projection", "pool": "avg"}
K3: dict[str, Any] = {"kernel": 3}
SAME = [stage(number, 64, 64, 0, 0) for number in (1, 2)]
THREE = [stage(1, 64, 64, 3, 0), stage(2, 64, 128, 1, 3), stage(3, 128, 256, 3, 1)]
WIDER = [stage(1, 64, 128, 1, 0), stage(2, 128, 256, 1, 0)]


def test_the_usual_strides() -> None:
    """All stages of a RegNet halve the size, and all others but the first."""
    assert usual_strides(3, is_regnet=False) == [1, 2, 2]
    assert usual_strides(3, is_regnet=True) == [2, 2, 2]
    assert usual_strides(1, is_regnet=False) == [1]


@pytest.mark.parametrize(
    ("stages", "shortcut", "prefer", "is_regnet", "is_explained", "expected", "conventions", "kept"),
    [
        (WIDER, USUAL, {}, False, True, {"strides": [1, 2]}, OPEN, ""),
        (WIDER, USUAL, {}, True, True, {"strides": [2, 2]}, OPEN, ""),
        (WIDER, USUAL, {}, False, False, {"strides": [1, 2]}, OPEN, ""),
        (WIDER, USUAL, {"strides": [2, 1]}, False, True, {"strides": [2, 1]}, OPEN, "strides"),
        (WIDER, USUAL, {"strides": [2, 1]}, False, False, {"strides": [2, 1]}, OPEN, "strides"),
        (WIDER, USUAL, {"strides": 3}, False, True, {"strides": [3, 3]}, OPEN, "strides"),
        (WIDER, USUAL, {"strides": [3]}, False, True, {"strides": [3, 2]}, OPEN, ""),
        (SAME, USUAL, {}, False, True, {"strides": [1, 2]}, OPEN, ""),
        (SAME, USUAL, {}, False, False, {"strides": [1, 1]}, OPEN, ""),
        (SAME, CHANGES, {}, False, False, {"strides": [1, 1]}, OPEN, ""),
        (SAME, POOLED, {}, False, False, {"strides": [1, 1]}, OPEN, ""),
        (SAME, FIRST, {}, False, False, {"strides": [1, 2]}, OPEN, ""),
        (SAME, PADDING, {}, True, False, {"strides": [2, 2]}, OPEN, ""),
        (SAME, USUAL, {"strides": [1, 2]}, False, False, {"strides": [1, 1]}, OPEN, ""),
        (SAME, USUAL, {"strides": [1, 2]}, False, True, {"strides": [1, 2]}, OPEN, "strides"),
        ([stage(1, 64, 64, 1, 0), SAME[1]], USUAL, {}, False, False, {"strides": [2, 1]}, OPEN, ""),
        (
            [stage(1, 64, 64, 1, 0), SAME[1]],
            USUAL,
            {"strides": [3, 1]},
            False,
            False,
            {"strides": [3, 1]},
            OPEN,
            "strides",
        ),
        ([stage(1, 64, 64, 3, 0), SAME[1]], FIRST | K3, {}, False, False, {"strides": [2, 2]}, OPEN, ""),
        (
            THREE,
            ALWAYS | K3,
            {},
            False,
            False,
            {"strides": [2, 1, 2], "dilations": [1, 2, 1]},
            DILATED,
            "",
        ),
        (THREE, ALWAYS | K3, {}, False, True, {"strides": [1, 2, 2]}, OPEN, ""),
        (
            THREE,
            ALWAYS | K3,
            {"dilations": [1, 4, 1], "strides": [2, 1, 4]},
            False,
            False,
            {"strides": [2, 1, 4], "dilations": [1, 4, 1]},
            DILATED,
            "strides dilations",
        ),
        (
            THREE,
            ALWAYS | K3,
            {"dilations": [4, 4, 4], "strides": [1, 1, 1]},
            False,
            False,
            {"strides": [2, 1, 2], "dilations": [4, 4, 1]},
            DILATED,
            "",
        ),
        (
            THREE,
            ALWAYS | K3,
            {"dilations": [4, 4, 4], "strides": [1, 1, 1]},
            False,
            True,
            {"strides": [1, 1, 1], "dilations": 4},
            DILATED,
            "strides dilations",
        ),
        ([stage(1, 64, 128, 1, 3)], ALWAYS | K3, {}, False, False, {"strides": [1], "dilations": 2}, DILATED, ""),
        ([stage(1, 64, 128, 1, 0)], FIRST | K3, {"dilations": 2}, False, False, {"strides": [1]}, OPEN, ""),
        (
            [stage(1, 64, 128, 3, 0)],
            FIRST | K3,
            {"dilations": 2},
            False,
            False,
            {"strides": [2], "dilations": 2},
            DILATED,
            "dilations",
        ),
        ([stage(1, 64, 128, 3, 1)], ALWAYS | K3, {"dilations": 2}, False, False, {"strides": [2]}, OPEN, ""),
        ([stage(1, 64, 128, 3, 3)], ALWAYS | K3, {}, False, False, {"strides": [1], "dilations": 2}, DILATED, ""),
        (
            [stage(1, 64, 128, 3, 3)],
            ALWAYS | K3,
            {"strides": 3, "dilations": 1},
            False,
            False,
            {"strides": [3], "dilations": 2},
            DILATED,
            "strides",
        ),
        (
            [stage(1, 64, 64, 0, 0)],
            USUAL | K3,
            {"dilations": 3},
            False,
            False,
            {"strides": [1], "dilations": 3},
            DILATED,
            "dilations",
        ),
        (
            WIDER,
            USUAL,
            {"dilations": [1, 2]},
            False,
            False,
            {"strides": [1, 2], "dilations": [1, 2]},
            DILATED,
            "dilations",
        ),
        (WIDER, USUAL, {"dilations": 1}, False, False, {"strides": [1, 2]}, OPEN, "dilations"),
    ],
)
def test_strides_and_dilations(
    stages: list[ObservedStage],
    shortcut: dict[str, Any],
    prefer: dict[str, Any],
    is_regnet: bool,
    is_explained: bool,
    expected: dict[str, Any],
    conventions: dict[str, str],
    kept: str,
) -> None:
    """What projections reveal, else the usual ones; the preferred ones where they agree with that."""
    values, stem = OpenValues({f"stages.{key}": value for key, value in prefer.items()}), dict(STEM)
    options: Any = {"is_regnet": is_regnet, "is_explained": is_explained}
    assert stride_keys(stem, stages, shortcut, values, last_side=2, **options) == expected
    assert values.conventions == conventions
    assert values.preferred == {f"stages.{key}" for key in kept.split()}
    assert stem == STEM


def many(count: int) -> list[ObservedStage]:
    return [stage(number, 64, 64, 0) for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("count", "last_side", "stem", "prefer", "strides", "stem_after"),
    [
        (12, 2, {"stride": 2, "pool": "max"}, {}, [1, *[2] * 11], {"stride": 2, "pool": "max"}),
        (12, 3, {"stride": 2, "pool": "max"}, {}, [1] * 12, {"stride": 1, "pool": "none"}),
        (13, 2, {"stride": 2, "pool": "max"}, {}, [1] * 13, {"stride": 1, "pool": "none"}),
        (13, 1, {"stride": 2, "pool": "max"}, {}, [1, *[2] * 12], {"stride": 2, "pool": "max"}),
        (13, 2, {"stride": 2, "pool": "conv"}, {}, [1] * 13, {"stride": 1, "pool": "conv"}),
        (13, 2, {"stride": 2, "pool": "none"}, {}, [1, *[2] * 12], {"stride": 2, "pool": "none"}),
        (14, 2, {"stride": 2, "pool": "none"}, {}, [1] * 14, {"stride": 1, "pool": "none"}),
        *(
            (13, 2, {"stride": 2, "pool": "max"}, {key: value}, [1, *[2] * 12], {"stride": 2, "pool": "max"})
            for key, value in {
                "stem.stride": 2,
                "stem.strides": [2],
                "stem.pool": "max",
                "stages.strides": [1, *[2] * 12],
            }.items()
        ),
        (13, 2, {"stride": 2, "pool": "max"}, {"stages.dilations": 1}, [1] * 13, {"stride": 1, "pool": "none"}),
    ],
)
def test_a_network_too_long_for_any_input_strides_only_where_shapes_reveal_it(
    count: int, last_side: int, stem: dict[str, Any], prefer: Any, strides: list[int], stem_after: dict[str, Any]
) -> None:
    """Unless any stride is preferred; the largest input has 16,384 pixels along a side."""
    values = OpenValues(prefer)
    options: Any = {"last_side": last_side, "is_regnet": False, "is_explained": True}
    assert stride_keys(stem, many(count), PADDING, values, **options)["strides"] == strides
    assert stem == stem_after


def test_strides_that_shapes_reveal_are_kept_in_a_network_too_long() -> None:
    """The others are 1."""
    stages = [*many(12), stage(13, 64, 64, 1, 0)]
    stem: dict[str, Any] = dict(STEM)
    values = OpenValues({})
    found = stride_keys(stem, stages, CHANGES, values, last_side=99, is_regnet=True, is_explained=False)
    assert found == {"strides": [*[1] * 12, 2]}


@pytest.mark.parametrize(
    ("output_stride", "expected"),
    [(4, 4), (8, 8), (16, None), (2, None), (None, None)],
)
def test_a_preferred_output_stride_is_kept_if_it_is_reached(output_stride: Any, expected: int | None) -> None:
    """After the stem or any stage."""
    values = OpenValues({"stages.output_stride": output_stride})
    options: Any = {"last_side": 2, "is_regnet": False, "is_explained": True}
    found = stride_keys(dict(STEM), WIDER, USUAL, values, **options)
    assert found == {"strides": [1, 2]} | ({} if expected is None else {"output_stride": expected})
    reason = {} if expected is None else {"stages.output_stride": "shapes do not reveal dilations"}
    assert values.conventions == OPEN | reason


@pytest.mark.parametrize(
    ("stages", "shortcut", "prefer", "is_regnet", "expected"),
    [
        (WIDER, PADDING, {}, False, True),
        (SAME, {"type": "none"}, {}, False, True),
        (WIDER, USUAL, {}, False, True),
        (WIDER, ALWAYS, {}, False, False),
        (WIDER, FIRST, {}, False, True),
        (SAME, FIRST, {}, False, False),
        (SAME, USUAL, {}, False, False),
        (SAME, USUAL, {"stages.strides": [1, 1]}, False, True),
        (SAME, USUAL, {"stages.strides": [None, 1]}, False, True),
        (SAME[:1], USUAL, {}, False, True),
        (SAME[:1], USUAL, {}, True, False),
        ([stage(1, 64, 64, 1, 0)], USUAL, {}, True, True),
        ([stage(1, 64, 64, 1, 1)], ALWAYS, {}, True, True),
        ([stage(1, 64, 64, 1, 0)], FIRST, {}, False, True),
        ([stage(1, 64, 64, 1, 0)], CHANGES, {}, False, False),
        ([stage(1, 64, 128, 3, 0)], USUAL | K3, {}, False, False),
        ([stage(1, 64, 128, 1, 0)], USUAL | K3, {}, False, True),
        ([stage(1, 64, 128, 3, 0)], USUAL | K3, {}, True, True),
        ([stage(1, 64, 128, 3, 0)], USUAL | K3, {"stages.strides": 2}, False, True),
        ([stage(1, 64, 128, 3, 0)], POOLED, {"stages.strides": 2}, False, False),
        ([stage(1, 64, 128, 1, 0)], POOLED, {"stages.strides": 2}, False, True),
        ([stage(1, 64, 128, 1, 3)], ALWAYS | K3, {"stages.dilations": 2}, False, False),
        ([stage(1, 64, 128, 3, 3)], ALWAYS | K3, {"stages.dilations": 2}, False, True),
        ([stage(1, 64, 128, 3, 3)], ALWAYS | K3, {"stages.dilations": 2, "stages.strides": 2}, False, True),
        ([stage(1, 64, 128, 1, 3)], ALWAYS | K3, {"blocks": {"layer1.1": {"dilation": 2}}}, False, True),
        ([stage(1, 64, 128, 3, 3)], ALWAYS | K3, {"blocks": {"layer1.*": {"dilation": 2}}}, False, True),
        ([stage(1, 64, 128, 1, 3)], ALWAYS | K3, {"blocks": {"layer1.1": {"first": 2}}}, False, False),
        ([stage(1, 64, 128, 1, 3)], ALWAYS | K3, {"blocks": {"layer2.1": {"dilation": 2}}}, False, False),
        (SAME, USUAL, {"stages.output_stride": 4}, False, True),
        (SAME, USUAL, {"stages.output_stride": 8}, False, False),
        (
            [stage(1, 64, 128, 1, 0), stage(2, 128, 256, 1, 3)],
            ALWAYS | K3,
            {"stages.output_stride": 4},
            False,
            False,
        ),
        (
            [stage(1, 64, 128, 1, 1), stage(2, 128, 256, 3, 3)],
            ALWAYS | K3,
            {"stages.output_stride": 4},
            False,
            True,
        ),
        (
            [stage(1, 64, 128, 1, 1), stage(2, 128, 256, 3, 1)],
            ALWAYS | K3,
            {"stages.output_stride": 8},
            False,
            True,
        ),
    ],
)
def test_strides_explain_projections_if_each_block_has_just_the_one_it_needs(
    stages: list[ObservedStage], shortcut: dict[str, Any], prefer: dict[str, Any], is_regnet: bool, expected: bool
) -> None:
    """With the preferred strides, dilations and single blocks, or else the usual ones."""
    assert explains_projections(STEM, stages, shortcut, OpenValues(prefer), is_regnet) is expected


@pytest.mark.parametrize(
    ("stem", "output_stride", "expected"),
    [
        ({"stride": 1, "pool": "none"}, 1, True),
        ({"stride": 1, "pool": "none"}, 2, False),
        ({"stride": 2, "pool": "none"}, 2, True),
        ({"stride": 2, "pool": "none"}, 4, False),
        ({"strides": [2, 2], "pool": "max"}, 8, True),
        ({"strides": [2, 2], "pool": "max"}, 16, False),
    ],
)
def test_an_output_stride_counts_from_the_stem(stem: dict[str, Any], output_stride: int, expected: bool) -> None:
    """Stages that keep their channels have no projection once it is reached."""
    values = OpenValues({"stages.output_stride": output_stride})
    assert explains_projections(stem, SAME, USUAL, values, is_regnet=False) is expected
