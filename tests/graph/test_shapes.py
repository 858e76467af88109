"""Arithmetic of sliding windows and of groups."""

import pytest
import torch

from resnet_dsl.graph.shapes import ShapeError, divisible, windows


@pytest.mark.parametrize(
    ("groups", "channels", "counts"),
    [
        (3, (8,), "8 channels divide into 2 or 4 groups"),
        (5, (8, 4), "8 and 4 channels divide into 4 groups"),
        (32, (85, 256), "85 and 256 channels divide into 1 group"),
        (3, (2,), "2 channels divide into 2 groups"),
        (7, (8, 8), "8 channels divide into 4 or 8 groups"),
        (9, (8,), "8 channels divide into 8 groups"),
        (7000, (16384,), "16,384 channels divide into 4,096 or 8,192 groups"),
    ],
)
def test_the_nearest_numbers_of_groups(groups: int, channels: tuple[int, ...], counts: str) -> None:
    """Below and above, as far as there are any."""
    assert divisible(groups, *channels) == counts


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [2, 3])
def test_windows_are_those_of_torch(kernel: int, stride: int, padding: int, ceil: bool) -> None:
    """For every size at which torch finds one."""
    pool = torch.nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil)
    for size in range(kernel, 12):
        shape = pool(torch.empty(1, size, size, device="meta")).shape
        assert windows(size, kernel, stride, padding, ceil=ceil) == shape[-1]


def test_an_error_says_what_it_is() -> None:
    """As other exceptions do."""
    error = ShapeError("size", "too small", "take a larger one", assumed=(1, 1, 1))
    assert (str(error), error.message, error.helps) == ("too small", "too small", ("take a larger one",))
