"""The exact output shape, parameters and multiply-accumulates of each operation."""

from math import prod
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.graph import ops
from resnet_dsl.graph.ops import (
    Activation,
    Add,
    AddContext,
    Arithmetic,
    AttentionPool2d,
    AvgPool2d,
    AvgPool2dSame,
    BatchNorm2d,
    BlurPool2d,
    ChannelConv1d,
    ChannelMeanAndMax,
    Concatenate,
    Conv2d,
    Dropout,
    DropPath,
    Flatten,
    GlobalMeanAndMax,
    GlobalPool2d,
    GroupNorm,
    Input,
    InstanceNorm2d,
    LayerNorm2d,
    Linear,
    MaxPool2d,
    Multiply,
    Op,
    PaddingShortcut,
    PartsSoftmax,
    PixelSoftmax,
    Slice,
    StandardizedConv2d,
    SumParts,
    SumPixels,
    WeightedSum,
)
from resnet_dsl.graph.shapes import Cause, Shape, ShapeError, count_windows, slide

MAP = (8, 7, 5)

FACTS: list[tuple[Op, list[Shape], Shape, int, int]] = [
    (Input((3, 224, 200)), [], (3, 224, 200), 0, 0),
    (Conv2d(3, 64, 7, 2, padding=3), [(3, 224, 224)], (64, 112, 112), 9408, 118_013_952),
    (Conv2d(3, 64, 7, 2, padding=3, bias=True), [(3, 224, 224)], (64, 112, 112), 9472, 118_013_952),
    (Conv2d(64, 64, 3, padding=1), [(64, 56, 56)], (64, 56, 56), 36_864, 115_605_504),
    (Conv2d(8, 4, 1), [MAP], (4, 7, 5), 32, 1120),
    (Conv2d(8, 4, 1, 2), [MAP], (4, 4, 3), 32, 384),
    (Conv2d(8, 4, 3), [MAP], (4, 5, 3), 288, 4320),
    (Conv2d(8, 4, 3, padding=2, dilation=2), [MAP], (4, 7, 5), 288, 10_080),
    (Conv2d(8, 4, 3, 2, padding=4, dilation=4), [MAP], (4, 4, 3), 288, 3456),
    (Conv2d(8, 4, 3, padding=1, groups=4), [MAP], (4, 7, 5), 72, 2520),
    (Conv2d(8, 8, 3, padding=1, groups=8), [MAP], (8, 7, 5), 72, 2520),
    (Conv2d(1, 1, 31, 64, padding=15), [(1, 1, 1)], (1, 1, 1), 961, 961),
    (StandardizedConv2d(8, 4, 3, padding=1, groups=4, bias=True, eps=1e-8), [MAP], (4, 7, 5), 76, 2520),
    (ChannelConv1d(5), [(64, 1, 1)], (64, 1, 1), 5, 320),
    (Linear(2048, 1000), [(2048,)], (1000,), 2_049_000, 2_048_000),
    (Linear(1, 1), [(1,)], (1,), 2, 1),
    (BatchNorm2d(8), [MAP], MAP, 16, 0),
    (GroupNorm(4, 8), [MAP], MAP, 16, 0),
    (InstanceNorm2d(8), [MAP], MAP, 0, 0),
    (InstanceNorm2d(8), [(8, 1, 2)], (8, 1, 2), 0, 0),
    (InstanceNorm2d(8), [(8, 2, 1)], (8, 2, 1), 0, 0),
    (GroupNorm(8, 8), [(8, 2, 1)], (8, 2, 1), 16, 0),
    (LayerNorm2d(8), [MAP], MAP, 16, 0),
    (Activation("relu"), [MAP], MAP, 0, 0),
    (Activation("prelu", 8), [MAP], MAP, 8, 0),
    (MaxPool2d(3, 2, padding=1), [(64, 112, 112)], (64, 56, 56), 0, 0),
    (MaxPool2d(3, 2, padding=1), [MAP], (8, 4, 3), 0, 0),
    (MaxPool2d(3, 2, padding=1), [(8, 1, 1)], (8, 1, 1), 0, 0),
    (MaxPool2d(3, 1, padding=1), [MAP], MAP, 0, 0),
    (MaxPool2d(2, 2, padding=0), [MAP], (8, 3, 2), 0, 0),
    (MaxPool2d(3, 2, padding=1, zeros=True), [(64, 112, 111)], (64, 56, 56), 0, 0),
    (MaxPool2d(3, 2, padding=0, ceil=True), [(64, 112, 111)], (64, 56, 55), 0, 0),
    (MaxPool2d(3, 2, padding="same"), [(64, 112, 111)], (64, 56, 56), 0, 0),
    (MaxPool2d(3, 2, padding="same"), [(8, 1, 2)], (8, 1, 1), 0, 0),
    (AvgPool2d(3, 2, padding=1, counts_padding=True), [MAP], (8, 4, 3), 0, 0),
    (AvgPool2d(2, 2), [MAP], (8, 3, 2), 0, 0),
    (AvgPool2d(2, 2, ceil=True), [MAP], (8, 4, 3), 0, 0),
    (AvgPool2d(2, 2, ceil=True), [(8, 1, 1)], (8, 1, 1), 0, 0),
    (AvgPool2d(2, 3, ceil=True), [(8, 6, 7)], (8, 2, 3), 0, 0),
    (AvgPool2dSame(), [MAP], MAP, 0, 0),
    (BlurPool2d(8, 2), [MAP], (8, 4, 3), 0, 864),
    (BlurPool2d(8, 1), [(8, 2, 2)], (8, 2, 2), 0, 288),
    (PaddingShortcut(16, 2), [MAP], (16, 4, 3), 0, 0),
    (PaddingShortcut(8, 1), [MAP], MAP, 0, 0),
    (PaddingShortcut(16, 2, splits_zeros=True), [MAP], (16, 4, 3), 0, 0),
    (Add(), [MAP, MAP], MAP, 0, 0),
    (Multiply(), [MAP, (8, 1, 1)], MAP, 0, 0),
    (Multiply(), [MAP, (1, 7, 5)], MAP, 0, 0),
    (AddContext(), [MAP, (8, 1, 1)], MAP, 0, 0),
    (Slice(2, 5), [MAP], (3, 7, 5), 0, 0),
    (Concatenate(), [MAP, (2, 7, 5), (1, 7, 5)], (11, 7, 5), 0, 0),
    (SumParts(4), [MAP], (2, 7, 5), 0, 0),
    (PartsSoftmax(2, 2), [(8, 1, 1)], (8, 1, 1), 0, 0),
    (PixelSoftmax(), [(1, 7, 5)], (1, 7, 5), 0, 0),
    (WeightedSum(), [MAP, (1, 7, 5)], (8, 1, 1), 0, 0),
    (GlobalMeanAndMax(), [MAP], (8, 2, 1), 0, 0),
    (SumPixels(), [(8, 2, 1)], (8, 1, 1), 0, 0),
    (ChannelMeanAndMax(), [MAP], (2, 7, 5), 0, 0),
    (DropPath(0.5), [MAP], MAP, 0, 0),
    (GlobalPool2d("avg"), [MAP], (8, 1, 1), 0, 0),
    (GlobalPool2d("max"), [MAP], (8, 1, 1), 0, 0),
    (GlobalPool2d("avgmax"), [MAP], (8, 1, 1), 0, 0),
    (GlobalPool2d("catavgmax"), [MAP], (16, 1, 1), 0, 0),
    (AttentionPool2d(8, 7, 5, 2), [MAP], (8,), 36 * 8 + 3 * 72, 8**2 * 73 + 2 * 8 * 36),
    (AttentionPool2d(2048, 7, 7, 32), [(2048, 7, 7)], (2048,), 12_691_456, 423_829_504),
    (Flatten(), [(8, 1, 1)], (8,), 0, 0),
    (Flatten(), [MAP], (280,), 0, 0),
    (Dropout(0.5), [(8,)], (8,), 0, 0),
]


