"""Preferred values, key by key: which of them weights allow, and what then becomes of the spec."""

from functools import cache
from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.open_values import values_by_key
from resnet_dsl.checkpoints.recognition.recognition import recognise

from ..helpers import plain
from ..strategies import Document
from .test_recognition import network, state

NETWORKS: dict[str, Document] = {
    "bottleneck": network([2, 1], block="bottleneck"),
    "preactivated": network([2, 1], block={"type": "bottleneck", "preactivation": True}),
    "instance": network([2, 1], norm="instance"),
    "padded": network([2, 1], shortcut={"type": "padding"}),
    "grouped": network([2, 1], norm={"type": "group", "groups": 4}),
    "normless": network([2, 1], norm="none"),
    "se": network([2, 1], attention="se", stages={"widths": [64, 128]}),
    "eca": network([2, 1], attention="eca", stages={"widths": [64, 128]}),
    "split": network([2, 1], block={"type": "bottleneck", "conv3x3": "split"}),
    "split once": network([2, 1], block={"type": "bottleneck", "conv3x3": {"type": "split", "radix": 1}}),
    "split in groups": network([2, 1], block={"type": "bottleneck", "groups": 2, "conv3x3": ["plain", "split"]}),
    "selective": network([2, 1], block={"type": "bottleneck", "conv3x3": "selective"}),
    "biased": network([2, 1], conv={"type": "plain", "bias": True}),
    "pooled by attention": network([1, 1], block="bottleneck", head={"pool": "attention"}),
    "single": network([1, 1], stages={"widths": 8, "strides": [2, 2]}),
    "large projections": network([2, 2], shortcut={"kernel": 3}, stages={"strides": [1, 2]}),
    "filtered": network([1, 1], stem={"channels": 8, "pool": "conv"}, antialias="blur"),
    "small stem": network([1, 1], stem={"channels": 8, "kernel": 3}),
    "deep stem": network([1, 1], stem={"channels": [4, 8], "kernel": 3}),
    "mixed": network([1, 1], block={"type": ["basic", "bottleneck"]}),
    "headless": network([1, 1], head={"classes": 0}),
    "filter of one weight": network([1, 1], stages={"widths": [8, 1]}, head={"conv": 4}),
    "attention of one channel": network([1, 1], attention={"type": "se", "ratio": 0.125}),
    "prelu": network([1, 1], activation="prelu"),
}

REASONS = {
    "conv.type": "weights are standardised anew in every pass",
    "conv.eps": "eps is not among the weights",
    "block.pool": "pooling has no weights",
    "block.dropout": "dropout has no weights",
    "stages.output_stride": "shapes do not reveal dilations",
    "drop_path": "drop path has no weights",
    "head.dropout": "dropout has no weights",
    "init.zero_residual": "weights do not reveal how they were initialised",
    "stem.strides": "shapes do not reveal strides",
    "stages.dilations": "shapes do not reveal dilations",
    "norm.eps": "eps is not among the weights",
    "norm.momentum": "momentum is not among the weights",
    "shortcut.source": "both are of the same shape",
    "head.activation": "activations have no weights",
    "shortcut.norm": "instance norm has no weights",
    "head.norm": "instance norm has no weights",
    "shortcut.zeros": "padding has no weights",
    "attention.position": "shapes are the same elsewhere in the block",
    "attention.activation": "activations have no weights",
    "block.stride_in": "shapes do not reveal which convolution strides",
    "head.pool.heads": "shapes do not reveal heads",
}
"""Why keys are open that are written only because another value than the usual one is preferred."""

