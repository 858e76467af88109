"""The CIFAR-10 networks of three repositories: akamaster/pytorch_resnet_cifar10, kuangliu/pytorch-cifar and
xternalz/WideResNet-pytorch."""

from functools import partial
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.peers.families import Network
from tests.peers.references.assembly import conv, head, network, size, stages


class PaddedBlock(nn.Module):
    """akamaster's, with option A: every second pixel, and zero channels on both sides."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs, 3), nn.BatchNorm2d(outputs)
        self.stride, self.zeros = stride, outputs - inputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        front = self.zeros // 2
        shortcut = x[:, :, :: self.stride, :: self.stride]
        return functional.relu(y + functional.pad(shortcut, (0, 0, 0, 0, front, self.zeros - front)))


def akamaster(draw: Random) -> Network:
    """Three stages, wider each; twice as wide in the repository."""
    depths, width = [draw.choice([1, 2]) for _ in range(3)], draw.randint(4, 12)
    widths = [width, width + draw.randint(1, 12)]
    widths.append(widths[-1] + draw.randint(1, 12))
    layers = {"conv1": conv(3, width, 3), "bn1": nn.BatchNorm2d(width), "act": nn.ReLU()}
    layers |= stages(PaddedBlock, width, depths, widths, [1, 2, 2]) | head(widths[-1], 10)
    return network(
        layers,
        {
            "input": {"size": size(draw)},
            "stem": {"channels": width, "kernel": 3, "stride": 1, "pool": "none"},
            "block": {"type": "basic"},
            "shortcut": {"type": "padding", "zeros": "both"},
            "stages": {"depths": depths, "widths": widths},
            "head": {"classes": 10},
        },
    )


class Block(nn.Module):
    """kuangliu's `BasicBlock` and `Bottleneck`, and his `PreActBlock` and `PreActBottleneck`."""

    def __init__(self, inputs: int, outputs: int, stride: int, *, bottleneck: bool, preactivation: bool) -> None:
        super().__init__()
        inner = outputs // 4
        shapes = [(inputs, inner, 1, 1), (inner, inner, 3, stride), (inner, outputs, 1, 1)]
        shapes = shapes if bottleneck else [(inputs, outputs, 3, stride), (outputs, outputs, 3, 1)]
        self.convs = [conv(*shape) for shape in shapes]
        self.norms = [nn.BatchNorm2d(shape[0] if preactivation else shape[1]) for shape in shapes]
        for number, (each, norm) in enumerate(zip(self.convs, self.norms, strict=True), 1):
            self.add_module(f"conv{number}", each)
            self.add_module(f"bn{number}", norm)
        self.preactivation = preactivation
        if stride != 1 or inputs != outputs:
            projection = [conv(inputs, outputs, 1, stride)]
            self.downsample = nn.Sequential(*projection, *([] if preactivation else [nn.BatchNorm2d(outputs)]))

    def forward(self, x: Tensor) -> Tensor:
        if self.preactivation:
            y = activated = functional.relu(self.norms[0](x))
            for each, norm in zip(self.convs[:-1], self.norms[1:], strict=True):
                y = functional.relu(norm(each(y)))
            return torch.add(self.convs[-1](y), self.downsample(activated) if hasattr(self, "downsample") else x)
        y = x
        for each, norm in zip(self.convs[:-1], self.norms[:-1], strict=True):
            y = functional.relu(norm(each(y)))
        y = self.norms[-1](self.convs[-1](y))
        return functional.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


def kuangliu(draw: Random) -> Network:
    """`ResNet` or `PreActResNet`, which has no norm after its last block, nor one before its first."""
    bottleneck, preactivation = draw.random() < 0.5, draw.random() < 0.6
    depths, width = [draw.choice([1, 2]) for _ in range(4)], draw.choice([4, 6])
    widths, expansion = [width << index for index in range(4)], 4 if bottleneck else 1
    outputs = [each * expansion for each in widths]
    stem: dict[str, nn.Module] = {"conv1": conv(3, 8, 3)}
    if not preactivation:
        stem |= {"bn1": nn.BatchNorm2d(8), "act": nn.ReLU()}
    make = partial(Block, bottleneck=bottleneck, preactivation=preactivation)
    return network(
        stem | stages(make, 8, depths, outputs, [1, 2, 2, 2]) | head(outputs[-1], 10),
        {
            "input": {"size": size(draw)},
            "stem": {"channels": 8, "kernel": 3, "stride": 1, "pool": "none"},
            "block": {"type": "bottleneck" if bottleneck else "basic", "preactivation": preactivation},
            "stages": {"depths": depths, "widths": widths},
            "head": {"classes": 10} | ({"norm": False} if preactivation else {}),
        },
    )


class WideBlock(nn.Module):
    """A wide residual block, with dropout between its convolutions."""

    def __init__(self, inputs: int, outputs: int, stride: int, *, dropout: float) -> None:
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, outputs, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(outputs), conv(outputs, outputs, 3)
        self.dropout = dropout
        self.downsample = nn.Sequential(conv(inputs, outputs, 1, stride)) if inputs != outputs else None

    def forward(self, x: Tensor) -> Tensor:
        activated = functional.relu(self.bn1(x))
        y = functional.relu(self.bn2(self.conv1(activated)))
        y = self.conv2(functional.dropout(y, self.dropout, training=self.training))
        return torch.add(y, x if self.downsample is None else self.downsample(activated))


def wide(draw: Random) -> Network:
    """WRN-d-k with dropout, which draws the same features in training."""
    depth, factor, dropout = draw.choice([1, 2]), draw.choice([1, 2, 3]), draw.choice([0.0, 0.3, 0.4])
    widths = [5 * factor << index for index in range(3)]
    layers: dict[str, nn.Module] = {"conv1": conv(3, 4, 3)}
    layers |= stages(partial(WideBlock, dropout=dropout), 4, [depth] * 3, widths, [1, 2, 2])
    layers |= {"norm": nn.BatchNorm2d(widths[-1]), "act": nn.ReLU()} | head(widths[-1], 10)
    return network(
        layers,
        {
            "input": {"size": size(draw)},
            "stem": {"channels": 4, "kernel": 3, "stride": 1, "pool": "none"},
            "block": {"type": "basic", "preactivation": True, "dropout": dropout},
            "stages": {"depths": [depth] * 3, "widths": widths},
            "head": {"classes": 10},
        },
    )
