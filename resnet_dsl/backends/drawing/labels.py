"""Operations, shapes and quantities in the words of the papers' figures."""

from typing import NamedTuple, assert_never

from ...graph import ops
from ...graph.graph import Graph
from ...graph.shapes import Shape

_GLOBAL_POOLS: dict[ops.GlobalPooling, str] = {
    "avg": "global average pool",
    "max": "global max pool",
    "avgmax": "mean of global average and max pool",
    "catavgmax": "global average and max pool",
}


class Words(NamedTuple):
    """What a drawing says of an operation."""

    text: str
    """A single character is drawn as a circle."""
    is_detail: bool = False
    """Only the drawing of all layers says it."""


def words(op: ops.Op) -> Words:
    """As in Figure 3 of He et al. 2015: `3×3 conv, 128, /2`."""
    match op:
        case ops.Input():
            return Words("input")
        case ops.Conv2d():
            groups = f", {op.groups} groups" if op.groups > 1 else ""
            dilation = f", dilation {op.dilation}" if op.dilation > 1 else ""
            return Words(f"{op.kernel}×{op.kernel} conv, {op.out_channels}{groups}{dilation}{_stride(op.stride)}")
        case ops.ChannelConv1d():
            return Words(f"conv across {op.kernel} channels")
        case ops.BatchNorm2d():
            return Words("batch norm", is_detail=True)
        case ops.GroupNorm():
            return Words(f"group norm, {op.groups} groups", is_detail=True)
        case ops.InstanceNorm2d():
            return Words("instance norm", is_detail=True)
        case ops.LayerNorm2d():
            return Words("layer norm", is_detail=True)
        case ops.Activation():
            return Words(op.kind, is_detail=True)
        case ops.MaxPool2d():
            return Words(f"{op.kernel}×{op.kernel} max pool{_stride(op.stride)}")
        case ops.AvgPool2d():
            return Words(f"{op.kernel}×{op.kernel} average pool{_stride(op.stride)}")
        case ops.AvgPool2dSame():
            return Words("2×2 average pool")
        case ops.BlurPool2d():
            return Words(f"3×3 blur{_stride(op.stride)}")
        case ops.PaddingShortcut():
            return Words(f"pad to {op.out_channels} channels{_stride(op.stride)}")
        case ops.Add():
            return Words("+", is_detail=True)
        case ops.Multiply():
            return Words("×", is_detail=True)
        case ops.GlobalPool2d():
            return Words(_GLOBAL_POOLS[op.pooling])
        case ops.Flatten():
            return Words("flatten", is_detail=True)
        case ops.Dropout():
            return Words(f"dropout, {op.probability:g}")
        case ops.DropPath():
            return Words(f"drop path, {op.probability:.2g}", is_detail=True)
        case ops.Linear():
            return Words(f"fc {op.out_features}")
        case _:
            assert_never(op)


def _stride(stride: int) -> str:
    return f", /{stride}" if stride > 1 else ""


def dimensions(shape: Shape) -> str:
    """Channels × height × width, or the number of features."""
    return "×".join(map(str, shape))


def facts(graph: Graph) -> str:
    """The network's size, cost and input."""
    return (
        f"{quantity(graph.parameters)} parameters, {quantity(graph.macs)} multiply-adds,"
        f" input {dimensions(graph.input_shape)}"
    )


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
