"""`eca`: efficient channel attention, each factor from neighbouring channels (Wang et al. 2020, arXiv:1910.03151)."""

from math import log2

from ...graph.graph import Node
from ...graph.ops import ChannelConv1d, GlobalPool2d
from ...language.spec import Attention
from ..layers import Layers
from .kind import AttentionKind
from .steps import scaled


def _attend(layers: Layers, name: str, x: Node, attention: Attention, block_channels: int) -> Node:
    y = layers.add(f"{name}.pool", GlobalPool2d("avg"), x)
    y = layers.add(f"{name}.conv", ChannelConv1d(attention.kernel or kernel_of(x.shape[0])), y)
    return scaled(layers, name, x, y)


def kernel_of(channels: int) -> int:
    """How many channels one factor depends on: odd, and growing with the logarithm of their number."""
    span = int(abs(log2(channels) + 1) / 2)
    return max(span if span % 2 else span + 1, 3)


EFFICIENT = AttentionKind(
    class_name="EfficientChannelAttention",
    label="efficient channel attention",
    weight="conv.weight",
    settings=("kernel", "position"),
    attend=_attend,
)
