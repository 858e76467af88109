"""What each operation keeps in memory, number by number: for its gradient, and while it is computed.

That networks take just this in PyTorch, `tests/backends/test_memory.py` shows.
"""

from typing import get_args

import pytest

from resnet_dsl.graph.ops import (
    Activation,
    Add,
    AddContext,
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
    Window,
)
from resnet_dsl.graph.ops.memory import Numbers, Saved
from resnet_dsl.graph.shapes import Shape

MAP, N = (8, 7, 5), 3 * 8 * 7 * 5
"""A feature map, and the numbers of a batch of three of them."""
GATE = (8, 1, 1)

TOKENS, ONE, WEIGHTS = Numbers(3 * 36 * 8), Numbers(3 * 8), Numbers(3 * 36 * 2)
MEANS = Numbers(3 * 8)
INDICES = Numbers(3 * 8, "int64")
STANDARDIZED = Numbers(4 * 2 * 9)
DEVIATIONS = (Numbers(4, "float32"),) * 2

SAVED: list[tuple[Op, list[Shape], Saved]] = [
    (Input(MAP), [], Saved()),
    (Conv2d(8, 4, 3, groups=2, bias=True), [MAP], Saved(operands=(0,), casts=4 * 4 * 9)),
    (StandardizedConv2d(8, 4, 3, groups=4), [MAP], Saved(operands=(0,), more=(STANDARDIZED, *DEVIATIONS))),
    (ChannelConv1d(5), [GATE], Saved(operands=(0,), casts=5)),
    (Linear(8, 10), [(8,)], Saved(operands=(0,), casts=80)),
    (BatchNorm2d(8), [MAP], Saved(inputs=(0,), more=(Numbers(8, "float32"),) * 2)),
    (GroupNorm(4, 8), [MAP], Saved(inputs=(0,), more=(Numbers(12, "float32"),) * 2)),
    (InstanceNorm2d(8), [MAP], Saved(inputs=(0,), more=(Numbers(24),) * 2)),
    (LayerNorm2d(8), [MAP], Saved(inputs=(0,), more=(Numbers(3 * 7 * 5, "float32"),) * 2)),
    (Activation("prelu", 8), [MAP], Saved(operands=(0,), casts=8)),
    (
        MaxPool2d(3, 2, padding=1),
        [MAP],
        Saved(inputs=(0,), more=(Numbers(3 * 8 * 4 * 3, "int64"),)),
    ),
    (
        MaxPool2d(3, 2, padding=0, ceil=True),
        [MAP],
        Saved(inputs=(0,), more=(Numbers(3 * 8 * 3 * 2, "int64"),)),
    ),
    (
        MaxPool2d(3, 2, padding=1, zeros=True),
        [MAP],
        Saved(more=(Numbers(3 * 8 * 9 * 7), Numbers(3 * 8 * 4 * 3, "int64"))),
    ),
    (
        MaxPool2d(3, 2, padding="same"),
        [(8, 7, 6)],
        Saved(more=(Numbers(3 * 8 * 9 * 7), Numbers(3 * 8 * 4 * 3, "int64"))),
    ),
    (
        MaxPool2d(2, 4, padding="same"),
        [MAP],
        Saved(more=(Numbers(3 * 8 * 7 * 6), Numbers(3 * 8 * 2 * 2, "int64"))),
    ),
    (AvgPool2d(2, 2), [MAP], Saved(inputs=(0,))),
    (AvgPool2dSame(), [MAP], Saved(more=(Numbers(3 * 8 * 8 * 6),))),
    (BlurPool2d(8, 2), [MAP], Saved(widened=(0,), more=(Numbers(3 * 8 * 9 * 7),), casts=72)),
    (PaddingShortcut(16, 2), [MAP], Saved()),
    (GlobalPool2d("avg"), [MAP], Saved()),
    (GlobalPool2d("max"), [MAP], Saved(inputs=(0,), more=(INDICES,))),
    (GlobalPool2d("avgmax"), [MAP], Saved(inputs=(0,), more=(INDICES,))),
    (GlobalPool2d("catavgmax"), [MAP], Saved(inputs=(0,), more=(INDICES,))),
    (
        AttentionPool2d(8, 7, 5, 2),
        [MAP],
        Saved(more=(TOKENS, TOKENS, TOKENS, ONE, WEIGHTS), casts=3 * 64 + 3 * 36 * 8 + 3 * 8),
    ),
    (Dropout(0.5), [MAP], Saved(more=(Numbers(N),))),
    (Dropout(0.0), [MAP], Saved()),
    (DropPath(0.5), [MAP], Saved(more=(Numbers(3),))),
    (Add(), [MAP, MAP], Saved()),
    (AddContext(), [MAP, GATE], Saved()),
    (Multiply(), [MAP, GATE], Saved(inputs=(0, 1))),
    (Flatten(), [MAP], Saved()),
    (Slice(2, 5), [MAP], Saved()),
    (Concatenate(), [MAP, MAP], Saved()),
    (SumParts(2), [MAP], Saved()),
    (PartsSoftmax(2), [GATE], Saved(output=True)),
    (PartsSoftmax(1, 2), [GATE], Saved(output=True)),
    (PartsSoftmax(2, 2), [GATE], Saved(more=(Numbers(24),))),
    (PixelSoftmax(), [(1, 7, 5)], Saved(output=True)),
    (WeightedSum(), [MAP, (1, 7, 5)], Saved(inputs=(0, 1))),
    (GlobalMeanAndMax(), [MAP], Saved(inputs=(0,), more=(MEANS,))),
    (SumPixels(), [(8, 2, 1)], Saved()),
    (ChannelMeanAndMax(), [MAP], Saved(inputs=(0,), more=(Numbers(3 * 7 * 5),))),
]


