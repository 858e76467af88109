"""timm's `ResNet` with random arguments: what is around its blocks, and its own two blocks."""

from functools import partial
from importlib import import_module
from random import Random
from typing import Any

from torch import nn

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network

timm_layers: Any = import_module("timm.layers")
timm_resnet: Any = import_module("timm.models.resnet")

Arguments = dict[str, Any]

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "relu6": nn.ReLU6,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "gelu": timm_layers.get_act_layer("gelu"),
    "silu": nn.SiLU,
    "mish": nn.Mish,
    "hardswish": nn.Hardswish,
    "tanh": timm_layers.get_act_layer("tanh"),
    "celu": nn.CELU,
    "sigmoid": timm_layers.get_act_layer("sigmoid"),
    "hardtanh": nn.Hardtanh,
}

NORMS: tuple[tuple[Any, Any], ...] = (
    ("batch", nn.BatchNorm2d),
    ("batch", nn.BatchNorm2d),
    ({"type": "batch", "eps": 1e-3, "momentum": 0.01}, partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)),
    ({"type": "group", "groups": 2}, partial(timm_layers.GroupNorm, num_groups=2)),
    ("layer", timm_layers.LayerNorm2d),
    ("instance", nn.InstanceNorm2d),
)
"""Values of `norm`, and timm's layers."""

FILTERS = {"none": None, "blur": timm_layers.BlurPool2d, "avg": nn.AvgPool2d}


def trunk(draw: Random, *, norms: tuple[tuple[Any, Any], ...] = NORMS) -> tuple[Arguments, Document]:
    """Random arguments for everything but the blocks, and what they are in a spec."""
    layers = [draw.choice([1, 1, 2]) for _ in range(4)]
    channels = [draw.choice([16, 32, 48, 64]) for _ in range(4)]
    stem_type, stem_width = draw.choice(["", "deep", "deep_tiered"]), draw.choice([16, 32])
    conv_pool, avg_down, down_kernel = draw.random() < 0.3, draw.random() < 0.4, draw.choice([1, 1, 3])
    antialias = draw.choice(["none", "none", "blur", "avg"])
    output_stride = draw.choice([8, 16, 32, 32])
    norm, norm_layer = draw.choice(norms)
    activation = draw.choice(list(ACTIVATIONS))
    classes, channels_in = draw.choice([0, 1, 10]), draw.choice([1, 3, 4])
    pool = draw.choice(["avg", "max", "avgmax", "catavgmax"])
    drop_path = draw.choice([0.0, 0.2]) if sum(layers) > 1 else 0.0
    dropout, zero = draw.choice([0.0, 0.3]), draw.random() < 0.5 and norm != "instance"
    first = 3 * (stem_width // 4) if stem_type == "deep_tiered" else stem_width
    arguments = {
        "layers": layers,
        "num_classes": classes,
        "in_chans": channels_in,
        "output_stride": output_stride,
        "global_pool": pool,
        "stem_width": stem_width,
        "stem_type": stem_type,
        "replace_stem_pool": conv_pool,
        "down_kernel_size": down_kernel,
        "avg_down": avg_down,
        "channels": tuple(channels),
        "act_layer": ACTIVATIONS[activation],
        "norm_layer": norm_layer,
        "aa_layer": FILTERS[antialias],
        "drop_rate": dropout,
        "drop_path_rate": drop_path,
        "zero_init_last": zero,
    }
    stem: Document = {"channels": [first, stem_width, 2 * stem_width], "kernel": 3} if stem_type else {}
    return arguments, {
        "name": "random",
        "input": {
            "channels": channels_in,
            "size": [64, 32] if antialias == "avg" else [draw.randint(33, 48), draw.randint(33, 48)],
        },
        "stem": stem | {"pool": "conv" if conv_pool else "max"},
        "shortcut": {"pool": "avg"} if avg_down else {"kernel": down_kernel},
        "norm": norm,
        "activation": activation,
        "antialias": antialias,
        "stages": {"depths": layers, "widths": channels, "output_stride": output_stride},
        "drop_path": drop_path,
        "head": {"pool": pool, "dropout": dropout, "classes": classes},
        "init": {"zero_residual": zero},
    }


BLOCKS = {"basic": timm_resnet.BasicBlock, "bottleneck": timm_resnet.Bottleneck}


def blocks(draw: Random) -> tuple[Arguments, Document]:
    """Random arguments of timm's own two blocks, and the spec's `block`."""
    kinds = draw.choice([["basic"], ["bottleneck"], ["bottleneck"], ["basic", "bottleneck"]])
    types = [draw.choice(kinds) for _ in range(4)]
    only_bottlenecks = "basic" not in types
    cardinality = draw.choice([1, 2, 4]) if only_bottlenecks else 1
    base_width = draw.choice([16, 64, 80]) if only_bottlenecks else 64
    reduce_first = draw.choice([1, 1, 2])
    arguments = {
        "block": [BLOCKS[type_] for type_ in types],
        "cardinality": cardinality,
        "base_width": base_width,
        "block_reduce_first": reduce_first,
    }
    block: Document = {"type": types, "reduce_first": reduce_first}
    if only_bottlenecks:
        block |= {"groups": cardinality, "width_per_group": base_width}
    return arguments, block


def resnet(draw: Random) -> Network:
    """timm's own two blocks, without attention."""
    arguments, document = trunk(draw)
    own, block = blocks(draw)
    return Theirs("timm.models.resnet", timm_resnet.ResNet(**arguments, **own)), document | {"block": block}
