"""Recipes that look into a network: what it looks at, and what it costs."""

import pytest
import torch
from torch.nn.functional import interpolate

import resnet_dsl
from tests.recipes.conftest import Recipe

pytestmark = pytest.mark.slow


def scaled(heat: torch.Tensor) -> torch.Tensor:
    """(batch, 1, height, width) to the same from 0 to 1 in each map, or 0 everywhere, as the library does it."""
    heat = heat - heat.amin((2, 3), keepdim=True)
    return heat / (heat.amax((2, 3), keepdim=True) + 1e-7)


def test_grad_cam(recipe: Recipe) -> None:
    """The heat maps are those of the paper's formula: maps weighted by their mean gradient, and what is positive."""
    names = recipe.run()
    network, images = names["network"], names["images"]
    maps: list[torch.Tensor] = []
    with network.layer2.register_forward_hook(lambda _module, _inputs, output: maps.append(output)):
        logits = network(images)
    (gradient,) = torch.autograd.grad(logits[0, 3] + logits[1, 7], maps)
    heat = scaled((maps[0] * gradient.mean((2, 3), keepdim=True)).sum(1, keepdim=True).relu().detach())
    expected = scaled(interpolate(heat, (32, 32), mode="bilinear"))[:, 0]
    torch.testing.assert_close(torch.from_numpy(names["heat"]), expected, atol=1e-4, rtol=0)


def test_captum(recipe: Recipe) -> None:
    """The attributions of an image add up to the difference of its score from that of a black one."""
    names = recipe.run()
    network, images = names["network"], names["images"]
    difference = (network(images) - network(torch.zeros_like(images)))[:, 3].detach()
    torch.testing.assert_close(names["pixels"].sum((1, 2, 3)).float(), difference, atol=1e-3, rtol=0.01)


def test_torchinfo(recipe: Recipe) -> None:
    """It counts the parameters that the graph says, in the order of its layers, and costs within 0.1 %."""
    table, graph = recipe.run()["table"], resnet_dsl.lower("resnet50")
    assert table.total_params == graph.parameters
    assert table.total_mult_adds == pytest.approx(graph.macs, rel=1e-3)


def test_fvcore(recipe: Recipe) -> None:
    """Its count of convolutions and of the classifier is the graph's multiply–accumulates."""
    names = recipe.run()
    counted = names["flops"].by_operator()
    assert counted["conv"] + counted["linear"] == resnet_dsl.lower("resnet50").macs
    assert "layer4.2" in names["table"]
