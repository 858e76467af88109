"""Convolutions, linear layers, and the padding shortcut."""

from ...graph import ops
from ...graph.shapes import Shape
from .steps import Steps

_END = 2**63 - 1
"""The end of an axis of whatever size."""


def convolution(op: ops.Conv2d, x: str, steps: Steps) -> str:
    """A convolution; the filters of a standardised one have been standardised."""
    bias = [steps.weight("bias")] if op.bias else []
    return steps(
        "Conv",
        x,
        steps.weight("weight"),
        *bias,
        kernel_shape=[op.kernel] * 2,
        strides=[op.stride] * 2,
        pads=[op.padding] * 4,
        dilations=[op.dilation] * 2,
        group=op.groups,
    )


def channel_convolution(op: ops.ChannelConv1d, x: str, steps: Steps) -> str:
    """(batch, channels, 1, 1) to the same, through (batch, 1, channels)."""
    line = steps("Squeeze", x, steps.integers("axes", 2, 3))
    line = steps("Unsqueeze", line, steps.integers("axis", 1))
    pads = [op.kernel // 2] * 2
    line = steps("Conv", line, steps.weight("weight"), kernel_shape=[op.kernel], pads=pads)
    line = steps("Squeeze", line, steps.integers("axis", 1))
    return steps("Unsqueeze", line, steps.integers("axes", 2, 3))


def linear(x: str, steps: Steps) -> str:
    return steps("Gemm", x, steps.weight("weight"), steps.weight("bias"), transB=1)


def padding_shortcut(op: ops.PaddingShortcut, x: str, steps: Steps, shape: Shape) -> str:
    """Every stride-th row and column, then zero channels."""
    if op.stride > 1:
        bounds = [steps.integers("starts", 0, 0), steps.integers("ends", _END, _END), steps.integers("axes", 2, 3)]
        x = steps("Slice", x, *bounds, steps.integers("steps", op.stride, op.stride))
    zeros = op.out_channels - shape[0]
    in_front = zeros // 2 if op.splits_zeros else 0
    return steps("Pad", x, steps.integers("pads", 0, in_front, 0, 0, 0, zeros - in_front, 0, 0))
