"""timm's `ResNet` with the blocks of SKNet."""

from functools import partial
from importlib import import_module
from random import Random
from typing import Any

from torch import nn

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network
from tests.peers.families.attention import attention
from tests.peers.families.resnet import trunk

timm_layers: Any = import_module("timm.layers")
timm_resnet: Any = import_module("timm.models.resnet")
timm_sknet: Any = import_module("timm.models.sknet")

NORMS = (
    ("batch", nn.BatchNorm2d),
    ("batch", nn.BatchNorm2d),
    ({"type": "batch", "eps": 1e-3, "momentum": 0.01}, partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)),
    ({"type": "group", "groups": 2}, partial(timm_layers.GroupNorm, num_groups=2)),
    ("layer", partial(timm_layers.LayerNorm2d, eps=1e-6)),
)

BLOCKS = {"basic": timm_sknet.SelectiveKernelBasic, "bottleneck": timm_sknet.SelectiveKernelBottleneck}


def selective(draw: Random) -> Network:
    """Any ratio, divisor and splitting of the input, and any attention of the block's end."""
    arguments, document = trunk(draw, norms=NORMS)
    kinds = draw.choice([["basic"], ["bottleneck"], ["bottleneck"], ["basic", "bottleneck"]])
    types = [draw.choice(kinds) for _ in range(4)]
    is_grouped = "basic" not in types
    cardinality, base_width = (draw.choice([1, 2, 4]), draw.choice([16, 64])) if is_grouped else (1, 64)
    reduce_first = draw.choice([1, 1, 2])
    ratio, divisor = draw.choice([1 / 16, 1 / 8, 0.3, 0.55]), draw.choice([1, 4, 8, 12, 16, 32])
    split = draw.random() < 0.5
    if is_default := draw.random() < 0.25:
        ratio, divisor, split = 1 / 16, 32, False
    attentive, layer = attention(draw, ("se", "eca", "cbam", "ese")) if draw.random() < 0.3 else ("none", None)
    module = timm_resnet.ResNet(
        [BLOCKS[type_] for type_ in types],
        **arguments,
        cardinality=cardinality,
        base_width=base_width,
        block_reduce_first=reduce_first,
        block_args={
            "sk_kwargs": {"rd_ratio": ratio, "rd_divisor": divisor, "split_input": split},
            "attn_layer": layer,
        },
    )
    block: Document = {
        "type": types,
        "reduce_first": reduce_first,
        "conv3x3": {"type": "selective"},
    }
    if not is_default:
        block["conv3x3"] |= {"ratio": ratio, "divisor": divisor, "split": split}
    if is_grouped:
        block |= {"groups": cardinality, "width_per_group": base_width}
    return Theirs("timm.models.sknet", module), document | {"block": block, "attention": attentive}
