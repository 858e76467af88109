"""Recipes that run a network elsewhere: it computes the same there."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.recipes.conftest import Recipe

pytestmark = pytest.mark.slow


def distance(theirs: Any, network: Any, images: Any) -> float:
    """The largest difference of their outputs from the network's, divided by its largest output."""
    with torch.no_grad():
        ours = network(torch.as_tensor(images))
        return float((torch.as_tensor(theirs) - ours).abs().max() / ours.abs().max())


@pytest.mark.skipif(shutil.which("c++") is None, reason="there is no C++ compiler for torch.compile")
def test_compile(recipe: Recipe) -> None:
    """Compiled as one graph, it computes the same."""
    names = recipe.run()
    assert distance(names["logits"], names["network"], names["images"]) < 1e-5


def test_export(recipe: Recipe) -> None:
    """Read back from the file, the program computes the same at another batch and size."""
    names = recipe.run()
    assert distance(names["logits"].detach(), names["network"], names["images"]) < 1e-6


def test_quantisation(recipe: Recipe) -> None:
    """Each convolution is quantised, and the outputs stay within a twentieth of the float network's."""
    names = recipe.run()
    targets = [str(node.target) for node in names["quantised"].graph.nodes]
    convolutions = sum(isinstance(module, torch.nn.Conv2d) for module in names["network"].modules())
    assert sum("dequantize_per_channel" in target for target in targets) == convolutions + 1  # and the classifier
    assert 0 < distance(names["quantised"](names["images"]), names["network"], names["images"]) < 0.05


def test_executorch(recipe: Recipe) -> None:
    """The file, run by ExecuTorch's runtime, computes the same; all of it was lowered to XNNPACK."""
    names = recipe.run()
    assert distance(names["logits"], names["network"], names["images"]) < 1e-4
    assert Path("mine.pte").stat().st_size > 4 * sum(map(torch.numel, names["network"].parameters()))


def test_onnxruntime(recipe: Recipe) -> None:
    """The model computes the same, at another size too."""
    names = recipe.run()
    assert distance(names["logits"], names["network"], names["images"]) < 1e-5


def test_openvino(recipe: Recipe) -> None:
    """The model computes the same."""
    names = recipe.run()
    assert distance(names["logits"], names["network"], names["images"]) < 1e-4
