"""Each conversion of what RegNets, wide ResNets, ResNeSts and other relatives say, and of what is almost that."""

from collections.abc import Mapping
from typing import Any

import pytest

from resnet_dsl.language.checks.vocabulary.conversions import CONVERSIONS
from resnet_dsl.language.checks.vocabulary.lineage_conversions import is_regnet

Row = tuple[str, Any, Mapping[str, Any], Any]
"""The name of a conversion, the value, the rest of the document, and what that becomes."""

FOUR = {"stages": {"depths": [3, 4, 6, 3]}}
REGNET = {"w0": 24}
RULE = {"depth": 13, "w0": 24, "wa": 36.44, "wm": 2.49}
OWN_RULE = {"depth": 13, "initial": 24, "slope": 36.44, "multiplier": 2.49}
INNER = {"block": {"expansion": 1}}

RULES: list[Row] = [
    ("number_of_rule", 24, RULE, {**INNER, "stages": {"regnet": OWN_RULE, "strides": 2}}),
    ("number_of_rule", 24, {"stages": RULE}, {**INNER, "stages": {"regnet": OWN_RULE, "strides": 2}}),
    ("number_of_rule", 24, {"regnet": RULE}, {**INNER, "stages": {"regnet": OWN_RULE, "strides": 2}}),
    ("number_of_rule", 24, {"stages": {"regnet": RULE}}, {"stages": {"regnet": OWN_RULE}}),
    ("number_of_rule", 24, {"extends": "resnet50", "w0": 24}, {"stages": {"regnet": {"initial": 24}}}),
    ("number_of_rule", "24", RULE, None),
    ("number_of_rule", True, RULE, None),
    ("number_of_rule", 13, {"depth": 13}, None),
    ("number_of_rule", 13, {}, None),
    ("number_of_rule", 24, {"w0": "24"}, None),
    ("number_of_rule", 24, {"w0": 24, "wa": "36"}, {**INNER, "stages": {"regnet": {"initial": 24}, "strides": 2}}),
    ("number_of_rule", 24, {**RULE, **FOUR}, {**INNER, "stages": {"regnet": OWN_RULE, "strides": 2}}),
    ("number_of_rule", 24, {"depth": 13, "w0": 24, "wa": 36.44, **FOUR}, None),
    ("number_of_rule", 24, {**REGNET, "strides": 1}, {**INNER, "stages": {"regnet": {"initial": 24}}}),
    ("number_of_rule", 24, {**REGNET, "Stride": 1}, {**INNER, "stages": {"regnet": {"initial": 24}}}),
    ("number_of_rule", 24, {**REGNET, "stages": {"stride": 1}}, {**INNER, "stages": {"regnet": {"initial": 24}}}),
    *(
        ("number_of_rule", 24, {**REGNET, **beside}, {"stages": {"regnet": {"initial": 24}, "strides": 2}})
        for word in ("expansion", "bottle_ratio", "bottleneck_ratio", "bot_mul", "bottleneck_multiplier")
        for beside in ({word: 1}, {"block": {word: 1}}, {"regnet": {word: 1}})
    ),
    (
        "number_of_rule",
        24,
        {**REGNET, "stages": {"bot_mul": 1}},
        {**INNER, "stages": {"regnet": {"initial": 24}, "strides": 2}},
    ),
    *(
        ("number_of_rule", 5, {"extends": "regnetx_002", "wm": 2.5, word: 5}, {"stages": {"regnet": rule}})
        for word, rule in {
            "depth": {"multiplier": 2.5, "depth": 5},
            "d": {"multiplier": 2.5, "depth": 5},
            "w0": {"multiplier": 2.5, "initial": 5},
            "initial": {"multiplier": 2.5, "initial": 5},
            "initial_width": {"multiplier": 2.5, "initial": 5},
            "wa": {"multiplier": 2.5, "slope": 5},
            "slope": {"multiplier": 2.5, "slope": 5},
            "width_slope": {"multiplier": 2.5, "slope": 5},
            "multiplier": {"multiplier": 5},
            "WM": {"multiplier": 5},
            "w1": {"multiplier": 2.5},
        }.items()
    ),
]

