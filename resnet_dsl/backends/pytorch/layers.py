"""Operation -> layer, one case each."""

from typing import assert_never

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...graph import ops


def layer(op: ops.Op, *, inplace: bool) -> nn.Module:
    """The layer of an operation that is one; `inplace` says that nobody else needs its input."""
    match op:
        case ops.Conv2d():
            return nn.Conv2d(
                op.in_channels,
                op.out_channels,
                op.kernel,
                op.stride,
                op.padding,
                op.dilation,
                op.groups,
                op.bias,
            )
        case ops.BatchNorm2d():
            return nn.BatchNorm2d(op.channels)
        case ops.ReLU():
            return nn.ReLU(inplace=inplace)
        case ops.MaxPool2d():
            return nn.MaxPool2d(op.kernel, op.stride, op.padding)
        case ops.PaddingShortcut():
            return PaddingShortcut(op.out_channels, op.stride)
        case ops.GlobalPool2d():
            return _global_pool(op.pooling)
        case ops.Dropout():
            return nn.Dropout(op.probability)
        case ops.Linear():
            return nn.Linear(op.in_features, op.out_features)
        case ops.Input() | ops.Add() | ops.Flatten():
            raise TypeError(f"{op} is no layer")
        case _:
            assert_never(op)


class PaddingShortcut(nn.Module):
    """Every stride-th row and column, then channels of zeros: option A of He et al. 2015."""

    def __init__(self, out_channels: int, stride: int) -> None:
        super().__init__()
        self.out_channels = out_channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, out_channels, ⌈height / stride⌉, ⌈width / stride⌉)."""
        x = x[:, :, :: self.stride, :: self.stride]
        return functional.pad(x, (0, 0, 0, 0, 0, self.out_channels - x.shape[1]))

    def extra_repr(self) -> str:
        return f"out_channels={self.out_channels}, stride={self.stride}"


class AdaptiveAvgMaxPool2d(nn.Module):
    """Half of the sum of mean and maximum of each channel, as in timm."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, channels, 1, 1)."""
        return 0.5 * (functional.adaptive_avg_pool2d(x, 1) + functional.adaptive_max_pool2d(x, 1))


class AdaptiveCatAvgMaxPool2d(nn.Module):
    """Mean and then maximum of each channel, as in timm."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, 2 · channels, 1, 1)."""
        return torch.cat((functional.adaptive_avg_pool2d(x, 1), functional.adaptive_max_pool2d(x, 1)), 1)


def _global_pool(pooling: ops.GlobalPooling) -> nn.Module:
    match pooling:
        case "avg":
            return nn.AdaptiveAvgPool2d(1)
        case "max":
            return nn.AdaptiveMaxPool2d(1)
        case "avgmax":
            return AdaptiveAvgMaxPool2d()
        case "catavgmax":
            return AdaptiveCatAvgMaxPool2d()