@pytest.mark.parametrize(("op", "inputs", "saved"), SAVED, ids=str)
def test_what_is_saved_for_the_gradient(op: Op, inputs: list[Shape], saved: Saved) -> None:
    """For a batch of three; for all but activations the same in place."""
    assert op.saved(inputs, 3, in_place=False) == op.saved(inputs, 3, in_place=True) == saved
    assert saved.lowers_precision == bool(saved.operands or saved.casts)


OUTPUT, INPUT, COPY = Saved(output=True), Saved(inputs=(0,)), Saved(more=(Numbers(N),))

ACTIVATIONS: list[tuple[Op, bool, Saved, Saved]] = [
    (Activation("relu"), True, OUTPUT, OUTPUT),
    (Activation("leaky_relu"), True, INPUT, OUTPUT),
    (Activation("relu6"), True, INPUT, COPY),
    (Activation("elu"), True, INPUT, OUTPUT),
    (Activation("selu"), True, INPUT, OUTPUT),
    (Activation("gelu"), False, INPUT, COPY),
    (Activation("silu"), True, INPUT, COPY),
    (Activation("mish"), True, INPUT, COPY),
    (Activation("hardswish"), True, INPUT, COPY),
    (Activation("tanh"), False, OUTPUT, OUTPUT),
    (Activation("celu"), True, INPUT, OUTPUT),
    (Activation("sigmoid"), False, OUTPUT, OUTPUT),
    (Activation("hardsigmoid"), True, INPUT, COPY),
    (Activation("hardtanh"), True, INPUT, COPY),
    (Activation("softplus"), False, INPUT, COPY),
]


@pytest.mark.parametrize(("op", "works_in_place", "saved", "in_place"), ACTIVATIONS, ids=str)
def test_what_an_activation_saves(op: Op, works_in_place: bool, saved: Saved, in_place: Saved) -> None:
    """Its output if the gradient follows from that, else its input, or a copy of it where it overwrites it."""
    assert op.works_in_place == works_in_place
    assert op.saved([MAP], 3, in_place=False) == saved
    assert op.saved([MAP], 3, in_place=True) == in_place


