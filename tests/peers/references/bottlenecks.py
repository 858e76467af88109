"""Bottlenecks of other frameworks: Torch 7 (facebookarchive/fb.resnet.torch), Keras, detectron2 and DeepLab."""

from random import Random
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from tests.peers.families import Document, Network
from tests.peers.references.assembly import conv, head, network, size


class Bottleneck(nn.Module):
    """1x1, 3x3, 1x1, with every layer given."""

    def __init__(self, convolutions: list[nn.Module], norms: list[nn.Module], projection: list[nn.Module]) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = convolutions
        self.bn1, self.bn2, self.bn3 = norms
        self.downsample = nn.Sequential(*projection)

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.bn1(self.conv1(x)))
        y = functional.relu(self.bn2(self.conv2(y)))
        return functional.relu(self.bn3(self.conv3(y)) + self.downsample(x))


def _stem(channels: int, *, bias: bool, norm: Any) -> dict[str, nn.Module]:
    layers = {"conv1": conv(3, channels, 7, 2, bias=bias), "bn1": norm(channels), "act": nn.ReLU()}
    return layers | {"border": nn.ZeroPad2d(1), "maxpool": nn.MaxPool2d(3, 2)}


def torch7(draw: Random) -> Network:
    """Shortcut types B and C: a projection is a convolution without norm, where channels change, or everywhere."""
    depths, everywhere = [draw.choice([1, 2]) for _ in range(3)], draw.random() < 0.5
    layers, channels = _stem(16, bias=False, norm=nn.BatchNorm2d), 16
    for stage, depth in enumerate(depths):
        inner, blocks = 8 << stage, []
        for index in range(depth):
            stride = 2 if index == 0 and stage else 1
            convolutions = [conv(channels, inner, 1), conv(inner, inner, 3, stride), conv(inner, 4 * inner, 1)]
            projects = everywhere or channels != 4 * inner
            projection = [conv(channels, 4 * inner, 1, stride)] if projects else []
            blocks.append(
                Bottleneck([*convolutions], [nn.BatchNorm2d(each) for each in (inner, inner, 4 * inner)], [*projection])
            )
            channels = 4 * inner
        layers[f"layer{stage + 1}"] = nn.Sequential(*blocks)
    return network(
        layers | head(channels, 7),
        {
            "input": {"size": size(draw, 33)},
            "stem": {"channels": 16},
            "block": {"type": "bottleneck"},
            "shortcut": {"norm": False, "when": "always" if everywhere else "shape_change"},
            "stages": {"depths": depths, "widths": [8, 16, 32]},
            "head": {"classes": 7},
        },
    )


def keras(draw: Random) -> Network:
    """`keras.applications.ResNet50`: every convolution has a bias, and the first of a block the stride."""
    depths = [draw.choice([1, 2]) for _ in range(3)]
    eps, momentum = 1.001e-5, draw.choice([0.01, 0.1])

    def norm(channels: int) -> nn.Module:
        return nn.BatchNorm2d(channels, eps, momentum)

    layers, channels = _stem(16, bias=True, norm=norm), 16
    for stage, depth in enumerate(depths):
        inner, blocks = 8 << stage, []
        for index in range(depth):
            stride = 2 if index == 0 and stage else 1
            shapes = [(channels, inner, 1, stride), (inner, inner, 3, 1), (inner, 4 * inner, 1, 1)]
            convolutions = [conv(*shape, bias=True) for shape in shapes]
            projection = [conv(channels, 4 * inner, 1, stride, bias=True), norm(4 * inner)] if index == 0 else []
            blocks.append(Bottleneck([*convolutions], [norm(shape[1]) for shape in shapes], projection))
            channels = 4 * inner
        layers[f"layer{stage + 1}"] = nn.Sequential(*blocks)
    return network(
        layers | head(channels, 7),
        {
            "input": {"size": size(draw, 33)},
            "stem": {"channels": 16, "pool": {"type": "max", "padding": "zero"}},
            "conv": {"type": "plain", "bias": True},
            "norm": {"type": "batch", "eps": eps, "momentum": momentum},
            "block": {"type": "bottleneck", "stride_in": "1x1"},
            "stages": {"depths": depths, "widths": [8, 16, 32]},
            "head": {"classes": 7},
        },
    )


def dilated(draw: Random) -> Network:
    """detectron2's `RES5_DILATION`, or DeepLab's multi-grid: the last stage dilates, its first block too."""
    depths, groups, early = [1, draw.choice([1, 2]), 3], draw.choice([1, 2]), draw.random() < 0.5
    grid, base = draw.choice([(1, 1, 1), (1, 2, 4), (1, 2, 1), (2, 1, 3)]), draw.choice([1, 2, 4])
    layers, channels = _stem(16, bias=False, norm=nn.BatchNorm2d), 16
    for stage, depth in enumerate(depths):
        inner, blocks = 8 << stage, []
        for index in range(depth):
            stride = 2 if index == 0 and stage == 1 else 1
            dilation = base * grid[index] if stage == 2 else 1
            strides = (stride, 1) if early else (1, stride)
            middle = conv(inner, inner, 3, strides[1], dilation, groups=groups)
            convolutions = [conv(channels, inner, 1, strides[0]), middle, conv(inner, 4 * inner, 1)]
            projection = [conv(channels, 4 * inner, 1, stride), nn.BatchNorm2d(4 * inner)] if index == 0 else []
            norms = [nn.BatchNorm2d(each) for each in (inner, inner, 4 * inner)]
            blocks.append(Bottleneck([*convolutions], [*norms], projection))
            channels = 4 * inner
        layers[f"layer{stage + 1}"] = nn.Sequential(*blocks)
    blocks_: Document = {f"layer3.{index}": {"dilation": base * each} for index, each in enumerate(grid)}
    return network(
        layers | head(channels, 7),
        {
            "input": {"size": size(draw, 33)},
            "stem": {"channels": 16},
            "block": {
                "type": "bottleneck",
                "stride_in": "1x1" if early else "3x3",
                "groups": groups,
                "width_per_group": 64 // groups,
            },
            "stages": {"depths": depths, "widths": [8, 16, 32], "strides": [1, 2, 1], "dilations": [1, 1, base]},
            "blocks": blocks_,
            "head": {"classes": 7},
        },
    )
