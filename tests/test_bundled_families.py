"""The bundled networks differ from one another in what their names say, and in nothing else."""

import re
from dataclasses import replace

import pytest

from resnet_dsl.diagnostics.diagnostic import SpecError
from resnet_dsl.language.document.bundled import bundled_specs
from resnet_dsl.language.spec import Expect, Spec

from .helpers import load, loads

TEXTS = {name: path.read_text(encoding="utf-8") for name, path in bundled_specs().items()}
PARENTS = {name: found[1] for name, text in TEXTS.items() if (found := re.search(r"^extends: (\S+)$", text, re.M))}

FOR_CIFAR = ("input.size=32", "stem={kernel: 3, stride: 1, pool: none}", "head.classes=10")
AS_IN_CAFFE = (
    "stem.pool={type: max, padding: ceil}",
    "attention={type: se, divisor: 1}",
    "head.dropout=0.2",
    "init.zero_residual=false",
)
QUARTER = "attention={type: se, ratio: 0.25, of: input, divisor: 1, position: inner}"
"""RegNetY's attention: a quarter of the block's input channels."""

IN_TIMM = {
    "regnet_x_400mf": "regnetx_004",
    "regnet_x_800mf": "regnetx_008",
    "regnet_x_1_6gf": "regnetx_016",
    "regnet_x_3_2gf": "regnetx_032",
    "regnet_x_8gf": "regnetx_080",
    "regnet_x_16gf": "regnetx_160",
    "regnet_x_32gf": "regnetx_320",
    "regnet_y_400mf": "regnety_004",
    "regnet_y_800mf": "regnety_008",
    "regnet_y_1_6gf": "regnety_016",
    "regnet_y_3_2gf": "regnety_032",
    "regnet_y_8gf": "regnety_080",
    "regnet_y_16gf": "regnety_160",
    "regnet_y_32gf": "regnety_320",
    "regnet_y_128gf": "regnety_1280",
}
"""torchvision's RegNets -> timm's with the widths of the paper."""