REGNETS: list[Row] = [
    ("if_regnet", 0.25, REGNET, 0.25),
    ("if_regnet", 0.25, {}, None),
    ("preactivated_regnet", False, REGNET, None),
    ("preactivated_regnet", 1, REGNET, None),
    ("preactivated_regnet", True, {}, None),
    (
        "preactivated_regnet",
        True,
        REGNET,
        {
            "block": {"preactivation": True},
            "shortcut": {"source": "activation"},
            "head": {"norm": False, "activation": True},
        },
    ),
    (
        "end_of_preactivation",
        True,
        {"block": {"preactivation": True}},
        {"head": {"norm": True, "activation": True}},
    ),
    (
        "end_of_preactivation",
        False,
        {"block": {"preactivation": True}},
        {"head": {"norm": False, "activation": False}},
    ),
    ("end_of_preactivation", 1, {"block": {"preactivation": True}}, None),
    ("end_of_preactivation", True, {"block": {"preactivation": False}}, None),
    ("end_of_preactivation", True, {"block": {"preactivation": 1}}, None),
    ("end_of_preactivation", True, {}, None),
    ("expansion_of_ratio", 0.25, {}, 4),
    ("expansion_of_ratio", 1, {}, 1.0),
    ("expansion_of_ratio", 1.5, {}, None),
    ("expansion_of_ratio", 4, {}, None),
    ("expansion_of_ratio", "0.25", {}, None),
    ("last_conv", 1280, {}, 1280),
    ("last_conv", 512, {}, None),
    ("last_conv", 2048, {}, None),
    ("last_conv", 512, REGNET, 512),
    ("last_conv", 2048, REGNET, 2048),
    ("last_conv", 513, {}, 513),
    ("last_conv", 2049, {}, 2049),
    ("last_conv", "wide", {}, "wide"),
    ("least_ratio", 0, {}, "pycls"),
    ("least_ratio", 0.0, {}, "pycls"),
    ("least_ratio", 0.9, {}, "torchvision"),
    ("least_ratio", 1, {}, None),
    ("least_ratio", 0.8, {}, None),
    ("least_ratio", "0.9", {}, None),
    ("least_ratio", [0.9], {}, None),
]

