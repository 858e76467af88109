"""What the kinds of attention have in common: reduced channels, and the factor between 0 and 1."""

from typing import Literal

from ...graph.graph import Node
from ...graph.ops import Activation, Multiply
from ...graph.rounding import round_to
from ...language.spec import Attention
from ..layers import Layers


def reduced_channels(channels: int, block_channels: int, attention: Attention) -> int:
    """Number of channels between the two layers, as in timm.

    Args:
        channels: the channels that are scaled.
        block_channels: the block's input channels.
        attention: the settings.
    """
    if attention.of == "own":
        return round_to(channels * attention.ratio, attention.divisor)
    if attention.divisor == 1:
        return max(1, round(block_channels * attention.ratio))
    return round_to(block_channels * attention.ratio, attention.divisor)


def scaled(
    layers: Layers, name: str, x: Node, y: Node, function: Literal["sigmoid", "hardsigmoid"] = "sigmoid"
) -> Node:
    """`x` times the factors that come of `y`."""
    gate = layers.add(f"{name}.gate", Activation(function), y)
    return layers.add(f"{name}.scale", Multiply(), x, gate)
