"""`res2`: splits of the channels, each convolved together with the result of the one before (Gao et al. 2019,
arXiv:1904.01169)."""

from ...graph.graph import LIST, Node
from ...graph.ops import Add, AvgPool2d, Concatenate, Slice
from ..layers import Layers
from .kind import Conv3x3Kind, Request


def _build(layers: Layers, request: Request, x: Node) -> Node:
    """All splits but the last, which has no convolution; in a block that opens they do not know of one another."""
    name, width, scale = request.name, request.conv.in_channels, request.settings.scale
    for part in ("convs", "bns", "acts", "aa"):
        layers.container(f"{name}.{part}", LIST)
    splits = [x]
    if scale > 1:
        splits = [layers.add(f"{name}.split{i}", Slice(i * width, (i + 1) * width), x) for i in range(scale)]
    outputs: list[Node] = []
    for index in range(max(1, scale - 1)):
        y = splits[index]
        if outputs and not request.opens:
            y = layers.add(f"{name}.add{index}", Add(), outputs[-1], y)
        y = layers.conv(f"{name}.convs.{index}", request.conv, y)
        y = layers.activation(f"{name}.acts.{index}", layers.norm(f"{name}.bns.{index}", y))
        outputs.append(layers.low_pass(f"{name}.aa.{index}", y, request.stride) if request.is_filtered else y)
    if scale > 1:
        outputs.append(_last(layers, request, splits[-1]))
    return layers.add(f"{name}.concatenate", Concatenate(), *outputs)


def _last(layers: Layers, request: Request, x: Node) -> Node:
    """The split without a convolution: pooled in a block that opens."""
    if not request.opens:
        return x
    return layers.add(f"{request.name}.pool", AvgPool2d(3, request.stride, padding=1, counts_padding=True), x)


HIERARCHY = Conv3x3Kind(
    class_name="Res2Conv2d",
    label="hierarchy of splits",
    weight="convs.0.weight",
    settings=("scale",),
    blocks=("bottleneck",),
    ineffective={"block.reduce_first": "the first convolution has all splits' channels"},
    splits=lambda settings: settings.scale,
    build=_build,
)
