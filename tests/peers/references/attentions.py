"""Attention of every kind, in plain PyTorch."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.peers.families import Document
from tests.peers.references.kit import ACTIVATIONS, LayerNorm

DEFAULTS: dict[str, tuple[float, int]] = {"se": (1 / 16, 8), "cbam": (1 / 16, 1), "gc": (1 / 8, 1), "gca": (1 / 8, 1)}
"""Ratio and divisor."""


def reduced(settings: Document, own: int, block: int) -> int:
    """Channels between the two layers."""
    ratio, divisor = DEFAULTS[settings["type"]]
    ratio, divisor = float(settings.get("ratio", ratio)), int(settings.get("divisor", divisor))
    if settings.get("of") == "input":
        if divisor == 1:
            return max(1, round(block * ratio))
        own = block
    return max(divisor, int(own * ratio + divisor / 2) // divisor * divisor)


class Squeeze(nn.Module):
    def __init__(self, channels: int, inner: int, activation: nn.Module) -> None:
        super().__init__()
        self.fc1, self.act, self.fc2 = nn.Conv2d(channels, inner, 1), activation, nn.Conv2d(inner, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.fc2(self.act(self.fc1(x.mean((2, 3), keepdim=True)))))


class Neighbours(nn.Module):
    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, kernel, padding=kernel // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        gate: Tensor = torch.sigmoid(self.conv(x.mean((2, 3))[:, None]))
        return x * gate[:, 0, :, None, None]


class Effective(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * functional.hardsigmoid(self.fc(x.mean((2, 3), keepdim=True)))


class Convolutional(nn.Module):
    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        one, two = nn.Conv2d(channels, inner, 1, bias=False), nn.Conv2d(inner, channels, 1, bias=False)
        self.channel = nn.ModuleDict({"fc1": one, "fc2": two})
        self.spatial = nn.ModuleDict({"conv": nn.Conv2d(2, 1, 7, padding=3, bias=False), "bn": nn.BatchNorm2d(1)})

    def forward(self, x: Tensor) -> Tensor:
        def weigh(y: Tensor) -> Tensor:
            result: Tensor = self.channel["fc2"](functional.relu(self.channel["fc1"](y)))
            return result

        x = x * torch.sigmoid(weigh(x.mean((2, 3), keepdim=True)) + weigh(x.amax((2, 3), keepdim=True)))
        y = torch.cat((x.mean(1, keepdim=True), x.amax(1, keepdim=True)), 1)
        return x * torch.sigmoid(self.spatial["bn"](self.spatial["conv"](y)))


class Context(nn.Module):
    def __init__(self, channels: int, inner: int, activation: nn.Module, *, added: bool) -> None:
        super().__init__()
        self.conv_attn = nn.Conv2d(channels, 1, 1)
        mlp = nn.Module()
        mlp.fc1, mlp.norm, mlp.act = nn.Conv2d(channels, inner, 1), LayerNorm(inner, 1e-6), activation
        mlp.fc2 = nn.Conv2d(inner, channels, 1)
        self.added = added
        self.add_module("mlp_add" if added else "mlp_scale", mlp)

    def forward(self, x: Tensor) -> Tensor:
        weights = torch.softmax(self.conv_attn(x).flatten(2), 2).reshape(-1, 1, *x.shape[2:])
        mlp: Any = self.mlp_add if self.added else self.mlp_scale
        y: Tensor = mlp.fc2(mlp.act(mlp.norm(mlp.fc1((x * weights).sum((2, 3), keepdim=True)))))
        return x + y if self.added else x * torch.sigmoid(y)


def attention(settings: Document, channels: int, block: int) -> nn.Module | None:
    """The attention of a block with this many input channels; None if it has none."""
    activation: nn.Module = ACTIVATIONS[settings.get("activation", "relu")]()
    match settings["type"]:
        case "se":
            return Squeeze(channels, reduced(settings, channels, block), activation)
        case "eca":
            return Neighbours(settings["kernel"])
        case "ese":
            return Effective(channels)
        case "cbam":
            return Convolutional(channels, reduced(settings, channels, block))
        case "gc" | "gca" as type_:
            return Context(channels, reduced(settings, channels, block), activation, added=type_ == "gca")
        case _:
            return None
