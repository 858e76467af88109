"""The size of the input: the conventional one, the preferred one, or the one that attention pooling was made for."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.recognition.entries import Unrecognised
from resnet_dsl.checkpoints.recognition.input_size import input_size, last_side
from resnet_dsl.checkpoints.recognition.open_values import OpenValues

ANY = {"input.size": "a checkpoint fits any input size"}
POSITIONS = {"input.size": "positions reveal only how many pixels the last feature map has"}


def document(stem: Any = None, strides: Any = (1, 2)) -> dict[str, Any]:
    """A small network with attention pooling."""
    return {
        "input": {"channels": 3},
        "stem": {"channels": 8, "kernel": 7, "stride": 2, "pool": "max"} | (stem or {}),
        "block": {"type": "basic"},
        "stages": {"depths": [1, 1], "widths": [8, 64], "strides": [*strides]},
        "head": {"pool": "attention", "classes": 5},
    }


@pytest.mark.parametrize(
    ("stem", "total", "preferred", "expected", "kept"),
    [
        ({}, 8, None, 224, False),
        ({"stride": 1}, 8, None, 32, False),
        ({"strides": [1, 1]}, 8, None, 224, False),
        ({}, 223, None, 224, False),
        ({}, 224, None, 448, False),
        ({}, 300, None, 600, False),
        ({"stride": 1}, 31, None, 32, False),
        ({"stride": 1}, 32, None, 64, False),
        ({}, 8191, None, 16_382, False),
        ({}, 8192, None, 16_384, False),
        ({}, 8193, None, 16_384, False),
        ({}, 8, 9, 9, True),
        ({}, 8, 8, 224, False),
        ({}, 8, [9, 10], [9, 10], True),
        ({}, 8, (10, 9), (10, 9), True),
        ({}, 8, [100, 8], 224, False),
        ({}, 8, [8, 100], 224, False),
    ],
)
def test_an_input_is_of_a_conventional_size_that_leaves_something_to_stride_over(
    stem: dict[str, Any], total: int, preferred: Any, expected: Any, kept: bool
) -> None:
    """32 where the stem does not stride, else 224, or twice the total stride; the preferred one if it is larger."""
    values = OpenValues({"input.size": preferred})
    assert repr(input_size({"stem": stem}, total, {}, values)) == repr(expected)  # whole numbers, too
    assert values.conventions == ANY
    assert values.preferred == ({"input.size"} if kept else set())


def positions(pixels: int) -> State:
    return {"attnpool.positional_embedding": (pixels + 1, 64)}


@pytest.mark.parametrize(
    ("stem", "total", "pixels", "expected"),
    [
        ({}, 8, 16, 32),
        ({}, 8, 1, 8),
        ({}, 8, 2, [8, 16]),
        ({}, 8, 12, [24, 32]),
        ({}, 8, 13, [8, 104]),
        ({}, 8, 49, 56),
        ({}, 8, 8, [16, 32]),
        ({}, 8, 2048, [256, 512]),
        ({}, 8, 2 * 1021, [16, 8168]),
        ({"kernel": 4}, 8, 16, 31),
        ({"kernel": 4}, 8, 2, [7, 15]),
        ({"kernel": 4, "channels": [8, 8]}, 8, 16, 29),
        ({"kernel": 3, "channels": [8, 8]}, 8, 16, 32),
        ({"kernel": 4, "channels": [8, 8], "strides": [1, 2]}, 8, 16, 30),
        ({"kernel": 4, "channels": [8, 8], "strides": [2, 1]}, 8, 16, 29),
        ({"kernel": 4, "channels": [8, 8, 8]}, 8, 16, 27),
        ({"kernel": 2, "stride": 3, "pool": "none"}, 6, 16, 23),
        ({"stride": 1, "pool": "none"}, 2, 16, 8),
    ],
)
def test_positions_are_those_of_the_most_square_feature_map(
    stem: dict[str, Any], total: int, pixels: int, expected: Any
) -> None:
    """Of an input whose sides are multiples of the total stride, but for the pixels that even kernels add."""
    values = OpenValues({})
    wanted = document(stem)
    if "strides" in stem:
        del wanted["stem"]["stride"]
    assert repr(input_size(wanted, total, positions(pixels), values)) == repr(expected)  # whole numbers, too
    assert values.conventions == POSITIONS
    assert not values.preferred


@pytest.mark.parametrize(
    ("preferred", "expected"),
    [
        (32, 32),
        (31, 31),
        (25, 25),
        (24, 32),
        (33, 32),
        ([16, 64], [16, 64]),
        ([128, 8], [128, 8]),
        ([16, 32], 32),
        ("large", 32),
        (-1, 32),
        (0, 32),
        (16_385, 32),
    ],
)
def test_a_preferred_size_is_kept_if_its_last_feature_map_has_as_many_pixels(preferred: Any, expected: Any) -> None:
    """Which is computed; a value that is not a size has none."""
    values = OpenValues({"input.size": preferred})
    assert input_size(document(), 8, positions(16), values) == expected
    assert values.conventions == POSITIONS
    assert values.preferred == ({"input.size"} if preferred == expected else set())


@pytest.mark.parametrize("pixels", [0, 2053, 2 * 2053])
def test_positions_of_no_feature_map_are_refused(pixels: int) -> None:
    """None at all, or so many along a side that it would exceed the bounds."""
    with pytest.raises(Unrecognised) as caught:
        input_size(document(), 8, positions(pixels), OpenValues({}))
    assert str(caught.value) == "`attnpool.positional_embedding` has the positions of no feature map"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, 2),
        (positions(49), 7),
        (positions(12), 4),
        (positions(13), 13),
        (positions(2), 2),
        (positions(1), 1),
        (positions(0), 2),
    ],
)
def test_the_last_feature_map_has_two_pixels_along_a_side(state: State, expected: int) -> None:
    """At least; or as many as the most square one of these positions along its longer side."""
    assert last_side(state) == expected


def test_positions_of_another_rank_are_refused() -> None:
    """Wherever they are read."""
    state = {"attnpool.positional_embedding": (50,)}
    fault = r"^`attnpool\.positional_embedding` has shape \[50\] instead of 2 dimensions$"
    with pytest.raises(Unrecognised, match=fault):
        last_side(state)
    with pytest.raises(Unrecognised, match=fault):
        input_size(document(), 8, state, OpenValues({}))
