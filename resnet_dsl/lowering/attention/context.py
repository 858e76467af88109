"""`gc`, `gca`: one context for all pixels, a weighted sum of them, scales or shifts the channels (Cao et al. 2019,
arXiv:1904.11492)."""

from ...graph.graph import Node
from ...graph.ops import AddContext, Conv2d, LayerNorm2d, PixelSoftmax, WeightedSum
from ...language.spec import Attention
from ..layers import Layers
from .kind import AttentionKind
from .steps import reduced_channels, scaled


def _scale(layers: Layers, name: str, x: Node, attention: Attention, block_channels: int) -> Node:
    return scaled(layers, name, x, _context(layers, name, "mlp_scale", x, attention, block_channels))


def _add(layers: Layers, name: str, x: Node, attention: Attention, block_channels: int) -> Node:
    context = _context(layers, name, "mlp_add", x, attention, block_channels)
    return layers.add(f"{name}.shift", AddContext(), x, context)


def _context(layers: Layers, name: str, mlp: str, x: Node, attention: Attention, block_channels: int) -> Node:
    """A value for each channel."""
    channels = x.shape[0]
    reduced = reduced_channels(channels, block_channels, attention)
    y = layers.add(f"{name}.conv_attn", Conv2d(channels, 1, 1, bias=True), x)
    y = layers.add(f"{name}.softmax", PixelSoftmax(), y)
    y = layers.add(f"{name}.sum", WeightedSum(), x, y)
    path = f"{name}.{mlp}"
    layers.container(path, "ConvMlp")
    y = layers.add(f"{path}.fc1", Conv2d(channels, reduced, 1, bias=True), y)
    y = layers.add(f"{path}.norm", LayerNorm2d(reduced), y)
    y = layers.activation(f"{path}.act", y, attention.activation)
    return layers.add(f"{path}.fc2", Conv2d(reduced, channels, 1, bias=True), y)


_SETTINGS = ("ratio", "divisor", "of", "position", "activation")
_DEFAULTS = {"ratio": 0.125, "divisor": 1}

CONTEXT = AttentionKind(
    class_name="GlobalContext",
    label="global context",
    weight="mlp_scale.fc1.weight",
    settings=_SETTINGS,
    defaults=_DEFAULTS,
    attend=_scale,
)

CONTEXT_ADDED = AttentionKind(
    class_name="GlobalContext",
    label="global context, added",
    weight="mlp_add.fc1.weight",
    settings=_SETTINGS,
    defaults=_DEFAULTS,
    attend=_add,
)
