"""Recipes that hand a network on: what others get is the same network."""

from pathlib import Path

import pytest
import torch

import resnet_dsl
from tests.recipes.conftest import Recipe

pytestmark = pytest.mark.slow


def test_torch_hub(recipe: Recipe) -> None:
    """The arguments reach `build`, for a spec and for a bundled network."""
    names = recipe.run()
    assert names["network"].fc.out_features == 4
    assert names["network"].spec.name == "mine"
    ours = resnet_dsl.build("resnet20", seed=0).state_dict()
    assert all(torch.equal(tensor, ours[name]) for name, tensor in names["bundled"].state_dict().items())


def test_huggingface_hub(recipe: Recipe) -> None:
    """What is read again computes the same; the weights open by themselves, and the folder has the text of the spec."""
    names = recipe.run()
    images = torch.randn(2, 3, 32, 32)
    alone = resnet_dsl.build(weights="mine/model.safetensors").eval()
    with torch.no_grad():
        expected = names["network"](images)
        assert torch.equal(names["again"](images), expected)
        assert torch.equal(alone(images), expected)
    assert resnet_dsl.load(Path("mine/spec.yaml")).name == "mine"


def test_back_to_torchvision(recipe: Recipe) -> None:
    """Every entry loads, and the outputs are the same to the last digit."""
    names = recipe.run()
    with torch.no_grad():
        assert torch.equal(names["theirs"](names["images"]), names["network"](names["images"]))
