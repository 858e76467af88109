"""`eca`: efficient channel attention, each factor from neighbouring channels (Wang et al. 2020, arXiv:1910.03151)."""

from math import log2

from ...graph.graph import Node
from ...graph.ops import ChannelConv1d
from ...language.spec import Attention
from ..layers import Layers
from .kind import AttentionKind


def _gate(layers: Layers, name: str, x: Node, attention: Attention) -> Node:
    return layers.add(f"{name}.conv", ChannelConv1d(_kernel(x.shape[0])), x)


def _kernel(channels: int) -> int:
    """How many channels one factor depends on: odd, and growing with the logarithm of their number."""
    span = int(abs(log2(channels) + 1) / 2)
    return max(span if span % 2 else span + 1, 3)


EFFICIENT = AttentionKind(
    class_name="EfficientChannelAttention",
    label="efficient channel attention",
    weight="conv.weight",
    settings=(),
    gate=_gate,
)
