"""`ese`: effective squeeze and excitation, which reduces no channels (Lee & Park 2020, arXiv:1911.06667)."""

from ...graph.graph import Node
from ...graph.ops import Conv2d, GlobalPool2d
from ...language.spec import Attention
from ..layers import Layers
from .kind import AttentionKind
from .steps import scaled


def _attend(layers: Layers, name: str, x: Node, attention: Attention, block_channels: int) -> Node:
    channels = x.shape[0]
    y = layers.add(f"{name}.pool", GlobalPool2d("avg"), x)
    y = layers.add(f"{name}.fc", Conv2d(channels, channels, 1, bias=True), y)
    return scaled(layers, name, x, y, "hardsigmoid")


EFFECTIVE = AttentionKind(
    class_name="EffectiveSqueezeExcite",
    label="effective squeeze and excitation",
    weight="fc.weight",
    settings=("position",),
    attend=_attend,
)