def test_only_additions_and_activations_work_in_place() -> None:
    """Of all operations."""
    assert {type(op) for op, *_ in SAVED if op.works_in_place} == {Add}
    assert {type(op) for op, *_ in SAVED} - {StandardizedConv2d} == set(get_args(Op))


OUTPUT_ONLY = ((Numbers(N),),)

MOMENTS: list[tuple[Op, list[Shape], tuple[tuple[Numbers, ...], ...]]] = [
    (Conv2d(8, 4, 3), [MAP], ((Numbers(3 * 4 * 5 * 3),),)),
    (
        StandardizedConv2d(8, 4, 3, groups=4),
        [MAP],
        ((STANDARDIZED, *DEVIATIONS), (STANDARDIZED, Numbers(3 * 4 * 5 * 3))),
    ),
    (Linear(8, 10), [(8,)], ((Numbers(30),),)),
    (BatchNorm2d(8), [MAP], OUTPUT_ONLY),
    (GroupNorm(4, 8), [MAP], ((Numbers(N), *(Numbers(12, "float32"),) * 2),)),
    (InstanceNorm2d(8), [MAP], ((Numbers(N), *(Numbers(24),) * 2),)),
    (LayerNorm2d(8), [MAP], ((Numbers(N), *(Numbers(105, "float32"),) * 2),)),
    (MaxPool2d(3, 2, padding=1), [MAP], ((Numbers(288), Numbers(288, "int64")),)),
    (
        MaxPool2d(3, 2, padding=1, zeros=True),
        [MAP],
        ((Numbers(3 * 8 * 9 * 7), Numbers(288), Numbers(288, "int64")),),
    ),
    (
        MaxPool2d(3, 2, padding="same"),
        [(8, 7, 6)],
        ((Numbers(3 * 8 * 9 * 7), Numbers(288), Numbers(288, "int64")),),
    ),
    (AvgPool2d(2, 2), [MAP], ((Numbers(3 * 8 * 3 * 2),),)),
    (AvgPool2dSame(), [MAP], ((Numbers(3 * 8 * 8 * 6), Numbers(N)),)),
    (BlurPool2d(8, 2), [MAP], ((Numbers(3 * 8 * 9 * 7), Numbers(288)),)),
    (GlobalPool2d("avg"), [MAP], ((MEANS,),)),
    (GlobalPool2d("max"), [MAP], ((MEANS, INDICES),)),
    (GlobalPool2d("avgmax"), [MAP], ((MEANS, MEANS, INDICES), (MEANS, MEANS, MEANS))),
    (GlobalPool2d("catavgmax"), [MAP], ((MEANS, MEANS, INDICES), (MEANS, MEANS, Numbers(48)))),
    (
        AttentionPool2d(8, 7, 5, 2),
        [MAP],
        (
            (ONE, TOKENS, TOKENS),
            (TOKENS, ONE, TOKENS, TOKENS, ONE, TOKENS, WEIGHTS),
            (TOKENS, ONE, TOKENS, TOKENS, WEIGHTS, TOKENS, ONE),
        ),
    ),
    (
        AttentionPool2d(8, 7, 5, 1),
        [MAP],
        (
            (ONE, TOKENS, TOKENS),
            (TOKENS, ONE, TOKENS, TOKENS, ONE, Numbers(3 * 36)),
            (TOKENS, ONE, TOKENS, TOKENS, Numbers(3 * 36), ONE),
        ),
    ),
    (PartsSoftmax(2), [GATE], ((Numbers(24),),)),
    (PartsSoftmax(1, 2), [GATE], ((Numbers(24),),)),
    (PartsSoftmax(2, 2), [GATE], ((Numbers(24), Numbers(24)),)),
    (WeightedSum(), [MAP, (1, 7, 5)], ((Numbers(N), Numbers(24)),)),
    (GlobalMeanAndMax(), [MAP], ((MEANS,) * 4,)),
    (ChannelMeanAndMax(), [MAP], ((Numbers(105),) * 4,)),
    (Add(), [MAP, MAP], OUTPUT_ONLY),
    (Slice(2, 5), [MAP], ((Numbers(3 * 3 * 7 * 5),),)),
]


