"""Recipes that train: a loss falls, and what was trained is what is kept."""

from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy

import resnet_dsl
from tests.recipes.conftest import Recipe

pytestmark = pytest.mark.slow


def outputs(network: Any, images: torch.Tensor) -> torch.Tensor:
    """(batch, 3, height, width) to (batch, classes), in evaluation mode."""
    with torch.no_grad():
        logits: torch.Tensor = network.eval()(images)
    return logits


def trained_well(network: Any, images: torch.Tensor, labels: torch.Tensor) -> bool:
    """Whether it tells these images apart much better than chance, whose loss is that of ten equal classes."""
    return cross_entropy(outputs(network, images), labels).item() < 2.3 / 2


def test_lightning(recipe: Recipe) -> None:
    """The loss falls far below chance, and the checkpoint opens as the network that Lightning trained."""
    names = recipe.run()
    assert names["trainer"].callback_metrics["loss"] < 1
    images, _ = names["data"].tensors
    theirs = names["trainer"].lightning_module.network
    assert torch.equal(outputs(names["network"], images), outputs(theirs, images))


def test_accelerate(recipe: Recipe) -> None:
    """The loss falls, and the file gives back the trained network, without being told its spec."""
    names = recipe.run()
    assert names["losses"][-1] < names["losses"][0] / 2
    images, _ = names["data"].tensors
    assert torch.equal(
        outputs(resnet_dsl.build(weights="trained.safetensors"), images), outputs(names["trained"], images)
    )


def test_trainer(recipe: Recipe) -> None:
    """The loss falls, and the network opened from the trainer's file predicts what the trainer did."""
    names = recipe.run()
    losses = [entry["loss"] for entry in names["trainer"].state.log_history if "loss" in entry]
    assert losses[-1] < losses[0] / 2
    images = torch.stack([each["pixel_values"] for each in names["data"]])
    torch.testing.assert_close(outputs(names["network"], images), torch.from_numpy(names["predicted"]))


def test_ignite(recipe: Recipe) -> None:
    """The accuracy on what it trained on ends far above chance, and is that of the network."""
    names = recipe.run()
    assert names["accuracies"][-1] > 0.5
    images, labels = names["data"].tensors
    right = outputs(names["network"], images).argmax(1) == labels
    assert names["accuracies"][-1] == pytest.approx(right.double().mean().item())


def test_skorch(recipe: Recipe) -> None:
    """The search tries both networks, and fits the better one anew."""
    search = recipe.run()["search"]
    assert [each["module__depths"] for each in search.cv_results_["params"]] == [[1, 1, 1], [2, 1, 1]]
    best = search.best_estimator_
    assert [stage.depth for stage in best.module_.network.spec.stages] == search.best_params_["module__depths"]
    assert best.history[-1, "train_loss"] < best.history[0, "train_loss"]


def test_torchmetrics(recipe: Recipe) -> None:
    """The accuracies are those counted by hand over all batches."""
    names = recipe.run()
    images, labels = map(torch.cat, zip(*names["batches"], strict=True))
    ranked = outputs(names["network"], images).argsort(1, descending=True) == labels[:, None]
    assert names["results"]["top1"].item() == pytest.approx(ranked[:, 0].float().mean().item())
    assert names["results"]["top5"].item() == pytest.approx(ranked[:, :5].any(1).float().mean().item())


def test_mixed_precision(recipe: Recipe) -> None:
    """Outputs are bfloat16, weights and their gradients float32, and the loss falls."""
    names = recipe.run()
    assert names["logits"].dtype == torch.bfloat16
    assert {parameter.dtype for parameter in names["network"].parameters()} == {torch.float32}
    assert names["losses"][-1] < names["losses"][0] / 2


def test_gradient_checkpointing(recipe: Recipe) -> None:
    """The gradients are those of a pass that keeps everything, which keeps more."""
    names = recipe.run()
    network, images = names["network"], names["images"]
    gradients = [parameter.grad for parameter in network.parameters()]
    kept = {True: 0, False: 0}
    for enable in kept:

        def keep(tensor: torch.Tensor, enable: bool = enable) -> torch.Tensor:
            kept[enable] += tensor.nbytes
            return tensor

        network.set_grad_checkpointing(enable)
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            loss = network(images).square().mean()
    torch.testing.assert_close(gradients, list(torch.autograd.grad(loss, network.parameters())))
    assert kept[True] < kept[False] / 2


def test_averaged_weights(recipe: Recipe) -> None:
    """The average is another network than the last one; its statistics are those of the images; the file has it."""
    names = recipe.run()
    network, averaged, images = names["network"], names["averaged"].module, names["images"]
    assert not torch.equal(averaged.fc.weight, network.fc.weight)
    seen = averaged.conv1(images).mean((0, 2, 3))
    torch.testing.assert_close(averaged.bn1.running_mean, seen)
    assert trained_well(averaged, images, names["labels"])
    kept = resnet_dsl.build(weights="averaged.safetensors")
    assert torch.equal(outputs(kept, images), outputs(averaged, images))