CHANGES = {
    "resnet34": ("resnet18", "stages.depths=[3, 4, 6, 3]"),
    "resnet101": ("resnet50", "stages.depths=[3, 4, 23, 3]"),
    "resnet152": ("resnet50", "stages.depths=[3, 8, 36, 3]"),
    "resnet50_v1": ("resnet50", "block.stride_in=1x1"),
    "resnet101_v1": ("resnet101", "block.stride_in=1x1"),
    "resnet152_v1": ("resnet152", "block.stride_in=1x1"),
    "resnext50_32x4d": ("resnet50", "block.groups=32", "block.width_per_group=4"),
    "resnext101_32x8d": ("resnet101", "block.groups=32", "block.width_per_group=8"),
    "resnext101_64x4d": ("resnet101", "block.groups=64", "block.width_per_group=4"),
    "wide_resnet50_2": ("resnet50", "block.width_per_group=128"),
    "wide_resnet101_2": ("resnet101", "block.width_per_group=128"),
    "resnet32": ("resnet20", "stages.depths=[5, 5, 5]"),
    "resnet44": ("resnet20", "stages.depths=[7, 7, 7]"),
    "resnet56": ("resnet20", "stages.depths=[9, 9, 9]"),
    "resnet110": ("resnet20", "stages.depths=[18, 18, 18]"),
    "resnet1202": ("resnet20", "stages.depths=[200, 200, 200]"),
    "plain18": ("resnet18", "shortcut.type=none"),
    "plain34": ("resnet34", "shortcut.type=none"),
    "plain20": ("resnet20", "shortcut.type=none"),
    "plain56": ("resnet56", "shortcut.type=none"),
    "resnet50d": ("resnet50c", "shortcut.pool=avg"),
    "seresnext101d_32x8d": (
        "resnext50d_32x4d",
        "stages.depths=[3, 4, 23, 3]",
        "block.width_per_group=8",
        "attention=se",
    ),
    "seresnetaa50d": ("resnet50d", "attention=se", "antialias=avg"),
    "ecaresnet269d": ("seresnet269d", "attention=eca"),
    **{f"akamaster_resnet{n}": (f"resnet{n}", "shortcut.zeros=both") for n in (20, 32, 44, 56, 110, 1202)},
    **{f"kuangliu_resnet{n}": (f"resnet{n}", *FOR_CIFAR) for n in (18, 34, 50, 101, 152)},
    **{f"weiaicunzai_resnet{n}": (f"resnet{n}", *FOR_CIFAR, "head.classes=100") for n in (18, 34, 50, 101, 152)},
    **{
        f"kuangliu_preactresnet{n}": (f"resnet{n}", *FOR_CIFAR, "block.preactivation=true", "head.norm=false")
        for n in (18, 34, 50, 101, 152)
    },
    **{f"resnetv2_{n}": (f"resnet{n}", "block.preactivation=true") for n in (18, 34, 50, 101, 152)},
    **{
        f"resnetv2_{n}": (f"resnet{n}", "block.preactivation=true", "init.zero_residual=false")
        for n in ("18d", "34d", "50d", "101d", "152d", "50t")
    },
    "resnetv2_152x2_bit": (
        "resnetv2_152",
        "stem={channels: 128, pool: {type: max, padding: zero}}",
        "stages.widths=[128, 256, 512, 1024]",
        "conv={type: standardized, eps: 1.0e-8}",
        "norm=group",
    ),
    **{f"legacy_{name}": (name, *AS_IN_CAFFE) for name in ("seresnext50_32x4d", "seresnext101_32x4d", "senet154")},
    **{f"legacy_seresnet{n}": (f"seresnet{n}", *AS_IN_CAFFE, "block.stride_in=1x1") for n in (50, 101, 152)},
    "legacy_seresnet34": ("seresnet34", *AS_IN_CAFFE, "attention.position=activated"),
    "gcresnet33ts": ("resnet33ts", "attention={type: gca, position: inner}"),
    "gcresnext50ts": ("resnext26ts", "stages.depths=[3, 4, 6, 3]", "attention={type: gca, position: inner}"),
    "resnet101_clip": (
        "resnet101d",
        "stem.pool=avg",
        "antialias=avg",
        "head={pool: {type: attention}, classes: 512}",
    ),
    "res2net101d": ("resnet101d", "block={width_per_group: 26, conv3x3: {type: res2}}"),
    "res2next50": (
        "resnet26",
        "stages.depths=[3, 4, 6, 3]",
        "block={groups: 8, width_per_group: 4, conv3x3: {type: res2}}",
    ),
    "resnest200e": (
        "resnet200d",
        "stem.channels=[64, 64, 128]",
        "stages.depths=[3, 24, 36, 3]",
        "block={conv3x3: {type: split}, pool: after}",
    ),
    "skresnet50d": (
        "resnet50d",
        "block.conv3x3={type: selective, divisor: 8, split: true}",
        "init.zero_residual=false",
    ),
    "regnety_160": ("regnetx_120", "stages.regnet={depth: 18, initial: 200, slope: 106.23, multiplier: 2.48}", QUARTER),
    "regnety_004": ("regnety_006", "block.group_width=8", "stages.regnet={depth: 16, slope: 27.89, multiplier: 2.09}"),
    "regnetv_064": (
        "regnety_064",
        "activation=silu",
        "attention.activation=silu",
        "block.preactivation=true",
        "shortcut={source: activation, pool: avg}",
        "head={norm: false, activation: true}",
        "init.zero_residual=false",
    ),
    **{
        name: (other, "stages.regnet.rounding=torchvision", "init.zero_residual=false")
        for name, other in IN_TIMM.items()
    },
    "resnetrs50": ("resnet50d", "stem.pool=conv", "attention={type: se, ratio: 0.25}", "input.size=160"),
}
"""Network -> another network, and every difference between the two."""


def network(spec: Spec) -> Spec:
    """The spec without its name, prose and expectations."""
    return replace(spec, name="network", description=None, reference=None, expect=Expect())


@pytest.mark.parametrize("name", sorted(PARENTS))
def test_a_child_needs_its_parent(name: str) -> None:
    """Without its parent, a spec is invalid or a different network: it does not repeat what it inherits."""
    orphan = re.sub(r"^extends: .*$", "", TEXTS[name], count=1, flags=re.M)
    assert PARENTS[name] in bundled_specs()
    try:
        alone = loads(orphan)
    except SpecError:
        return
    assert network(alone) != network(load(name))


@pytest.mark.parametrize("name", CHANGES)
def test_a_variant_is_another_network_with_the_stated_changes(name: str) -> None:
    """Overriding the other network with the same changes gives the variant."""
    other, *changes = CHANGES[name]
    assert name in PARENTS
    assert network(load(other, overrides=changes)) == network(load(name))


@pytest.mark.parametrize(
    ("name", "block", "depths"), [("resnet18", "basic", [2, 2, 2, 2]), ("resnet50", "bottleneck", [3, 4, 6, 3])]
)
def test_the_imagenet_roots_spell_out_the_defaults(name: str, block: str, depths: list[int]) -> None:
    """resnet18 and resnet50 spell out the defaults, so the shortest specs give the same networks."""
    shortest = load({"name": name, "block": {"type": block}, "stages": {"depths": depths}})
    assert name not in PARENTS
    assert network(shortest) == network(load(name))
