"""Weights of RGB images for images with other channels: what the first convolution then computes."""

from pathlib import Path
from typing import Any

import pytest
import torch

import resnet_dsl
from resnet_dsl.backends.pytorch.load import adapted
from tests.peers import hashfill

SMALL: dict[str, Any] = {
    "name": "small",
    "input": {"size": 32},
    "stem": {"channels": 8, "kernel": 3},
    "block": {"type": "basic"},
    "stages": {"depths": [1], "widths": [8]},
    "head": {"classes": 5},
}


def weight(channels: int = 3) -> torch.Tensor:
    return torch.rand(8, channels, 3, 3, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_one_channel_has_the_sum_of_all(channels: int) -> None:
    """An image of equal channels gives the same as the one channel that they repeat."""
    image = torch.rand(1, 1, 8, 8)
    one = torch.nn.functional.conv2d(image, adapted(weight(channels), 1))
    assert torch.allclose(one, torch.nn.functional.conv2d(image.expand(-1, channels, -1, -1), weight(channels)))


@pytest.mark.parametrize("channels", [2, 4, 5, 6, 7])
def test_more_channels_have_those_of_rgb_in_turn(channels: int) -> None:
    """Red, green, blue, red, … times three over their number."""
    found = adapted(weight(), channels)
    assert found.shape == (8, channels, 3, 3)
    for index in range(channels):
        assert torch.equal(found[:, index], weight()[:, index % 3] * (3 / channels))


@pytest.mark.parametrize("channels", [6, 9])
def test_whole_repetitions_give_an_image_of_equal_channels_the_same_output(channels: int) -> None:
    """Which no other number of channels promises."""
    assert torch.allclose(adapted(weight(), channels).sum(1), weight().sum(1))


@pytest.mark.parametrize(("channels", "how"), [(1, "summed into"), (5, "repeated and scaled to")])
def test_a_built_network_has_the_adapted_weight_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, channels: int, how: str
) -> None:
    """All its other entries are the file's, and one line tells what became of the first convolution."""
    file = tmp_path / "w.pt"
    theirs = hashfill.fill(resnet_dsl.build(SMALL)).state_dict()
    torch.save(theirs, file)
    ours = resnet_dsl.build(SMALL, weights=file, overrides={"input.channels": channels}).state_dict()
    assert torch.equal(ours["conv1.weight"], adapted(theirs["conv1.weight"], channels))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs if name != "conv1.weight")
    assert caplog.messages == [f"the 3 input channels of `conv1` were {how} {channels}"]
