"""Trains one network, and records its errors."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import resnet_dsl
from resnet_dsl.graph.ops import Conv2d

from .images import Images, load

MOMENTUM = 0.9
WEIGHT_DECAY = 1e-4
BATCH = 256
"""Images for a gradient norm."""


class Settings(NamedTuple):
    """How every network is trained: by SGD with momentum, at a tenth of the rate in the last third of the epochs.

    Momentum and weight decay are the paper's.
    """

    epochs: int = 15
    batch_size: int = 64
    rate: float = 0.02
    device: str = "cpu"


class Run(NamedTuple):
    """The errors of one network from one seed, in per cent after each epoch."""

    network: str
    seed: int
    train: list[float]
    """Of the training images, each as it was classified when it was learnt from."""
    test: list[float]


def train(
    spec: str,
    overrides: Sequence[str],
    seed: int,
    images: Images,
    settings: Settings,
    tell: Callable[[Run], None] = lambda run: None,
) -> Run:
    """Train a network from scratch, and tell the run so far after each epoch.

    The seed decides initial weights and the order of the images; networks that have the same layers start from the
    same weights.
    """
    model = resnet_dsl.build(spec, overrides=(*images.overrides, *overrides), seed=seed, device=settings.device)
    inputs, classes = images.train.to(settings.device), images.train_classes.to(settings.device)
    optimizer = torch.optim.SGD(model.parameters(), settings.rate, MOMENTUM, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [settings.epochs * 2 // 3], gamma=0.1)
    generator = torch.Generator().manual_seed(seed)
    run = Run(spec, seed, [], [])
    for _ in range(settings.epochs):
        order = torch.randperm(len(inputs), generator=generator).to(settings.device)
        wrong = torch.zeros((), device=settings.device)
        for batch in torch.split(order, settings.batch_size):
            outputs = model(inputs[batch])
            optimizer.zero_grad()
            torch.autograd.backward(cross_entropy(outputs, classes[batch]))
            optimizer.step()
            wrong += (outputs.argmax(1) != classes[batch]).sum()
        schedule.step()
        run.train.append(100 * float(wrong) / len(inputs))
        run.test.append(error(model, images.test, images.test_classes, settings))
        tell(run)
    return run


def train_and_tell(folder: Path | None, overrides: Sequence[str], settings: Settings, spec: str, seed: int) -> Run:
    """In a process of a pool: train one network on one thread, and print each epoch."""
    torch.set_num_threads(1)

    def tell(run: Run) -> None:
        epoch = f"epoch {len(run.train):2} of {settings.epochs}"
        errors = f"training error {run.train[-1]:6.2f} %, test error {run.test[-1]:6.2f} %"
        print(f"{spec:8}  seed {seed}  {epoch}  {errors}", flush=True)

    return train(spec, overrides, seed, load(folder), settings, tell)


@torch.no_grad()
def error(model: nn.Module, inputs: Tensor, classes: Tensor, settings: Settings) -> float:
    """Per cent of the images that the network misclassifies in evaluation mode."""
    model.eval()
    batches = zip(*(torch.split(each, settings.batch_size) for each in (inputs, classes)), strict=True)
    wrong = sum(
        int((model(batch.to(settings.device)).argmax(1).cpu() != expected).sum()) for batch, expected in batches
    )
    model.train()
    return 100 * wrong / len(inputs)


def gradient_norms(spec: str, overrides: Sequence[str], seed: int, images: Images) -> list[float]:
    """The norm of the first gradient of each convolution's weights, in the order of the network."""
    model = resnet_dsl.build(spec, overrides=(*images.overrides, *overrides), seed=seed, device="cpu")
    order = torch.randperm(len(images.train), generator=torch.Generator().manual_seed(seed))[:BATCH]
    torch.autograd.backward(cross_entropy(model(images.train[order]), images.train_classes[order]))
    graph = resnet_dsl.lower(spec, overrides=(*images.overrides, *overrides))
    weights = dict(model.named_parameters())
    gradients = [weights[f"{node.name}.weight"].grad for node in graph.nodes if isinstance(node.op, Conv2d)]
    return [float(gradient.norm()) for gradient in gradients if gradient is not None]
