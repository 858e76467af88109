"""Arithmetic of sliding windows and groups."""

import pytest
import torch

from resnet_dsl.graph.shapes import ShapeError, count_windows, suggest_groups


@pytest.mark.parametrize(
    ("groups", "channels", "help_"),
    [
        (3, (8,), "use 2 or 4 groups for 8 channels"),
        (5, (8, 4), "use 4 groups for 8 and 4 channels"),
        (32, (85, 256), "use 1 group for 85 and 256 channels"),
        (3, (2,), "use 2 groups for 2 channels"),
        (7, (8, 8), "use 4 or 8 groups for 8 channels"),
        (9, (8,), "use 8 groups for 8 channels"),
        (2, (1,), "use 1 group for 1 channel"),
        (7000, (16384,), "use 4,096 or 8,192 groups for 16,384 channels"),
    ],
)
def test_the_nearest_group_counts_are_suggested(groups: int, channels: tuple[int, ...], help_: str) -> None:
    """The nearest below and above, if there are any."""
    assert suggest_groups(groups, *channels) == help_


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [2, 3])
def test_window_counts_are_those_of_torch(kernel: int, stride: int, padding: int, ceil: bool) -> None:
    """For every size at which at least one window fits."""
    pool = torch.nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil)
    for size in range(kernel, 12):
        shape = pool(torch.empty(1, size, size, device="meta")).shape
        assert count_windows(size, kernel, stride, padding, ceil=ceil) == shape[-1]


def test_a_shape_error_carries_its_message_and_helps() -> None:
    """`str` gives the message, as for other exceptions."""
    error = ShapeError("size", "too small", "take a larger one", assumed=(1, 1, 1))
    assert (str(error), error.message, error.helps) == ("too small", "too small", ("take a larger one",))
