"""`split`: parallel convolutions, weighed against one another for each channel (Zhang et al. 2020,
arXiv:2004.08955)."""

from dataclasses import replace

from ...graph.graph import Node
from ...graph.ops import Activation, Conv2d, GlobalPool2d, Multiply, PartsSoftmax, SumParts
from ...graph.rounding import round_to_not_much_less
from ..layers import Layers
from .kind import Conv3x3Kind, Request

_DIVISOR, _LEAST = 8, 32


def reduced_channels(in_channels: int, radix: int) -> int:
    """Number of channels between the two layers of the attention."""
    return round_to_not_much_less(in_channels * radix / 4, _DIVISOR, _LEAST)


def _build(layers: Layers, request: Request, x: Node) -> Node:
    name, conv, radix = request.name, request.conv, request.settings.radix
    reduced, outputs = reduced_channels(conv.in_channels, radix), conv.out_channels * radix
    wide = replace(conv, out_channels=outputs, groups=conv.groups * radix)
    x = layers.norm(f"{name}.bn0", layers.conv(f"{name}.conv", wide, x))
    x = layers.activation(f"{name}.act0", x, "relu")
    if request.is_filtered:
        x = layers.low_pass(f"{name}.aa", x, request.stride)
    y = layers.add(f"{name}.sum", SumParts(radix), x) if radix > 1 else x
    y = layers.add(f"{name}.pool", GlobalPool2d("avg"), y)
    y = layers.add(f"{name}.fc1", Conv2d(conv.out_channels, reduced, 1, groups=conv.groups, bias=True), y)
    y = layers.activation(f"{name}.act1", layers.norm(f"{name}.bn1", y), "relu")
    y = layers.add(f"{name}.fc2", Conv2d(reduced, outputs, 1, groups=conv.groups, bias=True), y)
    gate = PartsSoftmax(radix, conv.groups) if radix > 1 else Activation("sigmoid")
    x = layers.add(f"{name}.scale", Multiply(), x, layers.add(f"{name}.gate", gate, y))
    return layers.add(f"{name}.total", SumParts(radix), x) if radix > 1 else x


SPLIT_ATTENTION = Conv3x3Kind(
    class_name="SplitAttention",
    label="split attention",
    weight="fc1.weight",
    settings=("radix",),
    blocks=("bottleneck",),
    ineffective={},
    splits=lambda settings: 1,
    build=_build,
)
