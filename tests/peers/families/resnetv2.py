"""timm's `ResNetV2`: BiT, pre-activation networks, and those without that ViT's hybrids use."""

from functools import partial
from importlib import import_module
from random import Random
from typing import Any

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network
from tests.peers.families.resnet import ACTIVATIONS

timm_layers: Any = import_module("timm.layers")
timm_resnetv2: Any = import_module("timm.models.resnetv2")

NORMS: tuple[tuple[Any, Any], ...] = (
    ("batch", "batchnorm"),
    ({"type": "batch", "eps": 1e-3, "momentum": 0.01}, partial(timm_layers.BatchNormAct2d, eps=1e-3, momentum=0.01)),
    ({"type": "group", "groups": 4}, partial(timm_layers.GroupNormAct, num_groups=4)),
    ({"type": "group", "group_width": 4}, partial(timm_layers.GroupNormAct, group_size=4)),
    ({"type": "layer", "eps": 1e-5}, "layernorm2d"),
)

CONVOLUTIONS: tuple[tuple[Any, Any], ...] = (
    ("plain", timm_layers.create_conv2d),
    ({"type": "plain", "bias": True}, partial(timm_layers.create_conv2d, bias=True)),
    ("standardized", timm_layers.StdConv2d),
    ({"type": "standardized", "eps": 1e-8}, partial(timm_layers.StdConv2d, eps=1e-8)),
    ({"type": "standardized", "eps": 1e-3, "bias": True}, partial(timm_layers.StdConv2d, eps=1e-3, bias=True)),
)

PADDINGS = {"fixed": "zero", "deep_fixed": "zero", "same": "same", "deep_same": "same"}


def _stem(type_: str, channels: int) -> Document:
    """The spec's `stem`."""
    pool = {"type": "max", "padding": PADDINGS.get(type_, "ignore")}
    if type_ == "tiered":
        return {"channels": [3 * channels // 8, channels // 2, channels], "kernel": 3, "pool": pool}
    if "deep" in type_:
        return {"channels": [channels // 2, channels // 2, channels], "kernel": 3, "pool": pool}
    return {"channels": channels, "pool": pool}


def resnetv2(draw: Random) -> Network:
    """Any norm, convolution, stem, stride and number of stages."""
    kind = draw.choice(["basic", "preactivated", "preactivated", "activated"])
    count = draw.choice([2, 3, 4, 4, 5])
    layers = [draw.choice([1, 1, 2]) for _ in range(count)]
    expansion = 1 if kind == "basic" else draw.choice([1, 2, 4])
    widths = [8 * draw.choice([1, 2, 3]) for _ in range(count)]
    channels = [width * expansion for width in widths]
    stem_type, stem_channels = draw.choice(["", "fixed", "same", "deep", "deep_fixed", "deep_same", "tiered"]), 32
    norm, norm_layer = draw.choice(NORMS)
    conv, conv_layer = draw.choice(CONVOLUTIONS)
    activation, avg_down, output_stride = draw.choice([*ACTIVATIONS]), draw.random() < 0.4, draw.choice([8, 16, 32])
    total = 4 << (count - 1)
    if total // output_stride > 4:  # timm's first dilations are then another rule: 2 before 8
        output_stride = total // 4
    dilating = [index for index in range(1, count) if 4 << index > output_stride]
    when = "first"
    if kind == "basic":
        for index in dilating:  # timm projects in a dilated stage of unchanged channels; no spec says so of one
            if channels[index] == channels[index - 1]:
                channels[index] = widths[index] = channels[index - 1] + 8
        when = "shape_change"
    classes, inputs = draw.choice([0, 1, 10]), draw.choice([1, 3, 4])
    pool, drop_path = draw.choice(["avg", "max", "avgmax", "catavgmax"]), draw.choice([0.0, 0.2])
    dropout, zero = draw.choice([0.0, 0.3]), kind == "activated" and draw.random() < 0.5
    module = timm_resnetv2.ResNetV2(
        layers,
        channels,
        num_classes=classes,
        in_chans=inputs,
        global_pool=pool,
        output_stride=output_stride,
        stem_chs=stem_channels,
        stem_type=stem_type,
        avg_down=avg_down,
        preact=kind != "activated",
        basic=kind == "basic",
        bottle_ratio=1 / expansion,
        act_layer=ACTIVATIONS[activation],
        norm_layer=norm_layer,
        conv_layer=conv_layer,
        drop_rate=dropout,
        drop_path_rate=drop_path,
        zero_init_last=zero,
    )
    document = {
        "name": "random",
        "input": {"channels": inputs, "size": [draw.randint(33, 64), draw.randint(33, 64)]},
        "stem": _stem(stem_type, stem_channels),
        "conv": conv,
        "block": {
            "type": "basic" if kind == "basic" else "bottleneck",
            "preactivation": kind != "activated",
            "expansion": expansion,
        },
        "shortcut": {"when": when, "pool": "avg" if avg_down else "none"},
        "norm": norm,
        "activation": activation,
        "stages": {"depths": layers, "widths": widths} | ({"output_stride": output_stride} if dilating else {}),
        "drop_path": drop_path if sum(layers) > 1 else 0.0,
        "head": {"pool": pool, "dropout": dropout, "classes": classes},
        "init": {"zero_residual": zero},
    }
    return Theirs("timm.models.resnetv2", module), document