BLOCKS: list[Row] = [
    ("pooled_block", True, {}, "after"),
    ("pooled_block", False, {}, "none"),
    ("pooled_block", True, {"avd_first": True}, "before"),
    ("pooled_block", True, {"avd_first": False}, "after"),
    ("pooled_block", True, {"avd_first": 1}, "after"),
    ("pooled_block", True, {"avd": True}, "after"),
    ("pooled_block", True, {"stages": {"avd_first": True}}, "before"),
    ("pooled_block", False, {"avd_first": True}, "none"),
    ("pooled_block", True, {"block": {"pool": "before"}}, "before"),
    ("pooled_block", True, {"block": {"pool": "after"}}, "after"),
    ("pooled_block", 1, {}, None),
    ("pooled_block", "true", {}, None),
    ("selective_kernel", {"rd_ratio": 0.1}, {}, {"type": "selective", "rd_ratio": 0.1}),
    ("selective_kernel", {}, {}, {"type": "selective"}),
    ("selective_kernel", {"type": "plain"}, {}, {"type": "plain"}),
    ("selective_kernel", True, {}, None),
    ("selective_kernel", ["rd_ratio"], {}, None),
    ("width_of_splits", 26, {"scale": 4}, 26),
    ("width_of_splits", 26, {"Scales": 4}, 26),
    ("width_of_splits", 26, {"block": {"conv3x3": {"type": "res2"}}}, 26),
    ("width_of_splits", 26, {"block": {"conv3x3": {"type": "split"}}}, None),
    ("width_of_splits", 26, {"block": {"conv3x3": "res2"}}, None),
    ("width_of_splits", 26, {"scaling": 4}, None),
    ("width_of_splits", 26, {}, None),
    ("wide_dropout", 0.3, {"widen_factor": 10}, 0.3),
    ("wide_dropout", 0.3, {"widening_factor": 10}, 0.3),
    ("wide_dropout", 0.3, {"dropRate": 0.3}, 0.3),
    ("wide_dropout", 0.3, {"drop_rate": 0.3}, None),
    ("wide_dropout", 0.3, {"droprate": 0.3}, None),
    ("wide_dropout", 0.3, {"widen": 10}, None),
    ("wide_depth", 28, {"depth": 28, "widen_factor": 10}, {"stages": {"depths": [4, 4, 4], "widths": [160, 320, 640]}}),
    (
        "wide_depth",
        28,
        {"depth": 28, "Widening-Factor": 10},
        {"stages": {"depths": [4, 4, 4], "widths": [160, 320, 640]}},
    ),
    ("wide_depth", 10, {"depth": 10, "widen_factor": 2}, {"stages": {"depths": [1, 1, 1], "widths": [32, 64, 128]}}),
    ("wide_depth", 4, {"depth": 4, "widen_factor": 2}, None),
    ("wide_depth", 16, {"depth": 16, "stages": {"depths": [2, 2, 2]}}, {"stages": {"depths": [2, 2, 2]}}),
    ("wide_depth", 4, {"depth": 4, "stages": {"depths": [0, 0, 0]}}, None),
    ("wide_depth", 16, {"depth": 16, "widen_factor": 2, "stages": {"depths": [2, 2, 1]}}, None),
    ("wide_depth", 16, {"depth": 16, "widen_factor": 2, "stages": None}, None),
    ("wide_depth", 16, {"depth": 16}, None),
    ("wide_depth", 16, {"depth": 16, "widen_factor": 0}, None),
    ("wide_depth", 16, {"depth": 16, "widen_factor": "2"}, None),
    ("wide_depth", 16, {"depth": 16, "width": 2}, None),
    ("wide_depth", 26, {"depth": 26, "widen_factor": 2}, None),
    ("wide_depth", 29, {"depth": 29, "widen_factor": 2}, None),
    ("wide_depth", 28, {"depth": "28", "widen_factor": 2}, None),
    ("wide_depth", 28, {"widen_factor": 2}, None),
]


def plugin(**others: Any) -> list[Any]:
    """mmdetection's list of plugins, of one ContextBlock."""
    return [{"cfg": {"type": "ContextBlock", "ratio": 0.0625}, "position": "after_conv3", **others}]


GCA = {"type": "gca", "ratio": 0.0625}
CONTEXTS: list[Row] = [
    ("context_blocks", plugin(), {}, {"attention": GCA}),
    ("context_blocks", plugin(stages=None), {}, {"attention": GCA}),
    ("context_blocks", plugin(stages=[False, True, 1]), {}, {"attention": ["none", GCA, "none"]}),
    ("context_blocks", plugin(stages=3), {}, None),
    ("context_blocks", plugin(position="after_conv2"), {}, None),
    ("context_blocks", plugin(cfg={"type": "ContextBlock"}), {}, None),
    ("context_blocks", plugin(cfg={"type": "NonLocal2d", "ratio": 0.0625}), {}, None),
    ("context_blocks", plugin() * 2, {}, None),
    ("context_blocks", [{"cfg": {"type": "ContextBlock", "ratio": 0.0625}}], {}, None),
    ("context_blocks", [], {}, None),
    ("context_blocks", {"ratio": 0.0625}, {}, {"attention": GCA}),
    ("context_blocks", {"ratio": 0.0625, "fusion": 1}, {}, {"attention": GCA}),
    ("context_blocks", {"reduction": 16}, {}, None),
    ("context_blocks", 0.0625, {}, None),
]


def grid(stage: int, *dilations: int) -> dict[str, Any]:
    """The blocks of a stage, from 1, with these dilations."""
    return {"blocks": {f"layer{stage}.{index}": {"dilation": each} for index, each in enumerate(dilations)}}


def with_grid(**stages: Any) -> dict[str, Any]:
    """A document with this said of its stages, of which the last has two blocks."""
    return {"stages": {"depths": [1, 1, 1, 2], **stages}}


