"""timm's `ResNet` with single blocks edited by hand."""

from importlib import import_module
from random import Random
from typing import Any

from torch import nn

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network
from tests.peers.families.attention import attention
from tests.peers.families.edits import add_after
from tests.peers.families.resnet import BLOCKS, NORMS, Arguments, trunk
from tests.peers.references.assembly import conv

timm_resnet: Any = import_module("timm.models.resnet")

EIGHTS = (8, 16, 24, 32)


def _values(draw: Random, *, basic: bool) -> Document:
    """Random values of a single block; the attention still with timm's layer."""
    drawn: Document = {
        "first": draw.choice(EIGHTS),
        "dilation": draw.randint(1, 3),
        "dropout": draw.choice([0.0, 0.3]),
        "attention": attention(draw, ("se", "eca", "ese", "cbam")) if draw.random() < 0.7 else ("none", None),
    }
    if not basic:
        drawn |= {"inner": draw.choice(EIGHTS), "groups": draw.choice([1, 2, 4, 8])}
    return {key: value for key, value in drawn.items() if draw.random() < 0.35}


def _edit(block: Any, values: Document, network: Arguments, width: int) -> None:
    """Replace the layers of one block in a stage of this width."""
    is_basic = isinstance(block, timm_resnet.BasicBlock)
    outputs = block.conv2.out_channels if is_basic else block.conv3.out_channels
    groups = values.get("groups", network["cardinality"])
    own = width if is_basic else width * network["base_width"] // 64 * groups
    first = values.get("first", own // network["block_reduce_first"])
    widths = [first, outputs] if is_basic else [first, values.get("inner", own), outputs]
    channels = block.conv1.in_channels
    for number, made in enumerate(widths, 1):
        old = block.get_submodule(f"conv{number}")
        dilation = values.get("dilation", old.dilation[0])
        grouped = groups if number == 2 and not is_basic else 1
        new = conv(channels, made, old.kernel_size[0], old.stride[0], dilation, groups=grouped)
        setattr(block, f"conv{number}", new)
        if number < len(widths):
            setattr(block, f"bn{number}", network["norm_layer"](made))
        channels = made
    if "dilation" in values and block.downsample is not None:
        _dilate_projection(block, values["dilation"], network)
    if "attention" in values:
        layer = values["attention"][1]
        block.se = layer(outputs) if layer else None
    if values.get("dropout"):
        add_after(block.act1 if is_basic else block.act2, nn.Dropout(values["dropout"]))


def _dilate_projection(block: Any, dilation: int, network: Arguments) -> None:
    """The projection is what timm makes in a stage with this dilation; there, average pooling never strides."""
    make = timm_resnet.downsample_avg if network["avg_down"] else timm_resnet.downsample_conv
    convolution = next(each for each in block.downsample.modules() if isinstance(each, nn.Conv2d))
    if network["avg_down"] and block.stride != 1:
        return
    block.downsample = make(
        convolution.in_channels,
        convolution.out_channels,
        network["down_kernel_size"],
        block.stride,
        dilation,
        dilation,
        network["norm_layer"],
    )


def single_blocks(draw: Random) -> Network:
    """Random values of random blocks, some by the names of their stages."""
    arguments, document = trunk(draw, norms=NORMS)
    arguments["aa_layer"], document["antialias"] = None, "none"
    types = [draw.choice(["basic", "bottleneck", "bottleneck"]) for _ in range(4)]
    only_bottlenecks = "basic" not in types
    arguments["cardinality"] = draw.choice([1, 2]) if only_bottlenecks else 1
    arguments["base_width"] = draw.choice([32, 64]) if only_bottlenecks else 64
    arguments["block_reduce_first"] = draw.choice([1, 1, 2])
    value, layer = attention(draw, ("se", "eca")) if draw.random() < 0.3 else ("none", None)
    arguments["layers"] = document["stages"]["depths"] = [draw.choice([1, 2, 3]) for _ in types]
    module = timm_resnet.ResNet([BLOCKS[each] for each in types], **arguments, block_args={"attn_layer": layer})
    said: dict[str, Document] = {}
    for number, (type_, width) in enumerate(zip(types, document["stages"]["widths"], strict=True), 1):
        names = [f"layer{number}.{position}" for position in range(arguments["layers"][number - 1])]
        drawn = {name: _values(draw, basic=type_ == "basic") for name in (f"layer{number}.*", *names)}
        every = drawn[f"layer{number}.*"] if draw.random() < 0.5 else {}
        said |= drawn | {f"layer{number}.*": every}
        for name in names:
            _edit(module.get_submodule(name), every | drawn[name], arguments, width)
    document["blocks"] = {
        name: values | ({"attention": values["attention"][0]} if "attention" in values else {})
        for name, values in said.items()
        if values
    }
    block: Document = {"type": types, "reduce_first": arguments["block_reduce_first"]}
    if only_bottlenecks:
        block |= {"groups": arguments["cardinality"], "width_per_group": arguments["base_width"]}
    return Theirs("timm.models.resnet", module), document | {"block": block, "attention": value}
