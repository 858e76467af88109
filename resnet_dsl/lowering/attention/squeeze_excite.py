"""`se`: squeeze and excitation, each factor from all channel means (Hu et al. 2017, arXiv:1709.01507)."""

from ...graph.graph import Node
from ...graph.ops import Activation, Conv2d
from ...graph.rounding import round_to
from ...language.spec import Attention
from ..layers import Layers
from .kind import AttentionKind

_DIVISOR = 8


def reduced_channels(channels: int, ratio: float) -> int:
    """Number of channels between the two layers, a multiple of 8 as in timm."""
    return round_to(channels * ratio, _DIVISOR)


def _gate(layers: Layers, name: str, x: Node, attention: Attention) -> Node:
    channels = x.shape[0]
    reduced = reduced_channels(channels, attention.ratio)
    x = layers.add(f"{name}.fc1", Conv2d(channels, reduced, 1, bias=True), x)
    x = layers.add(f"{name}.act", Activation("relu"), x)
    return layers.add(f"{name}.fc2", Conv2d(reduced, channels, 1, bias=True), x)


SQUEEZE_EXCITE = AttentionKind(
    class_name="SqueezeExcite",
    label="squeeze and excitation",
    weight="fc1.weight",
    settings=("ratio",),
    gate=_gate,
)
