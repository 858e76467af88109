"""What is said below an inferred spec: the keys that weights do not show and that are not written, and what else."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.open_values import values_by_key
from resnet_dsl.checkpoints.recognition.recognition import recognise
from resnet_dsl.checkpoints.recognition.unseen import LEFT_OUT, unseen

from .test_preferred_values import NETWORKS, entries
from .test_recognition import network, state

ALWAYS = {
    *("conv.type", "block.pool", "block.dropout", "norm.eps", "norm.momentum", "stages.dilations"),
    *("stages.output_stride", "blocks.*.dilation", "blocks.*.dropout", "drop_path", "head.dropout"),
    "init.zero_residual",
}
"""The keys that are left out of most networks."""

DIFFERENCES: dict[str, set[str]] = {
    "preactivated": {"shortcut.source", "head.activation"},
    "instance": {"shortcut.norm", "norm.momentum"},
    "padded": {"shortcut.zeros"},
    "grouped": {"norm.momentum"},
    "normless": {"norm.eps", "norm.momentum"},
    "se": {"attention.position", "attention.activation"},
    "attention of one channel": {"attention.position", "attention.activation"},
    "eca": {"attention.position"},
    "split": {"block.pool"},
    "split once": {"block.pool"},
    "split in groups": {"block.pool"},
    "selective": {"block.conv3x3.split"},
    "biased": {"conv.type"},
    "pooled by attention": {"head.pool.heads"},
    "deep stem": {"stem.strides"},
}
"""The keys that a network has beside these, or that it lacks of them."""

DILATED = "Nor do they show what no spec can say: basic blocks of which only one convolution is dilated (mmdet)."
OTHERWISE = (
    "Other stages.widths, block.expansion, block.width_per_group, block.reduce_first and ratios of attention"
    " can describe the same network."
)


def said(state: Any, prefer: Any = None) -> list[str]:
    """The sentences below a spec, after checking that they are comments of a bounded length."""
    lines = [*unseen(recognise(state, prefer=prefer))]
    assert all(line.startswith("# ") and len(line) <= 110 for line in lines)
    text = " ".join(line.removeprefix("# ") for line in lines)
    return [f"{sentence}." for sentence in text.removesuffix(".").split(". ")]


def left_out(keys: set[str]) -> str:
    """The sentence that lists these keys."""
    listed = ", ".join(key for key in LEFT_OUT if key in keys)
    return f"Weights do not show these either, which have their defaults: {listed}."


@pytest.mark.parametrize("name", NETWORKS)
def test_what_weights_do_not_show_of_a_network(name: str) -> None:
    """The keys with an effect in the order of the reference, what is special about its blocks, and other readings."""
    found = recognise(entries(name))
    types = values_by_key(found.document)["block.type"]
    has_basic = "basic" in types
    expected = [left_out(ALWAYS ^ DIFFERENCES.get(name, set())), *([DILATED] if has_basic else [])]
    assert said(entries(name)) == expected + ([OTHERWISE] if found.has_other_readings else [])
    is_ambiguous = "bottleneck" in types or name in ("se", "attention of one channel")
    assert found.has_other_readings is is_ambiguous


@pytest.mark.parametrize(
    ("name", "prefer", "difference"),
    [
        ("bottleneck", {"conv.type": "standardized"}, {"conv.type", "conv.eps"}),
        ("bottleneck", {"conv.type": "standardized", "conv.eps": 1e-8}, {"conv.type"}),
        ("bottleneck", {"block.pool": "after"}, {"block.pool"}),
        ("bottleneck", {"block.dropout": 0.1}, {"block.dropout"}),
        ("bottleneck", {"stem.strides": [1]}, set()),
        ("deep stem", {"stem.strides": [1, 2]}, set()),
        ("bottleneck", {"stages.dilations": 2}, {"stages.dilations"}),
        ("bottleneck", {"stages.output_stride": 8}, {"stages.output_stride"}),
        ("bottleneck", {"drop_path": 0.1}, {"drop_path"}),
        ("bottleneck", {"head.dropout": 0.1}, {"head.dropout"}),
        ("bottleneck", {"init.zero_residual": True}, {"init.zero_residual"}),
        ("bottleneck", {"blocks": {"layer1.0": {"dropout": 0.5}}}, {"blocks.*.dropout"}),
        ("bottleneck", {"blocks": {"layer1.*": {"dilation": 2}}}, {"blocks.*.dilation"}),
        (
            "bottleneck",
            {"blocks": {"layer1.0": {"dropout": 0.5}, "layer1.1": {"dilation": 2}}},
            {"blocks.*.dilation", "blocks.*.dropout"},
        ),
        ("padded", {"shortcut.zeros": "both"}, set()),
        ("padded", {"shortcut.type": "none"}, set()),
        ("preactivated", {"shortcut.source": "activation"}, {"head.activation"}),
        ("preactivated", {"head.activation": False}, {"shortcut.source"}),
        (
            "instance",
            {"block.preactivation": True},
            {"norm.momentum", "shortcut.source", "shortcut.norm", "head.norm", "head.activation"},
        ),
        ("instance", {"shortcut.norm": False}, {"norm.momentum"}),
        ("instance", {"block.preactivation": True, "shortcut.norm": False, "head.norm": False}, {
            *("norm.momentum", "shortcut.source", "shortcut.norm", "head.activation"),
        }),
        ("bottleneck", {"norm.eps": 0.1}, {"norm.eps"}),
        ("bottleneck", {"norm.momentum": 0.2}, {"norm.momentum"}),
        ("se", {"attention.position": "inner"}, {"attention.activation"}),
        ("se", {"attention.activation": "silu"}, {"attention.position"}),
        ("se", {"attention": {"type": "se", "position": "inner", "activation": "silu"}}, set()),
        ("eca", {"attention.position": "inner"}, set()),
        ("pooled by attention", {"head.pool": {"type": "attention", "heads": 8}}, set()),
    ],
)  # fmt: skip
def test_what_is_written_is_not_left_out(name: str, prefer: dict[str, Any], difference: set[str]) -> None:
    """Whether it is written or not is all that counts; what has no effect is not listed either."""
    assert said(entries(name), prefer)[0] == left_out(ALWAYS ^ difference)


@pytest.mark.parametrize(
    ("document", "difference", "sentences"),
    [
        (
            network([1, 1], attention=["se", "none"]),
            {"attention.position", "attention.activation"},
            [DILATED, OTHERWISE],
        ),
        (network([1, 1], attention=["none", "eca"]), {"attention.position"}, [DILATED]),
        (
            network([2, 1], blocks={"layer1.1": {"attention": "se"}}),
            {"attention.position", "attention.activation"},
            [DILATED, OTHERWISE],
        ),
        (network([2, 1], blocks={"layer1.1": {"attention": "eca"}}), {"attention.position"}, [DILATED]),
        (network([2, 1], blocks={"layer1.1": {"first": 5}}), set(), [DILATED, OTHERWISE]),
        (
            network([1, 1], attention={"type": "se", "ratio": 0.5}, stages={"widths": [64, 128]}),
            {"attention.position", "attention.activation"},
            [DILATED, OTHERWISE],
        ),
        (
            network([1, 1], block={"type": "bottleneck", "conv3x3": ["selective", "plain"]}),
            {"block.conv3x3.split"},
            [OTHERWISE],
        ),
        (
            network([1, 1], block={"type": "bottleneck", "conv3x3": {"type": "selective", "split": True}}),
            set(),
            [OTHERWISE],
        ),
        (
            network([1, 1], block={"type": "basic", "preactivation": True}, shortcut={"type": "padding"}),
            {"shortcut.source", "shortcut.zeros", "head.activation"},
            [DILATED],
        ),
        (network([1, 1], conv={"type": "plain", "bias": True}), {"conv.type"}, [DILATED]),
    ],
)
def test_what_is_said_of_stages_and_single_blocks(
    document: dict[str, Any], difference: set[str], sentences: list[str]
) -> None:
    """One of them with a setting that weights do not show is enough."""
    first, *others = said(state(document))
    assert first == left_out(ALWAYS ^ difference)
    assert others == sentences