TAKEN = [
    ("bottleneck", "{conv.type: standardized}"),
    ("bottleneck", "{conv.type: standardized, conv.eps: 1.0e-08}"),
    ("bottleneck", "{block.dropout: 0.1}"),
    ("bottleneck", "{stages.output_stride: 8}"),
    ("bottleneck", "{drop_path: 0.2}"),
    ("bottleneck", "{head.dropout: 0.5}"),
    ("bottleneck", "{init.zero_residual: true}"),
    ("bottleneck", "{activation: silu}"),
    ("bottleneck", "{antialias: blur}"),
    ("bottleneck", "{stem.pool: none}"),
    ("bottleneck", "{stem.pool: {type: max, kernel: 2}}"),
    ("bottleneck", "{block.stride_in: 1x1}"),
    ("bottleneck", "{stages.strides: [2, 2]}"),
    ("bottleneck", "{stages.dilations: 2}"),
    ("bottleneck", "{stages.dilations: [4, 1]}"),
    ("bottleneck", "{input.size: 64}"),
    ("bottleneck", "{input.size: [64, 32]}"),
    ("bottleneck", "{head.pool: max}"),
    ("bottleneck", "{head.pool: avgmax}"),
    ("bottleneck", "{input.size: 16}"),
    ("bottleneck", "{input.size: 17}"),
    ("bottleneck", "{input.size: [17, 16]}"),
    ("preactivated", "{shortcut.source: activation}"),
    ("preactivated", "{head.activation: false}"),
    ("instance", "{shortcut.norm: false}"),
    ("instance", "{block.preactivation: true}"),
    ("instance", "{block.preactivation: true, head.norm: false}"),
    ("instance", "{block.preactivation: true, head.norm: false, head.activation: true}"),
    ("instance", "{block.preactivation: true, head.activation: false, shortcut.source: activation}"),
    ("padded", "{shortcut.zeros: both}"),
    ("padded", "{shortcut.type: none}"),
    ("grouped", "{norm: {type: group, groups: 4}}"),
    ("normless", "{block.preactivation: true}"),
    ("split", "{block.pool: before}"),
    ("split", "{stages.strides: [2, 1]}"),
    ("split once", "{block.pool: after}"),
    ("split in groups", "{block.pool: after}"),
    ("biased", "{conv.type: standardized}"),
    ("biased", "{conv.type: standardized, conv.eps: 1.0e-08}"),
    ("pooled by attention", "{antialias: none}"),
    ("pooled by attention", "{stem.pool: max}"),
    ("pooled by attention", "{input.size: [128, 32]}"),
    ("pooled by attention", "{input.size: [64, 64]}"),
    ("pooled by attention", "{input.size: 63}"),
    ("single", "{shortcut.when: first}"),
    ("large projections", "{stages.strides: [1, 1], stages.dilations: [1, 2]}"),
    ("large projections", "{stages.strides: [1, 3]}"),
    ("large projections", "{stages.dilations: 2}"),
    ("large projections", "{stages.output_stride: 4}"),
    ("filtered", "{antialias: avg}"),
    ("small stem", "{stem.pool: avg}"),
    ("small stem", "{stem.pool: {type: avg, kernel: 3}}"),
    ("small stem", "{stem.pool: {type: max, padding: zero}}"),
    ("small stem", "{stem.stride: 2, input.size: 48}"),
    ("deep stem", "{stem.stride: 3}"),
    ("mixed", "{block.stride_in: 1x1}"),
    ("headless", "{head.pool: catavgmax}"),
    ("headless", "{head.pool: max}"),
    ("attention of one channel", "{conv.type: standardized}"),
]
"""Preferred values that are taken, and change nothing else."""

