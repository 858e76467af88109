"""Recipes of detection and segmentation, on the feature maps of a network."""

import pytest
import torch

import resnet_dsl
from tests.recipes.conftest import Recipe

pytestmark = pytest.mark.slow


def test_feature_pyramid(recipe: Recipe) -> None:
    """A level for each stage, of equal channels, each at the size of its stage."""
    levels = recipe.run()["levels"]
    assert {name: tuple(level.shape) for name, level in levels.items()} == {
        "layer1": (2, 64, 16, 16),
        "layer2": (2, 64, 8, 8),
        "layer3": (2, 64, 4, 4),
        "layer4": (2, 64, 2, 2),
    }


def test_retinanet(recipe: Recipe) -> None:
    """The loss falls, and gradients reach the first layer of the network."""
    names = recipe.run()
    assert names["losses"][-1] < 0.9 * names["losses"][0]
    loss = sum(names["detector"](names["images"], names["targets"]).values())
    (gradient,) = torch.autograd.grad(loss, [names["detector"].backbone.body.conv1.weight])
    assert gradient.abs().sum() > 0


def test_deeplab(recipe: Recipe) -> None:
    """With the same weights, torchvision's own DeepLabV3 on its ResNet-50 gives the same scores."""
    segmentation = pytest.importorskip("torchvision.models.segmentation")
    names = recipe.run()
    theirs = segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None, num_classes=21).eval()
    theirs.backbone.load_state_dict(names["network"].backbone.state_dict())
    theirs.classifier.load_state_dict(names["network"].classifier.state_dict())
    torch.testing.assert_close(names["scores"], theirs(names["images"])["out"])


def test_unet(recipe: Recipe) -> None:
    """The loss falls, and the U-Net is, in shapes of weights, the one that they make of their own ResNet-18."""
    smp = pytest.importorskip("segmentation_models_pytorch")
    names = recipe.run()
    assert names["losses"][-1] < names["losses"][0]
    theirs = smp.Unet("resnet18", encoder_weights=None, in_channels=1, classes=2).eval()
    theirs.encoder.load_state_dict(names["network"].encoder.body.state_dict())
    theirs.decoder.load_state_dict(names["network"].decoder.state_dict())
    theirs.segmentation_head.load_state_dict(names["network"].segmentation_head.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(names["network"].eval()(names["images"]), theirs(names["images"]))


def test_feature_extraction(recipe: Recipe) -> None:
    """The maps are those that `features=` and the network itself give."""
    names = recipe.run()
    network, images = names["network"], names["images"]
    (middle,) = resnet_dsl.build("mine.yaml", features=[2], weights=network.state_dict()).eval()(images)
    assert torch.equal(names["maps"]["middle"], middle)
    assert torch.equal(names["maps"]["inside"], network.layer3[0].conv1(middle))
    assert torch.equal(names["maps"]["logits"], network(images))
