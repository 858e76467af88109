"""`selective`: two receptive fields, weighed against each other for each channel (Li et al. 2019, arXiv:1903.06586)."""

from dataclasses import replace

from ...graph.graph import LIST, Node
from ...graph.ops import BatchNorm2d, Concatenate, Conv2d, GlobalPool2d, Multiply, PartsSoftmax, Slice, SumParts
from ...graph.rounding import round_to_not_much_less
from ...graph.shapes import counted
from ...language.spec import Conv3x3
from ..layers import Layers
from .kind import Conv3x3Kind, Request

_PATHS = 2


def reduced_channels(channels: int, settings: Conv3x3) -> int:
    """Number of channels between the two layers of the attention."""
    return round_to_not_much_less(channels * settings.ratio, settings.divisor)


def _build(layers: Layers, request: Request, x: Node) -> Node:
    name, channels = request.name, request.conv.out_channels
    layers.container(f"{name}.paths", LIST)
    paths = [_path(layers, request, index, _input(layers, request, x, index)) for index in range(_PATHS)]
    x = layers.add(f"{name}.concatenate", Concatenate(), *paths)
    y = layers.add(f"{name}.sum", SumParts(_PATHS), x)
    y = layers.add(f"{name}.pool", GlobalPool2d("avg"), y)
    reduced = reduced_channels(channels, request.settings)
    attention = f"{name}.attn"
    layers.container(attention, "SelectiveKernelAttention")
    y = layers.add(f"{attention}.fc_reduce", Conv2d(channels, reduced, 1), y)
    y = layers.activation(f"{attention}.act", layers.add(f"{attention}.bn", BatchNorm2d(reduced), y), "relu")
    y = layers.add(f"{attention}.fc_select", Conv2d(reduced, _PATHS * channels, 1), y)
    y = layers.add(f"{name}.gate", PartsSoftmax(_PATHS), y)
    return layers.add(f"{name}.total", SumParts(_PATHS), layers.add(f"{name}.scale", Multiply(), x, y))


def _input(layers: Layers, request: Request, x: Node, index: int) -> Node:
    """What a path reads: all channels, or its half of them."""
    if not request.settings.split:
        return x
    half, odd = divmod(x.shape[0], _PATHS)
    if odd:
        message = f"`{request.name}`: cannot split {counted(x.shape[0], 'channel')} into two halves"
        layers.builder.give_up("halves", message, layers.place)
    return layers.add(f"{request.name}.half{index}", Slice(index * half, (index + 1) * half), x)


def _path(layers: Layers, request: Request, index: int, x: Node) -> Node:
    """A 3x3 convolution with the dilation times the number of the path; filtered only where it strides."""
    name, dilation = f"{request.name}.paths.{index}", request.conv.dilation * (index + 1)
    layers.container(name, "ConvNormAct")
    conv = replace(request.conv, in_channels=x.shape[0], padding=dilation, dilation=dilation)
    x = layers.activation(f"{name}.act", layers.norm(f"{name}.bn", layers.conv(f"{name}.conv", conv, x)))
    is_filtered = request.is_filtered and request.stride > 1
    return layers.low_pass(f"{name}.aa", x, request.stride) if is_filtered else x


SELECTIVE_KERNEL = Conv3x3Kind(
    class_name="SelectiveKernel",
    label="selective kernel",
    weight="attn.fc_reduce.weight",
    settings=("ratio", "divisor", "split"),
    blocks=("basic", "bottleneck"),
    ineffective={},
    splits=lambda settings: 1,
    build=_build,
)