DILATIONS: list[Row] = [
    ("last_dilations", [1, 2], with_grid(), grid(4, 1, 2)),
    ("last_dilations", [1, 2, 4], {"stages": {"depths": [3]}}, grid(1, 1, 2, 4)),
    ("last_dilations", [1, 2, 4], with_grid(), None),
    ("last_dilations", [1], with_grid(), None),
    ("last_dilations", [1, 0], with_grid(), None),
    ("last_dilations", [1, "2"], with_grid(), None),
    ("last_dilations", 2, with_grid(), None),
    ("last_dilations", [1, 2], {"stages": {"depths": 2}}, None),
    ("last_dilations", [1, 2], {}, None),
    ("last_dilations", [], {"stages": {"depths": []}}, None),
    ("last_dilations_times", [1, 2], with_grid(), grid(4, 1, 2)),
    ("last_dilations_times", [1, 2], with_grid(output_stride=32), grid(4, 1, 2)),
    ("last_dilations_times", [1, 2], with_grid(output_stride=16), grid(4, 2, 4)),
    ("last_dilations_times", [1, 2], with_grid(output_stride=8), grid(4, 4, 8)),
    ("last_dilations_times", [1, 2], with_grid(output_stride=64), grid(4, 1, 2)),
    ("last_dilations_times", [1, 2], with_grid(output_stride=0), grid(4, 1, 2)),
    ("last_dilations_times", [1, 2], with_grid(output_stride="16"), grid(4, 1, 2)),
    ("last_dilations_times", [1, 2], with_grid(dilations=[1, 1, 4, 2]), grid(4, 2, 4)),
    ("last_dilations_times", [1, 2], with_grid(dilations=4), grid(4, 4, 8)),
    ("last_dilations_times", [1, 2], with_grid(dilations=[]), grid(4, 1, 2)),
    ("last_dilations_times", [1, 2], with_grid(dilations="4"), None),
    ("last_dilations_times", [1, 2], with_grid(output_stride=16, dilations=4), grid(4, 2, 4)),
    ("last_dilations_times", [1, 2], {**with_grid(), "res5_dilation": 2}, grid(4, 2, 4)),
    ("last_dilations_times", [1, 2], {**with_grid(dilations=4), "res5_dilation": 2}, grid(4, 2, 4)),
    ("last_dilations_times", [1, 2], {**with_grid(), "res4_dilation": 2}, grid(4, 1, 2)),
    ("last_dilations_times", [1, 2], {**with_grid(), "res5_dilation": "2"}, None),
    ("last_dilations_times", [1, 2, 4], with_grid(output_stride=16), None),
    ("last_dilations_times", [1, 2], {"stages": {"output_stride": 16}}, None),
    ("last_dilations_times", [1], {"stages": {"depths": [1] * 16, "output_stride": 2}}, grid(16, 65536)),
    ("last_dilations_times", [1], {"stages": {"depths": [1] * 17, "output_stride": 2}}, grid(17, 1)),
    (
        "uncontracted",
        False,
        with_grid(dilations=[1, 1, 2, 4]),
        {"blocks": {"layer3.0": {"dilation": 2}, "layer4.0": {"dilation": 4}}},
    ),
    ("uncontracted", False, with_grid(dilations=[2, 2, 1, 2]), {"blocks": grid(1, 2)["blocks"] | grid(4, 2)["blocks"]}),
    ("uncontracted", False, with_grid(dilations=[1, 1, 1, 1]), {"blocks": {}}),
    ("uncontracted", True, with_grid(dilations=[1, 1, 2, 4]), None),
    ("uncontracted", 0, with_grid(dilations=[1, 1, 2, 4]), None),
    ("uncontracted", False, with_grid(dilations=[1, 1, "2", 4]), None),
    ("uncontracted", False, with_grid(dilations=[1, 1, 0, 4]), None),
    ("uncontracted", False, with_grid(dilations=2), None),
    ("uncontracted", False, with_grid(), None),
]


def stage(**settings: Any) -> dict[str, Any]:
    """timm's ByoBlockCfg of a stage with these settings."""
    return {"type": "bottle", "d": 2, "c": 64, "s": 1, "gs": 0, "br": 0.25, **settings}


