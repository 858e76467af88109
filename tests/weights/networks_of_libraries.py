"""Small networks of other libraries."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from torch import Tensor, nn

from .networks import filled


def library(name: str) -> Any:
    """The module, whose types are not checked."""
    return import_module(name)


class Through(nn.Module):
    """A library's module as a function from images to one tensor."""

    def __init__(self, module: nn.Module, take: Callable[[Any], Any]) -> None:
        super().__init__()
        self.module = module
        self.take = take

    def forward(self, images: Tensor) -> Any:
        return self.take(self.module(images))


def torchvision_network(**arguments: Any) -> Any:
    """A small network of torchvision's `resnet.py`."""
    resnet = library("torchvision.models.resnet")
    return filled(resnet.ResNet(resnet.Bottleneck, [1, 1, 1, 1], num_classes=7, width_per_group=8, **arguments))


def timm_network(salt: str = "", **arguments: Any) -> Any:
    """A small network of timm's `resnet.py`."""
    resnet = library("timm.models.resnet")
    return filled(
        resnet.ResNet(resnet.BasicBlock, (2, 1, 1, 1), num_classes=7, channels=(64, 16, 24, 32), **arguments), salt
    )