@pytest.mark.parametrize(("op", "inputs", "shape", "parameters", "macs"), FACTS, ids=lambda value: str(value))
def test_facts(op: Op, inputs: list[Shape], shape: Shape, parameters: int, macs: int) -> None:
    """Output shape, parameters and multiply-accumulates, calculated by hand."""
    assert (op.infer(inputs), op.parameters, op.macs(inputs)) == (shape, parameters, macs)


def test_the_facts_cover_every_operation() -> None:
    """Every operation is covered, and `StandardizedConv2d`, which is a convolution."""
    assert {type(op) for op, *_ in FACTS} == {*get_args(Op), StandardizedConv2d}
    assert {kind.__name__ for kind in get_args(Op)} <= set(ops.__all__)


ERRORS: list[tuple[Op, list[Shape], Cause, str, Shape | None]] = [
    (Conv2d(8, 4, 3), [(8, 7, 2)], "size", "a window of 3x3, stride 1, does not fit a feature map of 7x2", (4, 5, 1)),
    (
        Conv2d(8, 4, 3, padding=1, groups=3),
        [MAP],
        "groups",
        "cannot divide 8 and 4 channels into 3 groups",
        (4, 7, 5),
    ),
    (
        MaxPool2d(3, 2, padding=0),
        [(8, 2, 7)],
        "size",
        "a window of 3x3, stride 2, does not fit a feature map of 2x7",
        (8, 1, 3),
    ),
    (AvgPool2d(2, 2), [(8, 1, 7)], "size", "a window of 2x2, stride 2, does not fit a feature map of 1x7", (8, 1, 3)),
    (
        MaxPool2d(3, 2, padding=0, ceil=True),
        [(8, 1, 7)],
        "size",
        "a window of 3x3, stride 2, does not fit a feature map of 1x7",
        (8, 1, 3),
    ),
    (
        StandardizedConv2d(8, 16, 1, groups=8),
        [MAP],
        "standardization",
        "a filter of one weight cannot be standardised",
        (16, 7, 5),
    ),
    (
        AttentionPool2d(8, 7, 5, 3),
        [MAP],
        "heads",
        "attention pooling cannot divide 8 channels into 3 heads",
        (8,),
    ),
    (BlurPool2d(8, 2), [(8, 1, 7)], "size", "blur pooling cannot reflect the edges of a feature map of 1x7", (8, 1, 4)),
    (InstanceNorm2d(8), [(8, 1, 1)], "size", "instance norm cannot normalise a feature map of one pixel", (8, 1, 1)),
    (GroupNorm(8, 8), [(8, 1, 1)], "size", "group norm cannot normalise groups of one value", (8, 1, 1)),
    (GroupNorm(3, 8), [MAP], "norm", "group norm cannot divide 8 channels into 3 groups", MAP),
    (
        PaddingShortcut(4, 2),
        [MAP],
        "shortcut",
        "a padding shortcut cannot drop channels: 8 in, 4 out",
        (4, 4, 3),
    ),
    (
        Add(),
        [MAP, (8, 4, 3)],
        "size",
        "the branch outputs a feature map of 7x5, but the shortcut one of 4x3",
        MAP,
    ),
    (
        Concatenate(),
        [MAP, (2, 4, 3)],
        "size",
        "feature maps of 7x5 and 4x3 cannot be joined",
        (10, 7, 5),
    ),
]


