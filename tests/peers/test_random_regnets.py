"""RegNets of timm and torchvision with random arguments, built by the library and by us, and compared.

Each is translated to a spec, by RegNet's rule or with widths per stage, and must be the same network. Randomness is
seeded, so runs are reproducible.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from math import gcd, prod
from typing import Any, Literal, TypeAlias

import pytest
from torch import nn

from resnet_dsl.language.regnet import Rule, base_width, runs
from tests.peers.comparison import Theirs, compare
from tests.peers.dilation import dilated, projections
from tests.peers.libraries import require_libraries

require_libraries(whole_module=True)
timm_regnet = pytest.importorskip("timm.models.regnet")
timm_layers = pytest.importorskip("timm.layers")
torchvision_regnet = pytest.importorskip("torchvision.models.regnet")

RULES = 1000
NETWORKS = 100
SHARDS = 5
"""How many tests share the comparisons of each kind, so that two processes can run them in parallel."""

Rounding: TypeAlias = Literal["pycls", "torchvision"]
Document: TypeAlias = dict[str, Any]

ROUNDINGS: Mapping[Rounding, float] = {"pycls": 0.0, "torchvision": 0.9}
"""The names that we give to timm's `group_min_ratio`."""

ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "relu6": nn.ReLU6,
    "elu": nn.ELU,
    "celu": nn.CELU,
    "selu": nn.SELU,
    "silu": nn.SiLU,
    "mish": nn.Mish,
    "hardswish": nn.Hardswish,
    "hardtanh": nn.Hardtanh,
}
TIMMS = ACTIVATIONS | {name: timm_layers.get_act_layer(name) for name in ("gelu", "sigmoid", "tanh")}


def attention(draw: random.Random, activation: str) -> tuple[float, Document]:
    """RegNet's squeeze-and-excitation: the ratio, and what says the same."""
    ratio = draw.choice([0.0, 0.125, 0.25, 0.3, 0.5])
    document = {"type": "se", "ratio": ratio, "of": "input", "divisor": 1, "position": "inner"}
    return ratio, {"attention": document | {"activation": activation}} if ratio else {}


def draw_rule(draw: random.Random, least: int, most: int) -> tuple[Document, int, int]:
    """Parameters of RegNet's rule that give so many stages, an expansion, and channels per group that matter."""
    while True:
        initial, depth = 8 * draw.randint(1, 5), draw.randint(2, 11)
        slope, multiplier = round(draw.uniform(0, 24), 2), round(draw.uniform(1.4, 3.2), 2)
        widths, stages, _ = timm_regnet.generate_regnet(slope, initial, multiplier, depth, 1)
        if least <= stages <= most and widths[-1] <= 160:
            expansion = draw.choice([1, 1, 2, 4])
            groups = [each for each in (1, 2, 3, 4, 8, 12, 16, 24) if each < widths[-1] // expansion]
            numbers = {"depth": depth, "initial": initial, "slope": slope, "multiplier": multiplier}
            return numbers, expansion, draw.choice(groups)


def timm_network(draw: random.Random) -> tuple[Theirs, Document]:
    """Fields of timm's `RegNetCfg`: X, Y, V, and what lies between them."""
    numbers, expansion, group_width = draw_rule(draw, 4, 4)
    rounding = draw.choice([*ROUNDINGS])
    preactivation, stem, features = draw.random() < 0.4, draw.choice([8, 16, 24]), draw.choice([0, 0, 40])
    activation, channels_in = draw.choice([*TIMMS]), draw.choice([1, 3, 4])
    ratio, squeeze_excite = attention(draw, activation)
    output_stride = draw.choice([8, 16, 32, 32])
    pool = draw.choice(["none", "avg"]) if output_stride == 32 else "none"  # dilated, timm's RegNet leaves it out
    zero, dropout, drop_path = draw.random() < 0.5, draw.choice([0.0, 0.3]), draw.choice([0.0, 0.2])
    head_pool, classes = draw.choice(["avg", "max", "avgmax", "catavgmax"]), draw.choice([0, 1, 10])
    norm = draw.choice(["batch", "batch", "statistics", "group", "layer"])
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
            group_min_ratio=ROUNDINGS[rounding],
            stem_width=stem,
            downsample="conv1x1" if pool == "none" else "avg",
            preact=preactivation,
            num_features=features,
            act_layer=TIMMS[activation],
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
    widest = gcd(*(each.num_features for each in module.modules() if isinstance(each, nn.BatchNorm2d)))
    norms: dict[str, tuple[Document, Any]] = {
        "batch": ({"type": "batch"}, "batchnorm"),
        "statistics": (
            {"type": "batch", "eps": 1e-3, "momentum": 0.01},
            partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01),
        ),
        "group": ({"type": "group", "group_width": widest}, partial(timm_layers.GroupNorm, group_size=widest)),
        "layer": ({"type": "layer", "eps": 1e-5}, "layernorm2d"),
    }
    if norm != "batch":
        module = make(norm_layer=norms[norm][1])
    strides, dilations = dilated([2] * 4, output_stride, stride=2)
    when = projections([each["num_chs"] for each in module.feature_info], strides, dilations)
    if when is None:
        return timm_network(draw)
    identities = preactivation and numbers["depth"] > 4
    plain_end: Document = {"norm": False, "activation": not features} if preactivation else {}
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
        "shortcut": {"when": when, "pool": pool} | ({"source": "activation"} if identities else {}),
        "norm": norms[norm][0],
        "activation": activation,
        "stages": {"regnet": numbers | {"rounding": rounding}, "strides": 2, "output_stride": output_stride},
        "drop_path": drop_path,
        "head": plain_end | {"conv": features, "pool": head_pool, "dropout": dropout, "classes": classes},
        "init": {"zero_residual": zero and not preactivation},
    }
    return Theirs("timm.models.regnet", module), document | squeeze_excite


