"""Operation -> the steps of a model that compute it, one case per operation."""

from collections.abc import Sequence
from typing import assert_never

from ...graph import ops
from ...graph.shapes import Shape
from . import parts, pooling
from .activations import activation
from .layers import channel_convolution, convolution, linear, padding_shortcut
from .norms import batch_norm, group_norm, instance_norm, layer_norm
from .steps import Steps


def add_steps(op: ops.Op, inputs: Sequence[str], shape: Shape, steps: Steps) -> str:
    """Add what computes an operation in inference; the name of its output.

    Args:
        op: the operation.
        inputs: names of the values that it takes.
        shape: of the first one, without the batch; its height and width are those of one input among many.
        steps: where to add it.
    """
    x = inputs[0]
    match op:
        case ops.Conv2d():
            return convolution(op, x, steps)
        case ops.BatchNorm2d():
            return batch_norm(op, x, steps)
        case ops.GroupNorm():
            return group_norm(op, x, steps)
        case ops.InstanceNorm2d():
            return instance_norm(op, x, steps)
        case ops.LayerNorm2d():
            return layer_norm(op, x, steps)
        case ops.Activation():
            return activation(op, x, steps)
        case ops.MaxPool2d():
            return pooling.max_pool(op, x, steps)
        case ops.AvgPool2d():
            return pooling.average_pool(op, x, steps)
        case ops.AvgPool2dSame():
            return pooling.average_pool_same(x, steps)
        case ops.BlurPool2d():
            return pooling.blur_pool(op, x, steps)
        case ops.GlobalPool2d():
            return pooling.global_pool(op, x, steps)
        case ops.AttentionPool2d():
            return pooling.attention_pool(op, x, steps)
        case ops.ChannelConv1d():
            return channel_convolution(op, x, steps)
        case ops.PaddingShortcut():
            return padding_shortcut(op, x, steps, shape)
        case ops.DropPath() | ops.Dropout():
            return x
        case ops.Linear():
            return linear(x, steps)
        case ops.Add() | ops.AddContext():
            return steps("Add", *inputs)
        case ops.Multiply():
            return steps("Mul", *inputs)
        case ops.Flatten():
            return steps("Flatten", x)
        case ops.Slice():
            return parts.take_channels(op, x, steps)
        case ops.Concatenate():
            return steps("Concat", *inputs, axis=1)
        case ops.SumParts():
            return parts.sum_parts(op, x, steps, shape)
        case ops.PartsSoftmax():
            return parts.parts_softmax(op, x, steps, shape)
        case ops.PixelSoftmax():
            return parts.pixel_softmax(x, steps)
        case ops.WeightedSum():
            return steps.reduce("ReduceSum", steps("Mul", *inputs), 2, 3)
        case ops.GlobalMeanAndMax():
            return steps("Concat", steps("GlobalAveragePool", x), steps("GlobalMaxPool", x), axis=2)
        case ops.SumPixels():
            return steps.reduce("ReduceSum", x, 2, 3)
        case ops.ChannelMeanAndMax():
            return steps("Concat", steps.reduce("ReduceMean", x, 1), steps.reduce("ReduceMax", x, 1), axis=1)
        case ops.Input():
            raise TypeError("an input is not computed")
        case _:
            assert_never(op)
