"""Operation -> function, one case per operation that is not a layer."""

import operator
from collections.abc import Callable
from functools import partial
from typing import assert_never

import torch
from torch import Tensor

from ...graph import ops


def function(op: ops.Arithmetic, *, inplace: bool) -> Callable[..., Tensor]:
    """The function that implements an operation, which can be pickled and copied.

    Pass `inplace` if its first input is not used elsewhere.
    """
    match op:
        case ops.Add():
            return operator.iadd if inplace else operator.add
        case ops.Multiply():
            return operator.mul
        case ops.AddContext():
            return operator.add
        case ops.Flatten():
            return flatten
        case ops.Slice():
            return partial(take_channels, start=op.start, stop=op.stop)
        case ops.Concatenate():
            return concatenate
        case ops.SumParts():
            return partial(sum_parts, parts=op.parts)
        case ops.PartsSoftmax():
            return partial(parts_softmax, parts=op.parts, groups=op.groups)
        case ops.PixelSoftmax():
            return pixel_softmax
        case ops.WeightedSum():
            return weighted_sum
        case ops.GlobalMeanAndMax():
            return global_mean_and_max
        case ops.SumPixels():
            return sum_pixels
        case ops.ChannelMeanAndMax():
            return channel_mean_and_max
        case ops.Input():
            raise TypeError("an input is not computed")
        case _:
            assert_never(op)


def flatten(x: Tensor) -> Tensor:
    """(batch, channels, height, width) to (batch, channels · height · width)."""
    return torch.flatten(x, 1)


def take_channels(x: Tensor, start: int, stop: int) -> Tensor:
    """(batch, channels, height, width) to (batch, stop - start, height, width), which is a view."""
    return x[:, start:stop]


def concatenate(*parts: Tensor) -> Tensor:
    """(batch, channels, height, width), … to (batch, sum of channels, height, width)."""
    return torch.cat(parts, 1)


def sum_parts(x: Tensor, parts: int) -> Tensor:
    """(batch, parts · channels, height, width) to (batch, channels, height, width)."""
    return torch.unflatten(x, 1, (parts, -1)).sum(1)


def parts_softmax(x: Tensor, parts: int, groups: int) -> Tensor:
    """(batch, groups · parts · channels, 1, 1) to (batch, parts · groups · channels, 1, 1), softmax over the parts."""
    return torch.unflatten(x.flatten(1), 1, (groups, parts, -1)).softmax(2).transpose(1, 2).reshape(x.shape)


def pixel_softmax(x: Tensor) -> Tensor:
    """(batch, channels, height, width) to the same, softmax over the pixels."""
    return x.flatten(2).softmax(2).view_as(x)


def weighted_sum(x: Tensor, weights: Tensor) -> Tensor:
    """(batch, channels, height, width) and (batch, 1, height, width) to (batch, channels, 1, 1)."""
    return (x * weights).sum((2, 3), keepdim=True)


def global_mean_and_max(x: Tensor) -> Tensor:
    """(batch, channels, height, width) to (batch, channels, 2, 1)."""
    return torch.cat((x.mean((2, 3), keepdim=True), x.amax((2, 3), keepdim=True)), 2)


def sum_pixels(x: Tensor) -> Tensor:
    """(batch, channels, height, width) to (batch, channels, 1, 1)."""
    return x.sum((2, 3), keepdim=True)


def channel_mean_and_max(x: Tensor) -> Tensor:
    """(batch, channels, height, width) to (batch, 2, height, width)."""
    return torch.cat((x.mean(1, keepdim=True), x.amax(1, keepdim=True)), 1)
