"""Bottlenecks of other frameworks: Torch 7 (facebookarchive/fb.resnet.torch), Keras, detectron2 and DeepLab."""

from collections.abc import Iterable
from random import Random

from torch import Tensor, nn
from torch.nn import functional

from tests.peers.families import Network
from tests.peers.references.assembly import conv, head, network, size, stages


class Bottleneck(nn.Module):
    """1x1, 3x3, 1x1, of the given layers."""

    def __init__(self, convolutions: list[nn.Conv2d], norms: list[nn.Module], projection: Iterable[nn.Module]) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = convolutions
        self.bn1, self.bn2, self.bn3 = norms
        self.downsample = nn.Sequential(*projection)

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.bn1(self.conv1(x)))
        y = functional.relu(self.bn2(self.conv2(y)))
        return functional.relu(self.bn3(self.conv3(y)) + self.downsample(x))


def _norms(outputs: int) -> list[nn.Module]:
    return [nn.BatchNorm2d(outputs // 4), nn.BatchNorm2d(outputs // 4), nn.BatchNorm2d(outputs)]


def _stem(norm: nn.Module, *, bias: bool = False) -> dict[str, nn.Module]:
    """7x7, and a pooling over a border of zeros, which after ReLU is as good as one that is ignored."""
    layers = {"conv1": conv(3, 16, 7, 2, bias=bias), "bn1": norm, "act": nn.ReLU()}
    return layers | {"border": nn.ZeroPad2d(1), "maxpool": nn.MaxPool2d(3, 2)}


OUTPUTS = (32, 64, 128)
"""Of the stages, four times their widths."""


def torch7(draw: Random) -> Network:
    """Shortcut types B and C: a projection is a convolution without norm, where channels change, or everywhere."""
    depths, everywhere = [draw.choice([1, 2]) for _ in range(3)], draw.random() < 0.5

    def make(inputs: int, outputs: int, stride: int) -> nn.Module:
        inner = outputs // 4
        convolutions = [conv(inputs, inner, 1), conv(inner, inner, 3, stride), conv(inner, outputs, 1)]
        projects = everywhere or inputs != outputs
        return Bottleneck(convolutions, _norms(outputs), [conv(inputs, outputs, 1, stride)] if projects else [])

    return network(
        _stem(nn.BatchNorm2d(16)) | stages(make, 16, depths, OUTPUTS, [1, 2, 2]) | head(OUTPUTS[-1], 7),
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

    def make(inputs: int, outputs: int, stride: int) -> nn.Module:
        inner = outputs // 4
        shapes = [(inputs, inner, 1, stride), (inner, inner, 3, 1), (inner, outputs, 1, 1)]
        projection = [conv(inputs, outputs, 1, stride, bias=True), norm(outputs)] if inputs != outputs else []
        return Bottleneck(
            [conv(*shape, bias=True) for shape in shapes], [norm(shape[1]) for shape in shapes], projection
        )

    return network(
        _stem(norm(16), bias=True) | stages(make, 16, depths, OUTPUTS, [1, 2, 2]) | head(OUTPUTS[-1], 7),
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
    dilations = iter([1] * sum(depths[:2]) + [base * each for each in grid])

    def make(inputs: int, outputs: int, stride: int) -> nn.Module:
        inner, strides = outputs // 4, (stride, 1) if early else (1, stride)
        middle = conv(inner, inner, 3, strides[1], next(dilations), groups=groups)
        convolutions = [conv(inputs, inner, 1, strides[0]), middle, conv(inner, outputs, 1)]
        projection = [conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)] if inputs != outputs else []
        return Bottleneck(convolutions, _norms(outputs), projection)

    return network(
        _stem(nn.BatchNorm2d(16)) | stages(make, 16, depths, OUTPUTS, [1, 2, 1]) | head(OUTPUTS[-1], 7),
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
            "blocks": {f"layer3.{index}": {"dilation": base * each} for index, each in enumerate(grid)},
            "head": {"classes": 7},
        },
    )
