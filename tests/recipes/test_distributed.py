"""Recipes for several processes: two of them do what one does with all the images."""

from collections.abc import Sequence

import pytest
import torch
from torch.nn.functional import cross_entropy

import resnet_dsl
from tests.recipes.conftest import Recipe

pytestmark = pytest.mark.slow


def trained_on(
    shares: Sequence[Sequence[torch.Tensor]], labels: Sequence[Sequence[torch.Tensor]]
) -> dict[str, torch.Tensor]:
    """The parameters after a step for each batch of a share, with the mean of the gradients of all shares.

    Each share is normalised by its own statistics, as each process does.
    """
    network = resnet_dsl.build("mine.yaml", seed=0)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    for batches, answers in zip(zip(*shares, strict=True), zip(*labels, strict=True), strict=True):
        losses = [cross_entropy(network(images), answer) for images, answer in zip(batches, answers, strict=True)]
        torch.autograd.backward(torch.stack(losses).mean())
        optimizer.step()
        optimizer.zero_grad()
    return {name: parameter.detach() for name, parameter in network.named_parameters()}


def test_ddp(recipe: Recipe) -> None:
    """Two processes reach the weights of one that takes the mean of the gradients of both halves."""
    recipe.launch(processes=2)
    images = torch.randn(32, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    halves = [torch.chunk(images[rank::2], 2) for rank in range(2)]
    labels = [torch.chunk(torch.arange(32)[rank::2] % 10, 2) for rank in range(2)]
    trained = dict(resnet_dsl.build(weights="trained.safetensors").named_parameters())
    torch.testing.assert_close(trained, trained_on(halves, labels), atol=1e-5, rtol=1e-4)


def test_fsdp2(recipe: Recipe) -> None:
    """The parts are those of `build` with this seed to the last digit; trained, those of one process, as above."""
    recipe.launch(processes=2)
    fresh = resnet_dsl.build("mine.yaml", weights="fresh.pth").state_dict()
    whole = resnet_dsl.build("mine.yaml", seed=0).state_dict()
    assert fresh.keys() == whole.keys()
    assert all(torch.equal(fresh[name], whole[name]) for name in whole)

    images = [torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(rank)) for rank in range(2)]
    trained = dict(resnet_dsl.build("mine.yaml", weights="trained.pth").named_parameters())
    expected = trained_on([[each] * 2 for each in images], [[torch.arange(8)] * 2] * 2)
    torch.testing.assert_close(trained, expected, atol=1e-5, rtol=1e-4)