def same(expansion: Any = 4, *, type_: Any = "bottleneck", **others: Any) -> dict[str, Any]:
    """The fragment for one such stage, of 64 output channels."""
    settings = {"type": type_, "expansion": expansion, **others}
    return {"block": settings, "stages": {"depths": [2], "widths": [64 // expansion], "strides": [1]}}


CONFIGURATIONS: list[Row] = [
    ("blocks_of_stages", [stage()], {}, same()),
    ("blocks_of_stages", [stage(type="basic", br=1)], {}, same(1, type_="basic")),
    ("blocks_of_stages", [stage(type="Bottle", br=0.5)], {}, same(2)),
    ("blocks_of_stages", [stage(gs=16)], {}, same(group_width=16)),
    (
        "blocks_of_stages",
        [{"type": "basic", "d": 1, "c": 48}, stage(d=3, c=128, s=2, gs=16)],
        {},
        {
            "block": {"type": ["basic", "bottleneck"], "expansion": [1, 4], "group_width": [0, 16]},
            "stages": {"depths": [1, 3], "widths": [48, 32], "strides": [2, 2]},
        },
    ),
    ("blocks_of_stages", [stage(br=2)], {}, None),
    ("blocks_of_stages", [stage(br=0.4)], {}, None),
    ("blocks_of_stages", [stage(br="1")], {}, None),
    ("blocks_of_stages", [stage(c=0)], {}, None),
    ("blocks_of_stages", [stage(c="64")], {}, None),
    ("blocks_of_stages", [stage(), stage(br=0.4)], {}, None),
    ("blocks_of_stages", [stage(), stage(c="64")], {}, None),
    ("blocks_of_stages", [stage(type="self_attn")], {}, None),
    ("blocks_of_stages", [stage(), stage(type="self_attn")], {}, None),
    ("blocks_of_stages", [stage(attn_layer="se")], {}, None),
    ("blocks_of_stages", [{"type": "bottle", "d": 2}], {}, None),
    ("blocks_of_stages", [{"d": 2, "c": 64}], {}, None),
    ("blocks_of_stages", [{"type": "bottle", "c": 64}], {}, None),
    ("blocks_of_stages", [stage(), 3], {}, None),
    ("blocks_of_stages", [], {}, None),
    ("blocks_of_stages", stage(), {}, None),
    ("blocks_of_stages", 4, {}, None),
]


@pytest.mark.parametrize(
    ("name", "value", "document", "expected"),
    [*RULES, *REGNETS, *BLOCKS, *CONTEXTS, *DILATIONS, *CONFIGURATIONS],
)
def test_what_a_relative_says_gives_its_counterpart_or_nothing(
    name: str, value: Any, document: Mapping[str, Any], expected: Any
) -> None:
    """The whole fragment, in this order and with numbers of this type; None for a value that says something else."""
    assert repr(CONVERSIONS[name](value, document)) == repr(expected)


@pytest.mark.parametrize(
    "document",
    [
        *(
            {word: 1}
            for word in ("w0", "wa", "wm", "initial_width", "width_slope", "group_w", "se_on", "BOT_MUL", "regnet")
        ),
        {"extends": "regnetx_002"},
        {"stages": {"regnet": None}},
        {"stages": {"w0": 24}},
        {"regnet": {"wa": 24}},
        {"stages": {"regnet": {"wm": 2}}},
    ],
)
def test_a_document_is_of_a_regnet_by_its_words(document: Mapping[str, Any]) -> None:
    """By those that only RegNets have, in any place that has the numbers of their rule, or by its parent."""
    assert is_regnet(document)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"extends": "resnet50"},
        {"name": "regnetx_002"},
        {"slope": 1, "depth": 13, "multiplier": 2, "d": 13, "initial": 24},
        {"stages": {"depths": [1]}},
        {"block": {"w0": 24}},
        {"stages": ["w0", "regnet"]},
    ],
)
def test_other_documents_are_of_no_regnet(document: Mapping[str, Any]) -> None:
    """Words that others have too say nothing."""
    assert not is_regnet(document)