@pytest.mark.parametrize(("op", "inputs", "moments"), MOMENTS, ids=str)
def test_what_is_in_memory_while_it_is_computed(
    op: Op, inputs: list[Shape], moments: tuple[tuple[Numbers, ...], ...]
) -> None:
    """Beside its inputs, after each step."""
    assert op.moments(inputs, 3) == moments


def test_attention_to_a_single_input_makes_no_copy() -> None:
    """Its heads lie in memory as they are."""
    tokens, one, weights = Numbers(36 * 8), Numbers(8), Numbers(36 * 2)
    assert AttentionPool2d(8, 7, 5, 2).moments([MAP], 1) == (
        (one, tokens, tokens),
        (tokens, one, tokens, tokens, one, weights),
        (tokens, one, tokens, tokens, weights, one),
    )


WINDOWS: list[tuple[Op, Window | None]] = [
    (
        Conv2d(8, 4, 5, 2, padding=3, dilation=6, groups=4),
        Window(kernel=(5, 5), stride=2, padding=3, dilation=6, groups=4),
    ),
    (StandardizedConv2d(8, 4, 3), Window(kernel=(3, 3), groups=1)),
    (ChannelConv1d(5), Window(kernel=(5,), padding=2, groups=1)),
    (MaxPool2d(3, 2, padding=1, zeros=True), Window(kernel=(3, 3), stride=2, padding=1)),
    (MaxPool2d(2, 4, padding="same"), Window(kernel=(2, 2), stride=4, padding="same")),
    (AvgPool2d(2, 3, padding=1), Window(kernel=(2, 2), stride=3, padding=1)),
    (AvgPool2dSame(), Window(kernel=(2, 2), padding="same")),
    (BlurPool2d(8, 2), Window(kernel=(3, 3), stride=2, padding=1, groups=8)),
    (PaddingShortcut(16, 2), Window(kernel=(1, 1), stride=2)),
    (GlobalPool2d("avg"), None),
    (Linear(8, 4), None),
    (BatchNorm2d(8), None),
    (Add(), None),
]


@pytest.mark.parametrize(("op", "window"), WINDOWS, ids=str)
def test_the_window_that_slides_over_the_input(op: Op, window: Window | None) -> None:
    """In the terms of PyTorch."""
    assert op.window == window


@pytest.mark.parametrize(
    ("op", "initial"),
    [
        (Conv2d(8, 4, 3), "kaiming_fan_out"),
        (StandardizedConv2d(8, 4, 3), "kaiming_fan_out"),
        (ChannelConv1d(5), "default"),
        (Linear(8, 4), "default"),
        (AttentionPool2d(8, 7, 5, 2), "default"),
        (Activation("prelu", 8), 0.25),
        *[(norm, 1.0) for norm in (BatchNorm2d(8), GroupNorm(4, 8), LayerNorm2d(8))],
        (BatchNorm2d(8, initial_weight=0.0), 0.0),
        (GroupNorm(4, 8, initial_weight=0.0), 0.0),
        (LayerNorm2d(8, initial_weight=0.0), 0.0),
    ],
    ids=str,
)
def test_how_weights_start(op: Op, initial: str | float) -> None:
    """By a rule or with a constant."""
    assert op.initial == initial


def test_numbers_of_a_batch() -> None:
    """All values of all inputs; a scalar is one."""
    assert Numbers.of(3, (8, 7, 5)) == Numbers(840, "value")
    assert Numbers.of(3, (), "int64") == Numbers(3, "int64")