PASSED_OVER = [
    ("filter of one weight", "{conv.type: standardized, conv.eps: 1.0e-08}"),
    ("bottleneck", "{conv.eps: 1.0e-08}"),
    ("bottleneck", "{stages.output_stride: 3}"),
    ("bottleneck", "{head.norm: false}"),
    ("bottleneck", "{head.activation: false}"),
    ("bottleneck", "{stem.strides: [1, 2]}"),
    ("bottleneck", "{norm: group}"),
    ("bottleneck", "{stages.widths: [16, 16]}"),
    ("bottleneck", "{block.width_per_group: 32}"),
    ("bottleneck", "{block.reduce_first: 2}"),
    ("bottleneck", "{block.groups: 2}"),
    ("bottleneck", "{block.group_width: 8}"),
    ("bottleneck", "{block.preactivation: true}"),
    ("bottleneck", "{shortcut.zeros: both}"),
    ("bottleneck", "{shortcut.source: activation}"),
    ("bottleneck", "{shortcut.norm: false}"),
    ("bottleneck", "{attention: se}"),
    ("bottleneck", "{attention.position: inner}"),
    ("bottleneck", "{shortcut.when: always}"),
    ("bottleneck", "{norm: {type: batch, eps: 1.0e-05}}"),
    ("bottleneck", "{stem.channels: 4, head.classes: 7, input.channels: 1, stem.kernel: 3, head.conv: 5}"),
    ("bottleneck", "{drop_path: 0}"),
    ("bottleneck", "{block.pool: none}"),
    ("bottleneck", "{conv.type: plain}"),
    ("bottleneck", "{init.zero_residual: false}"),
    ("bottleneck", "{blocks: {layer1.0: {dropout: null}, layer2.*: null}}"),
    ("preactivated", "{head.norm: false}"),
    ("preactivated", "{block.preactivation: false}"),
    ("instance", "{norm: {type: group, eps: 0.001}}"),
    ("instance", "{norm: batch}"),
    ("instance", "{shortcut.norm: true}"),
    ("padded", "{shortcut.type: projection}"),
    ("padded", "{shortcut.zeros: end}"),
    ("grouped", "{norm: {type: group, groups: 3}}"),
    ("grouped", "{norm: group}"),
    ("normless", "{norm: instance}"),
    ("normless", "{norm: none}"),
    ("normless", "{conv.bias: true}"),
    ("se", "{attention: se}"),
    ("se", "{attention: eca}"),
    ("se", "{attention: {type: se, divisor: 8}}"),
    ("se", "{attention: [se, none]}"),
    ("se", "{attention: {type: se, activation: prelu}}"),
    ("eca", "{attention.kernel: 5}"),
    ("eca", "{attention: {type: eca, kernel: 7}}"),
    ("eca", "{attention.activation: silu}"),
    ("split", "{block.conv3x3: split}"),
    ("split once", "{block.conv3x3: {type: split, radix: 4}}"),
    ("split in groups", "{block.groups: [2, 2]}"),
    ("selective", "{block.conv3x3: {type: selective, split: true}}"),
    ("selective", "{block.conv3x3: [selective, {type: selective, divisor: 8}]}"),
    ("selective", "{block.conv3x3: {type: selective, divisor: 16}}"),
    ("selective", "{block.conv3x3: split}"),
    ("selective", "{block.conv3x3: selective, block.groups: 2}"),
    ("biased", "{conv.bias: false}"),
    ("biased", "{conv.eps: 1.0e-08}"),
    ("biased", "{conv.bias: true}"),
    ("pooled by attention", "{head.pool: {type: attention, heads: 7}}"),
    ("pooled by attention", "{head.pool: max}"),
    ("pooled by attention", "{head.pool: {type: attention, heads: 1}}"),
    ("single", "{shortcut.kernel: 3}"),
    ("single", "{shortcut.pool: avg}"),
    ("single", "{shortcut.type: none}"),
    ("large projections", "{stages.strides: [2, 1]}"),
    ("filtered", "{antialias: none}"),
    ("filtered", "{stem.pool: avg}"),
    ("deep stem", "{stem.strides: [2]}"),
    ("mixed", "{block.type: basic}"),
    ("mixed", "{block.expansion: [2, 4]}"),
    ("headless", "{head.pool: attention}"),
    ("prelu", "{activation: silu}"),
    ("prelu", "{activation: prelu}"),
]
"""Values that weights rule out, that have no effect, or that are the usual ones of keys that are not written."""

