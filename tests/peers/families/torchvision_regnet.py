"""torchvision's `RegNet`, with stages by the rule or one by one."""

from functools import partial
from importlib import import_module
from math import prod
from random import Random
from typing import Any

from torch import nn

from tests.peers.comparison import Theirs
from tests.peers.families import Document, Network
from tests.peers.families.regnet import rule, squeeze_excite
from tests.peers.families.resnet import ACTIVATIONS

models: Any = import_module("torchvision.models.regnet")


def torchvision_regnet(draw: Random) -> Network:
    """Fields of torchvision's `BlockParams`, computed by the rule or stated for each stage."""
    activation, stem = draw.choice([*ACTIVATIONS]), draw.choice([8, 16, 24])
    ratio, attention = squeeze_excite(draw, activation)
    norm, norm_layer = draw.choice(
        [
            ("batch", None),
            ("batch", None),
            ({"type": "batch", "eps": 1e-3, "momentum": 0.01}, partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)),
            ("instance", nn.InstanceNorm2d),
            ({"type": "group", "groups": 1}, lambda channels: nn.GroupNorm(1, channels)),
        ]
    )
    stages = stages_by_rule if draw.random() < 0.5 else stages_one_by_one
    parameters, block, strides = stages(draw, ratio or None)
    classes = draw.choice([1, 10, 37])
    module = models.RegNet(
        parameters,
        num_classes=classes,
        stem_width=stem,
        norm_layer=norm_layer,
        activation=ACTIVATIONS[activation],
    )
    total = 2 * prod(parameters.strides)
    document = {
        "name": "random",
        "input": {"size": [total + draw.randint(1, 16), total + draw.randint(1, 16)]},
        "stem": {"channels": stem, "kernel": 3, "pool": "none"},
        "block": {"type": "bottleneck"} | block,
        "norm": norm,
        "activation": activation,
        "stages": strides,
        "head": {"classes": classes},
    }
    return Theirs("torchvision.models.regnet", module), document | attention


def stages_by_rule(draw: Random, ratio: float | None) -> tuple[Any, Document, Document]:
    """Parameters, and the keys `block` and `stages`, of up to five stages."""
    numbers, expansion, group_width = rule(draw, 1, 5)
    parameters = models.BlockParams.from_init_params(
        depth=numbers["depth"],
        w_0=numbers["initial"],
        w_a=numbers["slope"],
        w_m=numbers["multiplier"],
        group_width=group_width,
        bottleneck_multiplier=1 / expansion,
        se_ratio=ratio,
    )
    block = {"expansion": expansion, "group_width": group_width}
    return parameters, block, {"regnet": numbers | {"rounding": "torchvision"}, "strides": 2}


def stages_one_by_one(draw: Random, ratio: float | None) -> tuple[Any, Document, Document]:
    """The same, of stages that need not widen or stride."""
    count = draw.randint(1, 5)
    depths = [draw.choice([1, 1, 2, 3]) for _ in range(count)]
    widths = [8 * draw.randint(1, 8) for _ in range(count)]
    quarters = [draw.choice([1, 2, 3, 4, 6, 8]) for _ in range(count)]
    inner = [width * each // 4 for width, each in zip(widths, quarters, strict=True)]
    group_widths = [draw.choice([n for n in range(1, each + 1) if each % n == 0]) for each in inner]
    strides = [draw.choice([1, 2, 2]) for _ in range(count)]
    parameters = models.BlockParams(depths, widths, group_widths, [each / 4 for each in quarters], strides, ratio)
    block = {"expansion": 1, "width_per_group": [16 * each for each in quarters], "group_width": group_widths}
    return parameters, block, {"depths": depths, "widths": widths, "strides": strides}