def torchvision_network(draw: random.Random) -> tuple[Theirs, Document]:
    """Fields of torchvision's `BlockParams`, computed by the rule or stated for each stage."""
    activation, stem = draw.choice([*ACTIVATIONS]), draw.choice([8, 16, 24])
    ratio, squeeze_excite = attention(draw, activation)
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
    module = torchvision_regnet.RegNet(
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
    return Theirs("torchvision.models.regnet", module), document | squeeze_excite


def stages_by_rule(draw: random.Random, ratio: float | None) -> tuple[Any, Document, Document]:
    """Parameters, and the keys `block` and `stages`, of up to five stages."""
    numbers, expansion, group_width = draw_rule(draw, 1, 5)
    parameters = torchvision_regnet.BlockParams.from_init_params(
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


def stages_one_by_one(draw: random.Random, ratio: float | None) -> tuple[Any, Document, Document]:
    """The same, of stages that need not widen or stride."""
    count = draw.randint(1, 5)
    depths = [draw.choice([1, 1, 2, 3]) for _ in range(count)]
    widths = [8 * draw.randint(1, 8) for _ in range(count)]
    quarters = [draw.choice([1, 2, 3, 4, 6, 8]) for _ in range(count)]
    inner = [width * each // 4 for width, each in zip(widths, quarters, strict=True)]
    group_widths = [draw.choice([n for n in range(1, each + 1) if each % n == 0]) for each in inner]
    strides = [draw.choice([1, 2, 2]) for _ in range(count)]
    parameters = torchvision_regnet.BlockParams(
        depths, widths, group_widths, [each / 4 for each in quarters], strides, ratio
    )
    block: Document = {"expansion": 1, "width_per_group": [16 * each for each in quarters]}
    if group_widths != inner:
        block["group_width"] = group_widths
    return parameters, block, {"depths": depths, "widths": widths, "strides": strides}


def test_the_rule_gives_the_librarys_stages() -> None:
    """Depths, widths before they fit the groups, and after it, in each library's way, also of huge networks."""
    draw = random.Random(0)
    for _ in range(RULES):
        depth, initial, group_width = draw.randint(1, 64), 8 * draw.randint(1, 80), draw.randint(1, 328)
        slope, multiplier = round(draw.uniform(0, 160), 2), round(draw.uniform(1.05, 4), 2)
        expansion = draw.choice([1, 1, 2, 4])
        blocks, _, _ = timm_regnet.generate_regnet(slope, initial, multiplier, depth, group_width)
        widths, depths = zip(*sorted(Counter(blocks).items()), strict=True)
        ratios, groups = [1 / expansion] * len(widths), [group_width] * len(widths)
        torchvisions = torchvision_regnet.BlockParams.from_init_params(
            depth, initial, slope, multiplier, group_width, 1 / expansion
        )
        for rounding, least in ROUNDINGS.items():
            rule = Rule(depth=depth, initial=initial, slope=slope, multiplier=multiplier, rounding=rounding)
            found = [(run.width, run.depth) for run in runs(rule)]
            assert found == [*zip(widths, depths, strict=True)], rule
            fitted = [expansion * base_width(rule, run.width, expansion, group_width) for run in runs(rule)]
            assert fitted == timm_regnet.adjust_widths_groups_comp(widths, ratios, groups, least)[0], rule
        assert (fitted, [*depths]) == (torchvisions.widths, torchvisions.depths), rule


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("library", [timm_network, torchvision_network], ids=["timm", "torchvision"])
def test_a_random_regnet_is_the_same_in_both(library: Callable[..., tuple[Theirs, Document]], shard: int) -> None:
    """The same shapes, zeroed norms, outputs in both modes, statistics, gradients, parameters and costs."""
    for index in range(shard, NETWORKS, SHARDS):
        theirs, document = library(random.Random(index))
        try:
            compare(theirs, document)
        except Exception as error:
            raise AssertionError(f"network {index}: {document}") from error
