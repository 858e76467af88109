"""Recipes of timm: what it does with its own networks, it does with those of specs."""

import csv
import math
import os
import shutil
from pathlib import Path

import pytest
import torch
from torch.nn.functional import cross_entropy

import resnet_dsl
from tests.recipes.conftest import Recipe

pytestmark = pytest.mark.slow

TRAIN_SCRIPT = "TIMM_TRAIN_SCRIPT"
"""The environment variable that names a copy of timm's train.py, which its package does not have."""


def test_timm(recipe: Recipe) -> None:
    """Without mixup, the loss ends far below chance; the arguments changed the network; the average is another one."""
    names = recipe.run()
    network, average = names["network"], names["average"].module
    assert cross_entropy(network(names["images"]), names["labels"]) < math.log(4) / 2
    assert (network.conv1.in_channels, network.fc.out_features, network.spec.drop_path) == (1, 4, 0.05)
    assert average.state_dict().keys() == network.state_dict().keys()
    assert not torch.equal(average.fc.weight, network.fc.weight)


@pytest.mark.skipif(TRAIN_SCRIPT not in os.environ, reason=f"{TRAIN_SCRIPT} names no copy of timm's train.py")
def test_train_script(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checkpoint opens, and has the accuracy that the script said last."""
    data, image = pytest.importorskip("timm.data"), pytest.importorskip("PIL.Image")
    shutil.copy(os.environ[TRAIN_SCRIPT], "train.py")
    monkeypatch.setattr("sys.argv", ["train.py"])
    recipe.run()
    overrides = {"head.classes": 2}
    network = resnet_dsl.build("mine.yaml", weights="runs/mine/last.pth.tar", overrides=overrides).eval()
    transform = data.create_transform(**data.resolve_data_config(model=network))
    files = sorted(Path("images/validation").rglob("*.png"))
    images = torch.stack([transform(image.open(file)) for file in files])
    labels = torch.tensor([file.parent.name == "noisy" for file in files]).long()
    right = (network(images).argmax(1) == labels).double().mean().item()
    rows = list(csv.DictReader(Path("runs/mine/summary.csv").read_text("utf-8").splitlines()))
    assert len(rows) == 4
    assert float(rows[-1]["eval_top1"]) == pytest.approx(100 * right)


def test_data(recipe: Recipe) -> None:
    """Images come as the spec has them, and in the statistics of its `pretrained_cfg`."""
    names = recipe.run()
    assert names["config"]["input_size"] == (3, 32, 32)
    assert (names["config"]["mean"], names["config"]["std"]) == (
        names["network"].pretrained_cfg["mean"],
        names["network"].pretrained_cfg["std"],
    )
    assert [tuple(logits.shape) for logits in names["batches"]] == [(4, 10), (4, 10)]


def test_layer_decay(recipe: Recipe) -> None:
    """The groups have the parameters and the factors that timm gives those of its own ResNet-18."""
    timm, optim = pytest.importorskip("timm"), pytest.importorskip("timm.optim")
    names = recipe.run()
    theirs = optim.create_optimizer_v2(
        timm.create_model("resnet18"), opt="adamw", lr=1e-3, weight_decay=0.05, layer_decay=0.75
    )
    sizes = [[parameter.shape for parameter in group["params"]] for group in theirs.param_groups]
    ours = names["optimizer"].param_groups
    assert [[parameter.shape for parameter in group["params"]] for group in ours] == sizes
    assert names["scales"] == [group["lr_scale"] for group in theirs.param_groups]
    assert len(set(names["scales"])) == 10  # the stem, eight blocks and the head