OTHERWISE = [
    ("bottleneck", "{block.pool: after}", "{block.pool: after, block.stride_in: null}", "block.pool", "block.pool"),
    ("bottleneck", "{stem.stride: 1}", "{input.size: 32, stem.stride: 1}", "stem.stride", ""),
    ("bottleneck", "{stem.strides: [1]}", "{stem.strides: [1], stem.stride: null}", "stem.strides", "stem.strides"),
    ("bottleneck", "{stages.strides: [2]}", "{stages.strides: [2, 2]}", "", ""),
    ("bottleneck", "{stages.strides: 2}", "{stages.strides: [2, 2]}", "stages.strides", ""),
    (
        "bottleneck",
        "{norm: {type: batch, eps: 0.001, momentum: 0.01}}",
        "{norm: {type: batch, eps: 0.001, momentum: 0.01}}",
        "",
        "norm.eps norm.momentum",
    ),
    ("bottleneck", "{norm: batch, norm.eps: 0.001}", "{norm: {type: batch, eps: 0.001}}", "norm.eps", "norm.eps"),
    ("bottleneck", "{norm.eps: 0.001}", "{norm: {type: batch, eps: 0.001}}", "norm.eps", "norm.eps"),
    (
        "bottleneck",
        "{block.expansion: 2}",
        "{block.expansion: 2, block.width_per_group: 32, stages.widths: [16, 32]}",
        "",
        "",
    ),
    (
        "bottleneck",
        "{block.expansion: [2, 4]}",
        "{block.expansion: [2, 4], block.width_per_group: [32, 64], stages.widths: [16, 16]}",
        "",
        "",
    ),
    (
        "bottleneck",
        "{blocks: {layer1.1: {dropout: 0.5, dilation: 2, attention: none}}}",
        "{blocks: {layer1.1: {dilation: 2, dropout: 0.5}}}",
        "",
        "",
    ),
    (
        "bottleneck",
        "{blocks: {layer1.*: {dropout: 0.5}, layer3.0: {dropout: 0.5}, layer1.2: {dilation: 2}}}",
        "{blocks: {layer1.*: {dropout: 0.5}}}",
        "",
        "",
    ),
    ("bottleneck", "{stages.strides: 1}", "{stages.strides: [1, 1]}", "stages.strides", ""),
    (
        "bottleneck",
        "{blocks: {layer1.0: {first: 3, inner: 4, groups: 2, dropout: 0.5}, layer2.0: {}}}",
        "{blocks: {layer1.0: {dropout: 0.5}}}",
        "",
        "",
    ),
    ("instance", "{norm: {type: instance, eps: 0.001}}", "{norm: {type: instance, eps: 0.001}}", "", "norm.eps"),
    ("padded", "{shortcut.type: none, shortcut.zeros: both}", "{shortcut.type: none}", "shortcut.type", ""),
    ("padded", "{shortcut.type: padding}", "{}", "shortcut.type", ""),
    ("grouped", "{norm: layer}", "{}", "norm", ""),
    (
        "grouped",
        "{norm: {type: group, group_width: 2, eps: 0.001}}",
        "{norm: {type: group, eps: 0.001, group_width: 2}}",
        "norm",
        "norm.eps",
    ),
    ("grouped", "{norm.groups: 4}", "{norm: {type: group, groups: 4}}", "", ""),
    ("grouped", "{norm.type: group, norm.groups: 2}", "{norm: {type: group, groups: 2}}", "norm", ""),
    (
        "normless",
        "{norm: instance, conv.bias: true}",
        "{conv.type: plain, conv.bias: true, norm: instance}",
        "norm",
        "conv.type",
    ),
    (
        "se",
        "{attention: {type: se, position: inner}}",
        "{attention: {type: se, position: inner}}",
        "",
        "attention.position",
    ),
    (
        "se",
        "{attention: {type: se, position: activated}}",
        "{attention: {type: se, position: activated}}",
        "",
        "attention.position",
    ),
    (
        "se",
        "{attention: {type: se, activation: silu}}",
        "{attention: {type: se, activation: silu}}",
        "",
        "attention.activation",
    ),
    ("se", "{attention: {type: se, ratio: 0.07}}", "{attention: {type: se, ratio: 0.07}}", "", ""),
    (
        "se",
        "{attention.position: inner}",
        "{attention: {type: se, position: inner}}",
        "attention.position",
        "attention.position",
    ),
    (
        "se",
        "{attention.activation: silu}",
        "{attention: {type: se, activation: silu}}",
        "attention.activation",
        "attention.activation",
    ),
    ("se", "{attention: [se, {type: se, divisor: 1}]}", "{attention: [se, {type: se, divisor: 1}]}", "", ""),
    (
        "se",
        "{attention: none, attention.activation: silu}",
        "{attention: {type: se, activation: silu}}",
        "attention.activation",
        "attention.activation",
    ),
    (
        "se",
        "{attention: none, blocks: {layer1.*: {attention: se}, layer2.0: {attention: se}}}",
        "{attention: none, blocks: {layer1.*: {attention: se}, layer2.0: {attention: se}}}",
        "",
        "",
    ),
    (
        "se",
        "{attention.position: activated}",
        "{attention: {type: se, position: activated}}",
        "attention.position",
        "attention.position",
    ),
    ("se", "{attention: {type: se, ratio: 0.0625, divisor: 4}}", "{attention: [se, {type: se, divisor: 4}]}", "", ""),
    (
        "se",
        "{attention: none, attention.position: inner}",
        "{attention: {type: se, position: inner}}",
        "attention.position",
        "attention.position",
    ),
    (
        "se",
        "{attention: {type: se, ratio: 0.5, position: inner, activation: silu}}",
        "{attention: {type: se, position: inner, activation: silu}}",
        "",
        "attention.activation attention.position",
    ),
    (
        "se",
        "{blocks: {layer1.0: {attention: se}, layer1.1: {dropout: 0.5}}}",
        "{blocks: {layer1.1: {dropout: 0.5}}}",
        "",
        "",
    ),
    (
        "se",
        "{attention: none, blocks: {layer1.*: {attention: se}}}",
        "{attention: [none, se], blocks: {layer1.*: {attention: se}}}",
        "",
        "",
    ),
    (
        "se",
        "{attention: none, blocks: {layer1.*: {attention: se, first: 4}, layer2.0: {attention: eca}}}",
        "{attention: [none, se], blocks: {layer1.*: {attention: se}}}",
        "",
        "",
    ),
    ("eca", "{attention: {type: eca, kernel: 5}}", "{attention: [eca, {type: eca, kernel: 5}]}", "", ""),
    (
        "eca",
        "{attention: {type: eca, position: inner}}",
        "{attention: {type: eca, position: inner}}",
        "",
        "attention.position",
    ),
    ("eca", "{attention: {type: eca, kernel: 3}}", "{attention: [{type: eca, kernel: 3}, eca]}", "", ""),
    (
        "eca",
        "{attention.position: inner}",
        "{attention: {type: eca, position: inner}}",
        "attention.position",
        "attention.position",
    ),
    ("split", "{block.pool: none}", "{block.stride_in: 3x3, block.pool: none}", "block.pool", "block.stride_in"),
    (
        "split",
        "{stages.output_stride: 8}",
        "{block.stride_in: 3x3, stages.output_stride: 8, block.pool: null}",
        "stages.output_stride",
        "block.stride_in stages.output_stride",
    ),
    (
        "split",
        "{stages.strides: 1}",
        "{block.stride_in: 3x3, stages.strides: [1, 1], block.pool: null}",
        "stages.strides",
        "block.stride_in",
    ),
    ("split", "{block.pool: after}", "{}", "block.pool", ""),
    (
        "selective",
        "{block.conv3x3: {type: selective, ratio: 0.5}}",
        "{block.conv3x3: {type: selective, ratio: 0.5}}",
        "",
        "",
    ),
    (
        "selective",
        "{block.conv3x3: {type: selective, ratio: 0.07}}",
        "{block.conv3x3: {type: selective, ratio: 0.07}}",
        "",
        "",
    ),
    ("biased", "{conv.type: plain}", "{}", "conv.type", ""),
    (
        "pooled by attention",
        "{head.pool: {type: attention, heads: 8}}",
        "{head.pool: {type: attention, heads: 8}}",
        "",
        "head.pool.heads",
    ),
    (
        "pooled by attention",
        "{block.pool: before}",
        "{block.pool: before, antialias: none, block.stride_in: null}",
        "block.pool",
        "block.pool",
    ),
    (
        "pooled by attention",
        "{stages.strides: 1}",
        "{input.size: 32, antialias: none, stages.strides: [1, 1]}",
        "stages.strides",
        "",
    ),
    (
        "single",
        "{shortcut.when: shape_change}",
        "{shortcut.when: shape_change, stages.strides: [2, 2]}",
        "shortcut.when",
        "",
    ),
    ("single", "{shortcut.when: always}", "{}", "shortcut.when", ""),
    ("single", "{stages.strides: [1, 2]}", "{}", "stages.strides", ""),
    (
        "large projections",
        "{blocks: {layer2.1: {dilation: 2, dropout: 0.5}}}",
        "{blocks: {layer2.1: {dilation: 2, dropout: 0.5}}}",
        "",
        "",
    ),
    (
        "large projections",
        "{stages.strides: [1, 1], blocks: {layer2.0: {dilation: 2, dropout: 0.5}}}",
        "{stages.strides: [1, 1], blocks: {layer2.0: {dilation: 2, dropout: 0.5}}}",
        "stages.strides",
        "",
    ),
    (
        "large projections",
        "{stages.strides: [1, 1], blocks: {layer2.*: {dilation: 2, dropout: 0.5}}}",
        "{stages.strides: [1, 1], blocks: {layer2.*: {dilation: 2, dropout: 0.5}}}",
        "stages.strides",
        "",
    ),
    ("small stem", "{stem.stride: 2}", "{input.size: 224, stem.stride: 2}", "stem.stride", ""),
    ("small stem", "{stem.pool: {type: avg, kernel: 2}}", "{stem.pool: avg}", "stem.pool", ""),
    (
        "deep stem",
        "{stem.strides: [2, 1]}",
        "{stem.strides: [2, 1], stem.stride: null}",
        "stem.strides",
        "stem.strides",
    ),
    (
        "deep stem",
        "{stem.strides: [2, 2]}",
        "{stem.strides: [2, 2], stem.stride: null}",
        "stem.strides",
        "stem.strides",
    ),
    (
        "deep stem",
        "{stem.strides: [1, 1], stem.pool: none}",
        "{stem.strides: [1, 1], stem.pool: none, stem.stride: null}",
        "stem.pool stem.strides",
        "stem.strides",
    ),
    ("mixed", "{block.pool: before}", "{block.pool: before, block.stride_in: null}", "block.pool", "block.pool"),
]
"""Values that change others too, or that are taken in part or in another form: what changes, the keys that count as
preferred, and those that are open besides."""


