"""`se`: squeeze and excitation, each factor from all channel means (Hu et al. 2017, arXiv:1709.01507)."""

from ...graph.graph import Node
from ...graph.ops import Conv2d, GlobalPool2d
from ...language.spec import Attention
from ..layers import Layers
from .kind import AttentionKind
from .steps import reduced_channels, scaled


def _attend(layers: Layers, name: str, x: Node, attention: Attention, block_channels: int) -> Node:
    channels = x.shape[0]
    reduced = reduced_channels(channels, block_channels, attention)
    y = layers.add(f"{name}.pool", GlobalPool2d("avg"), x)
    y = layers.add(f"{name}.fc1", Conv2d(channels, reduced, 1, bias=True), y)
    y = layers.activation(f"{name}.act", y, attention.activation)
    y = layers.add(f"{name}.fc2", Conv2d(reduced, channels, 1, bias=True), y)
    return scaled(layers, name, x, y)


SQUEEZE_EXCITE = AttentionKind(
    class_name="SqueezeExcite",
    label="squeeze and excitation",
    weight="fc1.weight",
    settings=("ratio", "divisor", "of", "position", "activation"),
    attend=_attend,
)
