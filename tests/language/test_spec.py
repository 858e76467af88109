"""From documents to specs: defaults, values per stage, and the origin of each value."""

import dataclasses
from typing import Any

import pytest

from resnet_dsl.language.spec import (
    Attention,
    Block,
    Conv,
    Conv3x3,
    Expect,
    Head,
    HeadPool,
    Init,
    Input,
    Norm,
    Origins,
    Shortcut,
    Spec,
    Stage,
    Stem,
    StemPool,
    default_stride,
    default_width,
)

from ..helpers import TINY, load, loads


def spec(text: str, *, stages: str = "depths: [1, 1]", type_: str = "basic") -> Spec:
    return loads(f"name: a\nblock: {{type: {type_}}}\nstages: {{{stages}}}\n{text}\n")


def test_the_defaults_are_the_imagenet_network_of_he_et_al() -> None:
    """A spec of three lines equals one with every default written out."""
    basic = Block(type="basic", expansion=1)
    expected = Spec(
        name="resnet18",
        version=1,
        description=None,
        reference=None,
        input=Input(channels=3, height=224, width=224),
        stem=Stem(
            channels=(64,), kernel=7, stride=2, strides=None, pool=StemPool(type="max", kernel=3, padding="ignore")
        ),
        conv=Conv(type="plain", eps=1e-6, bias=False),
        norm=Norm(type="batch", eps=1e-5, momentum=0.1, groups=32, group_width=0),
        activation="relu",
        antialias="none",
        shortcut=Shortcut(
            type="projection",
            when="shape_change",
            kernel=1,
            pool="none",
            source="input",
            zeros="end",
            norm=True,
        ),
        stages=(
            Stage(depth=2, width=64, stride=1, dilation=1, block=basic),
            Stage(depth=2, width=128, stride=2, dilation=1, block=basic),
            Stage(depth=2, width=256, stride=2, dilation=1, block=basic),
            Stage(depth=2, width=512, stride=2, dilation=1, block=basic),
        ),
        output_stride=None,
        drop_path=0.0,
        head=Head(
            norm=True,
            activation=True,
            conv=0,
            pool=HeadPool(type="avg", heads=None),
            dropout=0.0,
            classes=1000,
        ),
        init=Init(zero_residual=False),
        expect=Expect(params=None, macs=None, depth=None, output=None),
    )
    assert loads("{name: resnet18, block: {type: basic}, stages: {depths: [2, 2, 2, 2]}}") == expected


def test_defaults_of_blocks() -> None:
    """A bottleneck has expansion 4 and a single group by default."""
    expected = Block(
        type="bottleneck",
        expansion=4,
        groups=1,
        width_per_group=64,
        group_width=0,
        reduce_first=1,
        conv3x3=Conv3x3(type="plain"),
        stride_in="3x3",
        pool="none",
        dropout=0.0,
        preactivation=False,
        attention=Attention(type="none"),
    )
    assert [stage.block for stage in spec("", type_="bottleneck").stages] == [expected, expected]


def test_default_widths_double_and_default_strides_are_two() -> None:
    """The default widths and strides hold for up to 16 stages."""
    assert [default_width(index) for index in range(16)] == [64 * 2**index for index in range(16)]
    assert [default_stride(index) for index in range(16)] == [1] + 15 * [2]


def test_one_value_applies_to_all_stages() -> None:
    """A single value applies to all stages; a list gives each stage its own."""
    one = spec("attention: se", stages="depths: [1, 1], widths: 8, strides: 3, dilations: 2")
    assert [(s.width, s.stride, s.dilation, s.block.attention.type) for s in one.stages] == [(8, 3, 2, "se")] * 2
    text = "attention: [eca, {type: se, ratio: 0.5}]"
    two = spec(text, stages="depths: [1, 1], widths: [8, 9], strides: [3, 4], dilations: [2, 1]")
    assert [(s.width, s.stride, s.dilation, s.block.attention) for s in two.stages] == [
        (8, 3, 2, Attention(type="eca")),
        (9, 4, 1, Attention(type="se", ratio=0.5)),
    ]


def test_bottleneck_settings_do_not_affect_basic_blocks() -> None:
    """A value for all stages applies only to blocks that have the setting; default expansions depend on the type."""
    mixed = loads(
        "name: a\nblock: {type: [basic, bottleneck], groups: 32, width_per_group: 4}\nstages: {depths: [1, 1]}\n"
    )
    blocks = [stage.block for stage in mixed.stages]
    assert [(block.groups, block.width_per_group, block.expansion) for block in blocks] == [(1, 64, 1), (32, 4, 4)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input: {size: 32}", Input(height=32, width=32)),
        ("input: {size: [32, 48], channels: 1}", Input(channels=1, height=32, width=48)),
        ("stem: {channels: 8}", Stem(channels=(8,))),
        ("stem: {channels: [8, 16]}", Stem(channels=(8, 16))),
        ("norm: layer", Norm(type="layer", eps=1e-6)),
        ("norm: {type: layer, eps: 1e-5}", Norm(type="layer", eps=1e-5)),
        ("norm: {type: group, groups: 8}", Norm(type="group", groups=8)),
        ("norm: none", Norm(type="none")),
        ("conv: standardized", Conv(type="standardized")),
        ("conv: {type: standardized, eps: 1.0e-8}", Conv(type="standardized", eps=1e-8)),
        ("stem: {pool: avg}", Stem(pool=StemPool(type="avg", kernel=2))),
        ("stem: {pool: {type: avg, kernel: 3}}", Stem(pool=StemPool(type="avg", kernel=3))),
        ("head: {pool: max}", Head(pool=HeadPool(type="max"))),
        ("head: {pool: {type: attention, heads: 4}}", Head(pool=HeadPool(type="attention", heads=4))),
    ],
)
def test_short_forms(text: str, expected: Any) -> None:
    """Short forms expand to a square, a single convolution or a norm type; layer norm has its own default eps."""
    key = text.partition(":")[0]
    assert getattr(spec(text), key) == expected


def test_a_spec_is_frozen_and_equal_by_value() -> None:
    """The places of values in the text do not affect equality or hash."""
    one, two = loads(TINY), loads(f"# the same\n{TINY}")
    assert (one, hash(one)) == (two, hash(two))
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.name = "other"  # type: ignore[misc]


def test_origins_give_the_place_of_each_value() -> None:
    """A mapping has the place of its key; an unwritten value that of its enclosing key, or of the name."""
    origins = spec("stem: {channels: [8, 9]}", stages="depths: [1, 2], widths: 5").origins
    paths: dict[tuple[str | int, ...], str] = {
        ("name",): "a",
        ("stem",): "stem",
        ("stem", "channels"): "[8, 9]",
        ("stem", "channels", 1): "9",
        ("stem", "kernel"): "stem",
        ("stages", "depths", 1): "2",
        ("stages", "widths", 1): "5",
        ("stages", "strides", 1): "stages",
        ("head", "pool"): "a",
    }
    spans = {path: origins.span(*path) for path in paths}
    assert {path: span.text for path, span in spans.items() if span is not None} == paths


def test_a_spec_without_text_has_no_places() -> None:
    """Origins of a spec made in Python give no spans and no labels."""
    assert (Origins().span("name"), Origins().labels("name")) == (None, ())


def test_a_mapping_loads_like_text() -> None:
    """A dict with the same data gives the same spec as the text."""
    assert load({"name": "tiny", "block": {"type": "basic"}, "stages": {"depths": [1]}}) == loads(TINY)