@cache
def entries(name: str) -> Any:
    return state(NETWORKS[name])


def check(name: str, prefer: Any, changes: Any, preferred: set[str], opened: set[str]) -> None:
    """Check what is recognised in comparison with what is without a preference; the weights stay the same."""
    usual, found = recognise(entries(name)), recognise(entries(name), prefer=prefer)
    values = {**values_by_key(usual.document), **changes}
    assert values_by_key(found.document) == {key: value for key, value in values.items() if value is not None}
    reasons = {**usual.conventions, **{key: REASONS[key] for key in opened}}
    assert found.conventions == {key: why for key, why in reasons.items() if values.get(key, "") is not None}
    assert found.preferred == preferred
    assert not usual.preferred
    assert state(found.document) == entries(name)


@pytest.mark.parametrize(("name", "prefer"), TAKEN)
def test_a_preferred_value_is_taken_where_weights_allow_it(name: str, prefer: str) -> None:
    """It counts as preferred, and its key has a reason, whether or not it is written otherwise."""
    values: Any = plain(prefer)
    opened = {*values} & {*REASONS} - {*recognise(entries(name)).conventions}
    check(name, values, values, {*values}, opened)


@pytest.mark.parametrize(("name", "prefer"), PASSED_OVER)
def test_a_preferred_value_that_says_nothing_new_changes_nothing(name: str, prefer: str) -> None:
    """Nor does it count as preferred."""
    check(name, plain(prefer), {}, set(), set())


@pytest.mark.parametrize(("name", "prefer", "changes", "preferred", "opened"), OTHERWISE)
def test_what_follows_from_a_preferred_value(name: str, prefer: str, changes: str, preferred: str, opened: str) -> None:
    """Other keys change with it, or its form."""
    check(name, plain(prefer), plain(changes), {*preferred.split()}, {*opened.split()})


@pytest.mark.parametrize("name", NETWORKS)
def test_none_is_no_preference(name: str) -> None:
    """As if the key were not there, whatever the key."""
    keys = {*REASONS, *values_by_key(recognise(entries(name)).document), "stages.dilations", "shortcut.when", "blocks"}
    assert recognise(entries(name), prefer=dict.fromkeys(keys - {"norm.eps", "norm.momentum"})) == recognise(
        entries(name)
    )
