"""`res2`: splits of the channels, each convolved together with the result of the one before (Gao et al. 2019,
arXiv:1904.01169)."""

from ...graph.graph import LIST, Node
from ...graph.ops import Add, AvgPool2d, Concatenate, Slice
from ..layers import Layers
from .kind import Conv3x3Kind, Request


def _build(layers: Layers, request: Request, x: Node) -> Node:
    """All splits but the last, which has no convolution; in a block that opens they do not know of one another."""
    name, scale = request.name, request.settings.scale
    for part in ("convs", "bns", "acts", "aa"):
        layers.container(f"{name}.{part}", LIST)
    outputs: list[Node] = []
    for index in range(max(1, scale - 1)):
        y = _split(layers, request, x, index)
        if outputs and not request.opens:
            y = layers.add(f"{name}.add{index}", Add(), outputs[-1], y)
        y = layers.conv(f"{name}.convs.{index}", request.conv, y)
        y = layers.activation(f"{name}.acts.{index}", layers.norm(f"{name}.bns.{index}", y))
        outputs.append(layers.low_pass(f"{name}.aa.{index}", y, request.stride) if request.is_filtered else y)
    if scale > 1:
        outputs.append(_last(layers, request, _split(layers, request, x, scale - 1)))
    return layers.add(f"{name}.concatenate", Concatenate(), *outputs)


def _split(layers: Layers, request: Request, x: Node, index: int) -> Node:
    """One split of the channels; all of them if there is only one."""
    width = request.conv.in_channels
    if request.settings.scale == 1:
        return x
    return layers.add(f"{request.name}.split{index}", Slice(index * width, (index + 1) * width), x)


def _last(layers: Layers, request: Request, x: Node) -> Node:
    """The split without a convolution: pooled in a block that opens."""
    if not request.opens:
        return x
    return layers.add(f"{request.name}.pool", AvgPool2d(3, request.stride, padding=1, counts_padding=True), x)


HIERARCHY = Conv3x3Kind(
    class_name="Res2Conv2d",
    label="Res2Net",
    weight="convs.0.weight",
    settings=("scale",),
    blocks=("bottleneck",),
    ineffective={"block.reduce_first": "the first convolution has all splits' channels"},
    splits=lambda settings: settings.scale,
    build=_build,
)
