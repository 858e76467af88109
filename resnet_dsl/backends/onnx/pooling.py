"""Pooling and low-pass filters.

Windows at the end of a side are counted by padding, as PyTorch counts them, and not by `ceil_mode`, of which runtimes
have different ideas.
"""

import numpy as np

from ...graph import ops
from .steps import Steps


def max_pool(op: ops.MaxPool2d, x: str, steps: Steps) -> str:
    """Max pooling, padded with minus infinity or with zeros."""
    window = {"kernel_shape": [op.kernel] * 2, "strides": [op.stride] * 2}
    if op.padding == "same":
        return steps("MaxPool", x, auto_pad="SAME_UPPER", **window)
    if op.zeros:
        return steps(
            "MaxPool", _with_zeros(x, op.padding, steps), pads=_pads(op.kernel, op.stride, 0, op.ceil), **window
        )
    return steps("MaxPool", x, pads=_pads(op.kernel, op.stride, op.padding, op.ceil), **window)


def average_pool(op: ops.AvgPool2d, x: str, steps: Steps) -> str:
    """Average pooling; what lies past the edge never counts in the average, and padding only where it should."""
    window = {"kernel_shape": [op.kernel] * 2, "strides": [op.stride] * 2}
    pads = np.array(_pads(op.kernel, op.stride, op.padding, op.ceil))
    if op.counts_padding and op.padding:
        x = _with_zeros(x, op.padding, steps)
        pads -= op.padding
    return steps("AveragePool", x, pads=pads.tolist(), **window)


def _pads(kernel: int, stride: int, padding: int, ceil: bool) -> list[int]:
    """Padding in front of both sides, and at their ends.

    With `ceil`, PyTorch has a last window for the values that are left, unless it would start past the edge: the
    windows that a longer padding at the end makes room for.
    """
    end = min(padding + stride - 1, kernel - 1) if ceil else padding
    return [padding, padding, end, end]


def _with_zeros(x: str, padding: int, steps: Steps) -> str:
    """A border of zeros."""
    return steps("Pad", x, steps.integers("pads", *(0, 0, padding, padding) * 2))


def average_pool_same(x: str, steps: Steps) -> str:
    return steps("AveragePool", x, kernel_shape=[2, 2], pads=[0, 0, 1, 1], count_include_pad=1)


def blur_pool(op: ops.BlurPool2d, x: str, steps: Steps) -> str:
    """A binomial filter on each channel, with reflection padding."""
    x = steps("Pad", x, steps.integers("pads", *(0, 0, 1, 1) * 2), mode="reflect")
    line = np.array([1, 2, 1]) / 4
    filters = steps.constant("filter", np.tile(np.outer(line, line), (op.channels, 1, 1, 1)))
    return steps("Conv", x, filters, kernel_shape=[3, 3], strides=[op.stride] * 2, group=op.channels)


def global_pool(op: ops.GlobalPool2d, x: str, steps: Steps) -> str:
    """One value per channel, or two."""
    match op.pooling:
        case "avg":
            return steps("GlobalAveragePool", x)
        case "max":
            return steps("GlobalMaxPool", x)
        case "avgmax":
            both = steps("Add", steps("GlobalAveragePool", x), steps("GlobalMaxPool", x))
            return steps("Mul", both, steps.constant("half", 0.5))
        case "catavgmax":
            return steps("Concat", steps("GlobalAveragePool", x), steps("GlobalMaxPool", x), axis=1)


def attention_pool(op: ops.AttentionPool2d, x: str, steps: Steps) -> str:
    """CLIP's pooling: the pixels' mean attends to itself and to every pixel."""
    channels, heads, tokens = op.channels, op.heads, op.height * op.width + 1
    width = channels // heads
    mean = steps("Squeeze", steps("GlobalAveragePool", x), steps.integers("axis", 3))
    columns = steps("Concat", mean, steps.reshape("pixels", x, 0, channels, tokens - 1), axis=2)
    embedded = steps("Add", steps("Transpose", columns, perm=[0, 2, 1]), steps.weight("positional_embedding"))
    first = steps.reshape("first", steps("Gather", embedded, steps.integers("index", 0), axis=1), -1, channels)
    rows = steps.reshape("rows", embedded, -1, channels)
    query, key, value = (
        steps.reshape(f"{name}.heads", _projected(f"{name}_proj", of, steps), -1, count, heads, width)
        for name, of, count in (("q", first, 1), ("k", rows, tokens), ("v", rows, tokens))
    )
    query = steps("Transpose", query, perm=[0, 2, 1, 3])
    key, value = steps("Transpose", key, perm=[0, 2, 3, 1]), steps("Transpose", value, perm=[0, 2, 1, 3])
    scaled = steps("Mul", query, steps.constant("scale", width**-0.5))
    attention = steps("Softmax", steps("MatMul", scaled, key), axis=3)
    return steps.reshape("joined", steps("MatMul", attention, value), -1, channels)


def _projected(name: str, rows: str, steps: Steps) -> str:
    return steps("Gemm", rows, steps.weight(f"{name}.weight"), steps.weight(f"{name}.bias"), transB=1)
