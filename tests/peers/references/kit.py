"""The layers of a network that a document describes, in plain PyTorch."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.peers.families import Document

ACTIVATIONS: dict[str, Any] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "celu": nn.CELU,
    "sigmoid": nn.Sigmoid,
    "hardtanh": nn.Hardtanh,
    "softplus": nn.Softplus,
}


class StandardizedConv(nn.Conv2d):
    """Each filter's weights minus their mean, divided by the root of their variance plus eps."""

    eps = 0.0

    def forward(self, x: Tensor) -> Tensor:
        weights = self.weight.flatten(1)
        weights = weights - weights.mean(1, keepdim=True)
        weights = weights / (weights.square().mean(1, keepdim=True) + self.eps).sqrt()
        padding, dilation = self.padding, self.dilation
        assert not isinstance(padding, str)
        filters = weights.reshape(self.weight.shape)
        return functional.conv2d(x, filters, self.bias, self.stride, padding, dilation, self.groups)


class LayerNorm(nn.Module):
    """Over the channels of each pixel, which lie next to one another in memory: dropout draws in that order."""

    def __init__(self, channels: int, eps: float) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        y = functional.layer_norm(x.permute(0, 2, 3, 1), self.weight.shape, self.weight, self.bias, self.eps)
        return y.permute(0, 3, 1, 2)


class Blur(nn.Module):
    """1, 2, 1 in both directions, with reflected edges."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        line = torch.tensor([0.25, 0.5, 0.25], dtype=x.dtype)
        filters = torch.outer(line, line).expand(x.shape[1], 1, 3, 3)
        return functional.conv2d(
            functional.pad(x, (1, 1, 1, 1), "reflect"), filters, None, self.stride, groups=x.shape[1]
        )


class Kit:
    """Makes layers as the keys `conv`, `norm`, `activation` and `antialias` say."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.norm_type: str = document["norm"]["type"]
        self.filters = document["antialias"]

    def conv(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, dilation: int = 1, groups: int = 1
    ) -> nn.Conv2d:
        settings = self.document["conv"]
        bias = self.norm_type == "none" or settings.get("bias", False)
        kind = StandardizedConv if settings["type"] == "standardized" else nn.Conv2d
        padding = dilation * (kernel // 2)
        made = kind(inputs, outputs, kernel, stride, padding, dilation, groups, bias)
        if isinstance(made, StandardizedConv):
            made.eps = settings.get("eps", 1e-6)
        return made

    def norm(self, channels: int) -> nn.Module:
        settings = {key: value for key, value in self.document["norm"].items() if key != "type"}
        match self.norm_type:
            case "batch":
                return nn.BatchNorm2d(channels, **settings)
            case "group":
                width = settings.get("group_width")
                return nn.GroupNorm(channels // width if width else settings["groups"], channels)
            case "instance":
                return nn.InstanceNorm2d(channels)
            case "layer":
                return LayerNorm(channels, settings.get("eps", 1e-6))
            case _:
                return nn.Identity()

    def activation(self, channels: int) -> nn.Module:
        name = self.document["activation"]
        made: nn.Module = nn.PReLU(channels) if name == "prelu" else ACTIVATIONS[name]()
        return made

    def low_pass(self, stride: int) -> nn.Module:
        if self.filters == "blur":
            return Blur(stride)
        return nn.AvgPool2d(stride) if self.filters == "avg" and stride > 1 else nn.Identity()
