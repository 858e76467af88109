"""timm's `RegNet`: X, Y, V, and what lies between them."""

from functools import partial
from importlib import import_module
from math import gcd
from random import Random
from typing import Any

from torch import nn

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network
from tests.peers.families.dilation import dilated, projections
from tests.peers.families.resnet import ACTIVATIONS

timm_layers: Any = import_module("timm.layers")
timm_regnet: Any = import_module("timm.models.regnet")


def squeeze_excite(draw: Random, activation: str) -> tuple[float, Document]:
    """RegNet's squeeze-and-excitation: the ratio, and what says the same."""
    ratio = draw.choice([0.0, 0.125, 0.25, 0.3, 0.5])
    document = {"type": "se", "ratio": ratio, "of": "input", "divisor": 1, "position": "inner"}
    return ratio, {"attention": document | {"activation": activation}} if ratio else {}


def rule(draw: Random, least: int, most: int) -> tuple[Document, int, int]:
    """Parameters of RegNet's rule that give so many stages, an expansion, and channels per group."""
    while True:
        initial, depth = 8 * draw.randint(1, 5), draw.randint(2, 11)
        slope, multiplier = round(draw.uniform(0, 24), 2), round(draw.uniform(1.4, 3.2), 2)
        widths, stages, _ = timm_regnet.generate_regnet(slope, initial, multiplier, depth, 1)
        if least <= stages <= most and widths[-1] <= 160:
            numbers = {"depth": depth, "initial": initial, "slope": slope, "multiplier": multiplier}
            return numbers, draw.choice([1, 1, 2, 4]), draw.choice([1, 2, 3, 4, 8, 12, 16, 24])


def regnet(draw: Random) -> Network:
    """Fields of timm's `RegNetCfg`: X, Y, V, and what lies between them."""
    numbers, expansion, group_width = rule(draw, 4, 4)
    rounding, ratio_of_rounding = draw.choice([("pycls", 0.0), ("torchvision", 0.9)])
    preactivation, stem, features = draw.random() < 0.4, draw.choice([8, 16, 24]), draw.choice([0, 0, 40])
    activation, channels_in = draw.choice([*ACTIVATIONS]), draw.choice([1, 3, 4])
    ratio, attention = squeeze_excite(draw, activation)
    output_stride = draw.choice([8, 16, 32, 32])
    pool = draw.choice(["none", "avg"]) if output_stride == 32 else "none"  # dilated, timm's RegNet leaves it out
    zero, dropout, drop_path = draw.random() < 0.5, draw.choice([0.0, 0.3]), draw.choice([0.0, 0.2])
    head_pool, classes = draw.choice(["avg", "max", "avgmax", "catavgmax"]), draw.choice([0, 1, 10])
    make = partial(
        timm_regnet.RegNet,
        timm_regnet.RegNetCfg(
            depth=numbers["depth"],
            w0=numbers["initial"],
            wa=numbers["slope"],
            wm=numbers["multiplier"],
            group_size=group_width,
            bottle_ratio=1 / expansion,
            se_ratio=ratio,
            group_min_ratio=ratio_of_rounding,
            stem_width=stem,
            downsample="conv1x1" if pool == "none" else "avg",
            preact=preactivation,
            num_features=features,
            act_layer=ACTIVATIONS[activation],
        ),
        in_chans=channels_in,
        num_classes=classes,
        output_stride=output_stride,
        global_pool=head_pool,
        drop_rate=dropout,
        drop_path_rate=drop_path,
        zero_init_last=zero,
    )
    module = make()
    width = gcd(*(each.num_features for each in module.modules() if isinstance(each, nn.BatchNorm2d)))
    norm, norm_layer = draw.choice(
        [
            ("batch", "batchnorm"),
            ({"type": "batch", "eps": 1e-3, "momentum": 0.01}, partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)),
            ({"type": "group", "group_width": width}, partial(timm_layers.GroupNorm, group_size=width)),
            ({"type": "layer", "eps": 1e-5}, "layernorm2d"),
        ]
    )
    module = make(norm_layer=norm_layer)
    strides, dilations = dilated([2] * 4, output_stride, stride=2)
    when = projections([each["num_chs"] for each in module.feature_info], strides, dilations)
    if when is None:
        return regnet(draw)
    end: Document = {"norm": False, "activation": not features} if preactivation else {}
    document = {
        "name": "random",
        "input": {"channels": channels_in, "size": [draw.randint(33, 48), draw.randint(33, 48)]},
        "stem": {"channels": stem, "kernel": 3, "pool": "none"},
        "block": {
            "type": "bottleneck",
            "expansion": expansion,
            "group_width": group_width,
            "preactivation": preactivation,
        },
        "shortcut": {"when": when, "pool": pool} | ({"source": "activation"} if preactivation else {}),
        "norm": norm,
        "activation": activation,
        "stages": {"regnet": numbers | {"rounding": rounding}, "strides": 2, "output_stride": output_stride},
        "drop_path": drop_path,
        "head": end | {"conv": features, "pool": head_pool, "dropout": dropout, "classes": classes},
        "init": {"zero_residual": zero and not preactivation},
    }
    return Theirs("timm.models.regnet", module), document | attention
