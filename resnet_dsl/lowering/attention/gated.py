"""Channel attention of any kind: a factor between 0 and 1 per channel, computed from the channel means."""

from ...graph.graph import Node
from ...graph.ops import Activation, GlobalPool2d, Multiply
from ...language.spec import Attention
from ..layers import Layers
from . import ATTENTIONS


def add_attention(layers: Layers, name: str, x: Node, attention: Attention) -> Node:
    """Add attention on top of `x`; returns `x` itself if the spec has none."""
    if attention.type not in ATTENTIONS:
        return x
    y = layers.add(f"{name}.pool", GlobalPool2d("avg"), x)
    y = ATTENTIONS[attention.type].gate(layers, name, y, attention)
    y = layers.add(f"{name}.gate", Activation("sigmoid"), y)
    return layers.add(f"{name}.scale", Multiply(), x, y)