HELPS: dict[Op, tuple[str, ...]] = {
    Conv2d(8, 4, 3, padding=1, groups=3): ("use 2 or 4 groups for 8 and 4 channels",),
    GroupNorm(3, 8): ("use 2 or 4 groups for 8 channels",),
}


@pytest.mark.parametrize(("op", "inputs", "cause", "message", "assumed"), ERRORS, ids=lambda value: str(value))
def test_shapes_that_an_operation_cannot_take(
    op: Op, inputs: list[Shape], cause: Cause, message: str, assumed: Shape | None
) -> None:
    """The error has the cause, the message and, if it is known, the shape to continue with."""
    with pytest.raises(ShapeError) as caught:
        op.infer(inputs)
    assert (caught.value.cause, caught.value.message, caught.value.assumed) == (cause, message, assumed)
    assert caught.value.helps == HELPS.get(op, ())


@pytest.mark.parametrize(
    ("op", "kind"),
    [
        (Conv2d(1, 1, 1), "Conv2d"),
        (StandardizedConv2d(1, 1, 3), "StdConv2d"),
        (BatchNorm2d(1), "BatchNorm2d"),
        (Activation("relu"), "ReLU"),
        (Activation("leaky_relu"), "LeakyReLU"),
        (Activation("relu6"), "ReLU6"),
        (Activation("elu"), "ELU"),
        (Activation("selu"), "SELU"),
        (Activation("gelu"), "GELU"),
        (Activation("silu"), "SiLU"),
        (Activation("mish"), "Mish"),
        (Activation("hardswish"), "Hardswish"),
        (Activation("tanh"), "Tanh"),
        (Activation("prelu", 1), "PReLU"),
        (Activation("celu"), "CELU"),
        (Activation("sigmoid"), "Sigmoid"),
        (Activation("hardsigmoid"), "Hardsigmoid"),
        (Activation("hardtanh"), "Hardtanh"),
        (Activation("softplus"), "Softplus"),
        (GlobalPool2d("avg"), "AdaptiveAvgPool2d"),
        (GlobalPool2d("max"), "AdaptiveMaxPool2d"),
        (GlobalPool2d("avgmax"), "AdaptiveAvgMaxPool2d"),
        (GlobalPool2d("catavgmax"), "AdaptiveCatAvgMaxPool2d"),
        (MaxPool2d(3, 2, 1), "MaxPool2d"),
        (MaxPool2d(3, 2, 0, ceil=True), "MaxPool2d"),
        (MaxPool2d(3, 2, 1, zeros=True), "MaxPool2dZero"),
        (MaxPool2d(3, 2, "same"), "MaxPool2dSame"),
        (AttentionPool2d(1, 1, 1, 1), "AttentionPool2d"),
        (DropPath(0.5), "DropPath"),
    ],
    ids=str,
)
def test_kinds_are_the_names_of_classes_in_torch_or_timm(op: Op, kind: str) -> None:
    """The names that people look for in a table."""
    assert op.kind == kind


