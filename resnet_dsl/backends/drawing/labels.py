"""Labels for operations, shapes and quantities, in the style of the papers' figures."""

from typing import NamedTuple, assert_never

from ...graph import ops
from ...graph.graph import Graph
from ...graph.shapes import counted

_GLOBAL_POOLS: dict[ops.GlobalPooling, str] = {
    "avg": "global average pool",
    "max": "global max pool",
    "avgmax": "mean of global average and max pool",
    "catavgmax": "global average and max pool",
}


class Label(NamedTuple):
    """The label of an operation in a drawing."""

    text: str
    """A single character is drawn as a circle."""
    is_detail: bool = False
    """Whether only the drawing of all layers shows it."""


def describe(op: ops.Op) -> Label:
    """As in Figure 3 of He et al. 2015: `3×3 conv, 128, /2`."""
    match op:
        case ops.Input():
            return Label("input")
        case ops.Conv2d():
            groups = f", {op.groups} groups" if op.groups > 1 else ""
            dilation = f", dilation {op.dilation}" if op.dilation > 1 else ""
            return Label(f"{op.kernel}×{op.kernel} conv, {op.out_channels}{groups}{dilation}{_stride(op.stride)}")
        case ops.ChannelConv1d():
            return Label(f"conv across {op.kernel} channels")
        case ops.BatchNorm2d():
            return Label("batch norm", is_detail=True)
        case ops.GroupNorm():
            return Label(f"group norm, {op.groups} groups", is_detail=True)
        case ops.InstanceNorm2d():
            return Label("instance norm", is_detail=True)
        case ops.LayerNorm2d():
            return Label("layer norm", is_detail=True)
        case ops.Activation():
            return Label(op.kind, is_detail=True)
        case ops.MaxPool2d():
            return Label(f"{op.kernel}×{op.kernel} max pool{_border(op)}{_stride(op.stride)}")
        case ops.AvgPool2d():
            return Label(f"{op.kernel}×{op.kernel} average pool{_stride(op.stride)}")
        case ops.AvgPool2dSame():
            return Label("2×2 average pool")
        case ops.BlurPool2d():
            return Label(f"3×3 blur{_stride(op.stride)}")
        case ops.PaddingShortcut():
            sides = " on both sides" if op.splits_zeros else ""
            return Label(f"pad to {op.out_channels} channels{sides}{_stride(op.stride)}")
        case ops.Add() | ops.AddContext():
            return Label("+", is_detail=True)
        case ops.Multiply():
            return Label("×", is_detail=True)
        case ops.GlobalPool2d():
            return Label(_GLOBAL_POOLS[op.pooling])
        case ops.AttentionPool2d():
            return Label(f"attention pool, {counted(op.heads, 'head')}")
        case ops.Slice():
            return Label(f"channels {op.start}–{op.stop - 1}", is_detail=True)
        case ops.Concatenate():
            return Label("concatenate", is_detail=True)
        case ops.SumParts():
            return Label(f"sum of {op.parts} parts", is_detail=True)
        case ops.PartsSoftmax():
            groups = f", {op.groups} groups" if op.groups > 1 else ""
            return Label(f"softmax over {op.parts} parts{groups}", is_detail=True)
        case ops.PixelSoftmax():
            return Label("softmax over pixels", is_detail=True)
        case ops.WeightedSum():
            return Label("weighted sum of pixels")
        case ops.GlobalMeanAndMax():
            return Label("mean and max of each channel")
        case ops.SumPixels():
            return Label("sum of pixels", is_detail=True)
        case ops.ChannelMeanAndMax():
            return Label("mean and max of each pixel")
        case ops.Flatten():
            return Label("flatten", is_detail=True)
        case ops.Dropout():
            return Label(f"dropout, {exact(op.probability)}")
        case ops.DropPath():
            return Label(f"drop path, {op.probability:.2g}", is_detail=True)
        case ops.Linear():
            return Label(f"fc {op.out_features}")
        case _:
            assert_never(op)


def _border(op: ops.MaxPool2d) -> str:
    """What is unusual at the edges of its input."""
    return ", same padding" if op.padding == "same" else ", zero padding" if op.zeros else ", ceil" if op.ceil else ""


def _stride(stride: int) -> str:
    return f", /{stride}" if stride > 1 else ""


def facts(graph: Graph) -> str:
    """The network's size and cost."""
    return f"{quantity(graph.parameters)} parameters, {quantity(graph.macs)} multiply-accumulates"


def exact(number: float) -> str:
    """The shortest digits that read back as the number: `0.2`, `1e-5`."""
    digits, e, exponent = repr(number).partition("e")
    return f"{digits.removesuffix('.0')}{e}{int(exponent)}" if e else digits.removesuffix(".0")


def quantity(number: int) -> str:
    """Three significant digits: `25.6 M`."""
    if number < 1000:
        return str(number)
    digits, exponent = f"{number:.2e}".split("e")
    thousands, shift = divmod(int(exponent), 3)
    prefixes = " kMGTPEZY"
    if thousands >= len(prefixes):
        return f"{digits}e{int(exponent)}"
    return f"{float(digits) * 10**shift:.{2 - shift}f} {prefixes[thousands]}"
