"""What the references have in common: layers one after the other."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from torch import nn

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network


def conv(inputs: int, outputs: int, kernel: int, stride: int = 1, dilation: int = 1, **settings: Any) -> nn.Conv2d:
    """A convolution without bias unless stated, padded so that only the stride changes the size."""
    padding = dilation * (kernel // 2)
    return nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, **{"bias": False, **settings})


def stages(
    make: Callable[..., nn.Module], channels: int, depths: Sequence[int], outputs: Sequence[int], strides: Sequence[int]
) -> dict[str, nn.Module]:
    """`layer1`, `layer2`, … of blocks that are made of their input and output channels and stride."""
    layers: dict[str, nn.Module] = {}
    for number, (depth, width, stride) in enumerate(zip(depths, outputs, strides, strict=True), 1):
        blocks = [make(width if index else channels, width, 1 if index else stride) for index in range(depth)]
        layers[f"layer{number}"] = nn.Sequential(*blocks)
        channels = width
    return layers


def head(channels: int, classes: int) -> dict[str, nn.Module]:
    """Mean and classifier."""
    return {"pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten(), "fc": nn.Linear(channels, classes)}


def network(layers: dict[str, nn.Module], document: Document) -> Network:
    """The layers one after the other, and the spec of the same network."""
    return Theirs("references", nn.Sequential(OrderedDict(layers))), {"name": "reference"} | document


def size(draw: Random, least: int = 24) -> list[int]:
    return [draw.randint(least, least + 12), draw.randint(least, least + 12)]
