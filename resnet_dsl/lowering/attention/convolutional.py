"""`cbam`: factors for channels from their means and maxima, then for pixels (Woo et al. 2018, arXiv:1807.06521)."""

from ...graph.graph import Node
from ...graph.ops import BatchNorm2d, ChannelMeanAndMax, Conv2d, GlobalMeanAndMax, SumPixels
from ...language.spec import Attention
from ..layers import Layers
from .kind import AttentionKind
from .steps import reduced_channels, scaled

_KERNEL = 7


def _attend(layers: Layers, name: str, x: Node, attention: Attention, block_channels: int) -> Node:
    reduced = reduced_channels(x.shape[0], block_channels, attention)
    return _pixels(layers, f"{name}.spatial", _channels(layers, f"{name}.channel", x, reduced))


def _channels(layers: Layers, name: str, x: Node, reduced: int) -> Node:
    """The same two layers read the mean and the maximum of every channel, as two pixels."""
    channels = x.shape[0]
    layers.container(name, "ChannelAttention")
    y = layers.add(f"{name}.pool", GlobalMeanAndMax(), x)
    y = layers.add(f"{name}.fc1", Conv2d(channels, reduced, 1), y)
    y = layers.activation(f"{name}.act", y, "relu")
    y = layers.add(f"{name}.fc2", Conv2d(reduced, channels, 1), y)
    return scaled(layers, name, x, layers.add(f"{name}.sum", SumPixels(), y))


def _pixels(layers: Layers, name: str, x: Node) -> Node:
    layers.container(name, "SpatialAttention")
    y = layers.add(f"{name}.pool", ChannelMeanAndMax(), x)
    y = layers.add(f"{name}.conv", Conv2d(2, 1, _KERNEL, padding=_KERNEL // 2), y)
    return scaled(layers, name, x, layers.add(f"{name}.bn", BatchNorm2d(1), y))


CONVOLUTIONAL = AttentionKind(
    class_name="ConvolutionalBlockAttention",
    label="convolutional block attention",
    weight="channel.fc1.weight",
    settings=("ratio", "divisor", "of", "position"),
    defaults={"divisor": 1},
    attend=_attend,
)
