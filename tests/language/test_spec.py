"""Documents to specs: defaults, values per stage, and where each value came from."""

import dataclasses
from typing import Any

import pytest

from resnet_dsl.language.spec import (
    Attention,
    Block,
    Expect,
    Head,
    Init,
    Input,
    Norm,
    Origins,
    Shortcut,
    Spec,
    Stage,
    Stem,
    default_stride,
    default_width,
)

from ..helpers import TINY, load, loads


def spec(text: str, *, stages: str = "depths: [1, 1]", type_: str = "basic") -> Spec:
    return loads(f"name: a\nblock: {{type: {type_}}}\nstages: {{{stages}}}\n{text}\n")


def test_every_default_is_the_imagenet_network_of_he_et_al() -> None:
    """A spec of three lines says as much as one that says it all."""
    basic = Block(type="basic", expansion=1)
    expected = Spec(
        name="resnet18",
        version=1,
        description=None,
        reference=None,
        input=Input(channels=3, height=224, width=224),
        stem=Stem(channels=(64,), kernel=7, stride=2, pool="max"),
        norm=Norm(type="batch", eps=1e-5, momentum=0.1, groups=32),
        activation="relu",
        antialias="none",
        shortcut=Shortcut(type="projection", when="shape_change", kernel=1, pool="none"),
        stages=(
            Stage(depth=2, width=64, stride=1, dilation=1, block=basic),
            Stage(depth=2, width=128, stride=2, dilation=1, block=basic),
            Stage(depth=2, width=256, stride=2, dilation=1, block=basic),
            Stage(depth=2, width=512, stride=2, dilation=1, block=basic),
        ),
        output_stride=None,
        drop_path=0.0,
        head=Head(pool="avg", dropout=0.0, classes=1000),
        init=Init(zero_residual=False),
        expect=Expect(params=None, macs=None, depth=None, output=None),
    )
    assert loads("{name: resnet18, block: {type: basic}, stages: {depths: [2, 2, 2, 2]}}") == expected


def test_defaults_of_blocks() -> None:
    """A bottleneck widens four times, and groups nothing."""
    expected = Block(
        type="bottleneck",
        expansion=4,
        groups=1,
        width_per_group=64,
        reduce_first=1,
        stride_in="3x3",
        preactivation=False,
        attention=Attention(type="none", ratio=0.0625),
    )
    assert [stage.block for stage in spec("", type_="bottleneck").stages] == [expected, expected]


def test_default_widths_double_and_default_strides_halve() -> None:
    """For as many stages as there may be."""
    assert [default_width(index) for index in range(16)] == [64 * 2**index for index in range(16)]
    assert [default_stride(index) for index in range(16)] == [1] + 15 * [2]


def test_one_value_stands_for_all_stages() -> None:
    """A list gives each stage its own."""
    one = spec("attention: se", stages="depths: [1, 1], widths: 8, strides: 3, dilations: 2")
    assert [(s.width, s.stride, s.dilation, s.block.attention.type) for s in one.stages] == [(8, 3, 2, "se")] * 2
    text = "attention: [eca, {type: se, ratio: 0.5}]"
    two = spec(text, stages="depths: [1, 1], widths: [8, 9], strides: [3, 4], dilations: [2, 1]")
    assert [(s.width, s.stride, s.dilation, s.block.attention) for s in two.stages] == [
        (8, 3, 2, Attention(type="eca")),
        (9, 4, 1, Attention(type="se", ratio=0.5)),
    ]


def test_what_is_said_of_bottlenecks_leaves_basic_blocks_alone() -> None:
    """A value for all stages means those stages that have the thing; expansions differ by type."""
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
    ],
)
def test_short_forms(text: str, expected: Any) -> None:
    """A number stands for a square, one convolution or the type of a norm; layer norm has an eps of its own."""
    key = text.partition(":")[0]
    assert getattr(spec(text), key) == expected


def test_a_spec_is_frozen_and_equal_by_value() -> None:
    """Where its values stand in a text is no part of it."""
    one, two = loads(TINY), loads(f"# the same\n{TINY}")
    assert (one, hash(one)) == (two, hash(two))
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.name = "other"  # type: ignore[misc]


def test_origins_know_where_each_value_stands() -> None:
    """Of a mapping the key; of what is not written, what is written around it, or the name."""
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


def test_a_spec_without_a_text_has_no_places() -> None:
    """Nothing is invented."""
    assert (Origins().span("name"), Origins().labels("name")) == (None, ())


def test_data_of_a_mapping_load_like_text() -> None:
    """Python callers may say a spec as a dict."""
    assert load({"name": "tiny", "block": {"type": "basic"}, "stages": {"depths": [1]}}) == loads(TINY)
