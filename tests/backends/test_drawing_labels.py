"""The labels and colours of drawings."""

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.backends.drawing.labels import describe, exact, quantity
from resnet_dsl.backends.drawing.style import stage_color
from resnet_dsl.graph import ops

LABELS: list[tuple[ops.Op, str]] = [
    (ops.Input((3, 224, 224)), "input"),
    (ops.Conv2d(8, 16, 1), "1×1 conv, 16"),
    (ops.Conv2d(8, 16, 3, 2, padding=2, dilation=2, groups=4), "3×3 conv, 16, 4 groups, dilation 2, /2"),
    (ops.StandardizedConv2d(8, 16, 3, padding=1), "3×3 conv, 16"),
    (ops.ChannelConv1d(3), "conv across 3 channels"),
    (ops.BatchNorm2d(8), "batch norm"),
    (ops.GroupNorm(4, 8), "group norm, 4 groups"),
    (ops.InstanceNorm2d(8), "instance norm"),
    (ops.LayerNorm2d(8), "layer norm"),
    (ops.Activation("silu"), "SiLU"),
    (ops.MaxPool2d(3, 2, 1), "3×3 max pool, /2"),
    (ops.MaxPool2d(3, 1, 1), "3×3 max pool"),
    (ops.MaxPool2d(2, 2, 0), "2×2 max pool, /2"),
    (ops.MaxPool2d(3, 2, 1, zeros=True), "3×3 max pool, zero padding, /2"),
    (ops.MaxPool2d(3, 2, 0, ceil=True), "3×3 max pool, ceil, /2"),
    (ops.MaxPool2d(3, 2, "same"), "3×3 max pool, same padding, /2"),
    (ops.AvgPool2d(2, 2), "2×2 average pool, /2"),
    (ops.AvgPool2dSame(), "2×2 average pool"),
    (ops.BlurPool2d(8, 2), "3×3 blur, /2"),
    (ops.PaddingShortcut(16, 2), "pad to 16 channels, /2"),
    (ops.PaddingShortcut(16, 2, splits_zeros=True), "pad to 16 channels on both sides, /2"),
    (ops.Add(), "+"),
    (ops.Multiply(), "×"),
    (ops.AddContext(), "+"),
    (ops.Slice(4, 8), "channels 4–7"),
    (ops.Concatenate(), "concatenate"),
    (ops.SumParts(2), "sum of 2 parts"),
    (ops.PartsSoftmax(2), "softmax over 2 parts"),
    (ops.PartsSoftmax(2, 3), "softmax over 2 parts, 3 groups"),
    (ops.PixelSoftmax(), "softmax over pixels"),
    (ops.WeightedSum(), "weighted sum of pixels"),
    (ops.GlobalMeanAndMax(), "mean and max of each channel"),
    (ops.SumPixels(), "sum of pixels"),
    (ops.ChannelMeanAndMax(), "mean and max of each pixel"),
    (ops.GlobalPool2d("avg"), "global average pool"),
    (ops.GlobalPool2d("max"), "global max pool"),
    (ops.GlobalPool2d("avgmax"), "mean of global average and max pool"),
    (ops.GlobalPool2d("catavgmax"), "global average and max pool"),
    (ops.AttentionPool2d(64, 7, 7, 32), "attention pool, 32 heads"),
    (ops.AttentionPool2d(64, 7, 7, 1), "attention pool, 1 head"),
    (ops.Flatten(), "flatten"),
    (ops.Dropout(0.2), "dropout, 0.2"),
    (ops.DropPath(0.1 / 3), "drop path, 0.033"),
    (ops.Linear(512, 1000), "fc 1000"),
]


@pytest.mark.parametrize(("op", "expected"), LABELS)
def test_operations_are_labelled_as_in_the_papers(op: ops.Op, expected: str) -> None:
    """Kernel, kind, channels, special settings, stride."""
    assert describe(op).text == expected


def test_every_operation_is_tested_here() -> None:
    """The list above is complete."""
    assert {type(op) for op, _ in LABELS} == {*get_args(ops.Op), ops.StandardizedConv2d}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.00 k"),
        (25_557_032, "25.6 M"),
        (4_089_184_256, "4.09 G"),
        (999_499, "999 k"),
        (999_999, "1.00 M"),
        (2**40, "1.10 T"),
        (10**30, "1.00e30"),
    ],
)
def test_quantities_have_three_digits(number: int, expected: str) -> None:
    """With SI prefixes."""
    assert expected == quantity(number)


@pytest.mark.parametrize(
    ("number", "expected"), [(0.2, "0.2"), (1e-5, "1e-5"), (0.1 + 0.2, "0.30000000000000004"), (1.0, "1"), (1, "1")]
)
def test_settings_have_all_their_digits(number: float, expected: str) -> None:
    """So that no two of them read the same."""
    assert expected == exact(number)


@given(st.floats(0, 1))
def test_settings_read_back(number: float) -> None:
    """As the number that they are."""
    assert number == float(exact(number))


def test_stages_look_different() -> None:
    """Sixteen colours, all bright enough for black text."""
    colors = [stage_color(stage) for stage in range(1, 17)]
    assert len(set(colors)) == 16
    assert all(_contrast(color) > 7 for color in colors)


def test_no_stage_outweighs_another() -> None:
    """The darkest colour is hardly darker than the lightest, and neighbours still differ as shades of grey."""
    light = [_luminance(stage_color(stage)) for stage in range(1, 17)]
    assert (max(light) + 0.05) / (min(light) + 0.05) < 1.5
    assert all(max(pair) / min(pair) > 1.1 for pair in pairwise(light))


def _contrast(color: str) -> float:
    """With the text's #1a1a1a, as WCAG counts it."""
    return (_luminance(color) + 0.05) / (_luminance("#1a1a1a") + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