def test_layers_have_module_paths_and_arithmetic_has_none() -> None:
    """The types say the same as the operations."""
    assert {type(op) for op, *_ in FACTS if not op.is_layer} == set(get_args(Arithmetic))


SIDES = st.integers(1, 80)


@given(SIDES, st.integers(1, 9), st.integers(1, 9), st.integers(0, 4), st.integers(1, 4))
def test_windows_are_the_positions_that_fit(size: int, kernel: int, stride: int, padding: int, dilation: int) -> None:
    """Counted one by one: every stride-th start for which the window ends inside the padded side."""
    reach = dilation * (kernel - 1) + 1
    starts = [start for start in range(0, size + 2 * padding, stride) if start + reach <= size + 2 * padding]
    assert max(count_windows(size, kernel, stride, padding, dilation), 0) == len(starts)


@given(SIDES, st.integers(1, 9), st.integers(1, 9))
def test_with_ceil_a_last_window_may_extend_past_the_end(size: int, kernel: int, stride: int) -> None:
    """If pixels are left over and the next window starts inside, there is one more."""
    whole = count_windows(size, kernel, stride)
    if whole < 1 and size - kernel <= -stride:
        return
    is_left_over = (size - kernel) % stride != 0
    starts_inside = whole * stride < size
    assert count_windows(size, kernel, stride, ceil=True) == whole + (is_left_over and starts_inside)


@given(SIDES, SIDES, st.sampled_from([1, 3, 5, 7, 31]), st.integers(1, 64), st.integers(1, 64))
def test_an_odd_window_padded_by_half_divides_the_size_by_its_stride(
    height: int, width: int, kernel: int, stride: int, dilation: int
) -> None:
    """Rounded up, so convolutions of stem, branch and shortcut agree whatever their kernel sizes."""
    expected = (9, -(-height // stride), -(-width // stride))
    padding = dilation * (kernel // 2)
    assert slide((3, height, width), 9, kernel, stride, padding, dilation) == expected
    assert PaddingShortcut(9, stride).infer([(3, height, width)]) == expected
    if stride > 1:
        assert AvgPool2d(2, stride, ceil=True).infer([(9, height, width)]) == expected


@given(st.sampled_from([op for op, *_ in FACTS]))
def test_parameters_are_the_elements_of_the_weights(op: Op) -> None:
    """Only the named trainable tensors count."""
    assert op.parameters == sum(prod(shape) for shape in op.weights.values())


def test_what_is_saved_with_a_layer() -> None:
    """PyTorch's names for the tensors of such a layer."""
    assert dict(Conv2d(8, 4, 3, groups=2, bias=True).weights) == {"weight": (4, 4, 3, 3), "bias": (4,)}
    assert dict(Linear(8, 4).weights) == {"weight": (4, 8), "bias": (4,)}
    assert dict(BatchNorm2d(8).weights) == {"weight": (8,), "bias": (8,)}
    assert dict(BatchNorm2d(8).statistics) == {
        "running_mean": (8,),
        "running_var": (8,),
        "num_batches_tracked": (),
    }
    assert dict(InstanceNorm2d(8).weights) == {}
    assert dict(Activation("prelu", 8).weights) == {"weight": (8,)}
    assert dict(AttentionPool2d(8, 2, 3, 2).weights) == {
        "positional_embedding": (7, 8),
        **{f"{name}_proj.weight": (8, 8) for name in "qkv"},
        **{f"{name}_proj.bias": (8,) for name in "qkv"},
    }
    assert dict(ChannelConv1d(3).weights) == {"weight": (1, 1, 3)}
