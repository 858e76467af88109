"""Attention and what stands for 3x3 convolutions: the settings that yield the shapes of all blocks, some, or one."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.recognition.entries import Unrecognised
from resnet_dsl.checkpoints.recognition.open_values import values_by_key
from resnet_dsl.checkpoints.recognition.recognition import recognise

from .test_recognition import network, state

INNER = {"type": "se", "position": "inner"}
REGNET = {"type": "se", "ratio": 0.25, "divisor": 1, "of": "input", "position": "inner"}
HALF = {"type": "se", "ratio": 0.5}
THIRD = {"type": "se", "ratio": 0.3}
SEVEN = {"type": "eca", "kernel": 7}
TENTH = {"type": "se", "ratio": 0.1, "divisor": 3}
WHERE = {"attention.position": "shapes are the same elsewhere in the block"}


def attended(attention: Any, blocks: Any = None) -> State:
    """Two stages of basic blocks with attention, which single blocks may have of their own."""
    own = {"blocks": blocks} if blocks else {}
    return state(network([3, 2], attention=attention, stages={"widths": [64, 128]}, **own))


def found(entries: State, **prefer: Any) -> tuple[Any, Any, dict[str, str]]:
    """The attention of stages and of single blocks, and what is open of it."""
    found = recognise(entries, prefer=prefer)
    reasons = {key: reason for key, reason in found.conventions.items() if key.startswith("attention")}
    values = values_by_key(found.document)
    assert state(found.document) == entries
    return values["attention"], values.get("blocks"), reasons


@pytest.mark.parametrize(
    ("attention", "blocks", "expected", "exceptions", "reasons"),
    [
        ("se", {"layer1.1": {"attention": "none"}}, "se", {"layer1.1": {"attention": "none"}}, {}),
        ("se", {"layer1.1": {"attention": "eca"}}, "se", {"layer1.1": {"attention": "eca"}}, {}),
        (
            "none",
            {"layer1.1": {"attention": "se"}, "layer1.2": {"attention": "se"}},
            ["se", "none"],
            {"layer1.0": {"attention": "none"}},
            {},
        ),
        ("se", {"layer1.0": {"attention": HALF}}, "se", {"layer1.0": {"attention": HALF}}, {}),
        (
            THIRD,
            {"layer1.0": {"attention": HALF}, "layer2.0": {"attention": "eca"}},
            [{"type": "se", "ratio": 0.25}, "eca"],
            {"layer1.0": {"attention": HALF}, "layer2.1": {"attention": THIRD}},
            {},
        ),
        ("gc", None, "gc", None, {}),
        ("gca", None, "gca", None, {}),
        ("cbam", None, "cbam", None, {}),
        ("ese", None, "ese", None, {}),
        ("gc", {"layer1.1": {"attention": "none"}}, "gc", {"layer1.1": {"attention": "none"}}, {}),
        (INNER, None, "se", None, {}),
        (REGNET, None, REGNET, None, WHERE),
        ({"type": "se", "ratio": 0.25, "divisor": 1, "of": "input"}, None, REGNET, None, WHERE),
        ({"type": "se", "divisor": 64}, None, [{"type": "se", "ratio": 1.0}, HALF], None, {}),
        (SEVEN, None, SEVEN, None, {}),
        ([SEVEN, "eca"], None, [SEVEN, "eca"], None, {}),
        (["eca", SEVEN], None, ["eca", SEVEN], None, {}),
        (TENTH, None, {"type": "se", "ratio": 0.09, "divisor": 1}, None, {}),
        (["se", TENTH], None, ["se", {"type": "se", "ratio": 0.09, "divisor": 1}], None, {}),
        (
            {"type": "se", "activation": "prelu"},
            None,
            {"type": "se", "activation": "prelu"},
            None,
            {},
        ),
    ],
)
def test_the_settings_of_most_blocks_are_those_of_the_stage(
    attention: Any, blocks: Any, expected: Any, exceptions: Any, reasons: dict[str, str]
) -> None:
    """Others are exceptions; the original values come back where they are preferred."""
    entries = attended(attention, blocks)
    assert found(entries) == (expected, exceptions, reasons)
    assert found(entries, attention=attention, blocks=blocks)[:2] == (attention, blocks)


@pytest.mark.parametrize(
    ("entries", "prefer", "expected", "exceptions"),
    [
        (attended("se"), {"attention": ["none", INNER]}, ["se", INNER], None),
        (attended(["se", "none"]), {"attention": [INNER, INNER]}, [INNER, "none"], None),
        (attended("se"), {"attention": [INNER]}, [INNER, "se"], None),
        (
            attended("se", {"layer1.1": {"attention": "none"}}),
            {"attention": INNER},
            INNER,
            {"layer1.1": {"attention": "none"}},
        ),
        (
            attended("se", {"layer1.1": {"attention": "none"}}),
            {"attention": INNER, "blocks": {"layer1.1": {"attention": "eca"}}},
            INNER,
            {"layer1.1": {"attention": "none"}},
        ),
        (
            attended("se", {"layer1.1": {"attention": "none"}}),
            {"attention": INNER, "blocks": {"layer1.1": {"attention": "none"}, "layer2.1": {"attention": HALF}}},
            INNER,
            {"layer1.1": {"attention": "none"}},
        ),
        (attended("se"), {"attention.position": "inner", "attention.activation": "prelu"}, INNER, None),
        (attended("se"), {"attention": INNER, "attention.position": "end"}, INNER, None),
        (attended(HALF), {"attention": INNER}, {**HALF, "position": "inner"}, None),
        (attended(HALF), {"attention": INNER, "attention.position": "end"}, HALF, None),
        (attended(HALF), {"attention": "eca", "attention.activation": "silu"}, {**HALF, "activation": "silu"}, None),
        (attended("none"), {"attention.position": "inner", "attention.activation": "silu"}, "none", None),
        (attended("ese"), {"attention.position": "inner", "attention.activation": "silu"}, {
            "type": "ese",
            "position": "inner",
        }, None),
    ],
)  # fmt: skip
def test_preferred_settings_are_kept_one_by_one(entries: State, prefer: Any, expected: Any, exceptions: Any) -> None:
    """In each stage and block where they yield the shapes, those of their own keys where the others do not."""
    assert found(entries, **prefer)[:2] == (expected, exceptions)


@pytest.mark.parametrize(
    ("change", "block"),
    [
        ({"layer1.0.se.fc1.weight": (8, 63, 1, 1)}, "layer1.0"),
        ({"layer2.1.se.fc1.weight": (8, 63, 1, 1)}, "layer2.1"),
    ],
)
def test_attention_that_no_settings_yield_is_named(change: State, block: str) -> None:
    """At its first block."""
    with pytest.raises(Unrecognised) as caught:
        recognise({**attended("se"), **change})
    assert str(caught.value) == f"no settings yield the shapes of `{block}.se`"


def selective(ratio: float, divisor: int = 32) -> dict[str, Any]:
    return {"type": "selective", "ratio": ratio, **({} if divisor == 32 else {"divisor": divisor})}


def convolved(conv3x3: Any) -> State:
    """Two stages of bottlenecks with these modules in place of 3x3 convolutions."""
    block = {"type": "bottleneck", "conv3x3": conv3x3}
    return state(network([2, 2], block=block, stages={"widths": [64, 128]}))


def kept(entries: State, preferred: Any = None) -> Any:
    return values_by_key(recognise(entries, prefer={"block.conv3x3": preferred}).document).get("block.conv3x3")


@pytest.mark.parametrize(
    ("conv3x3", "expected"),
    [
        ("plain", None),
        ("split", "split"),
        ({"type": "split", "radix": 1}, {"type": "split", "radix": 1}),
        ({"type": "res2", "scale": 2}, {"type": "res2", "scale": 2}),
        (["res2", "plain"], ["res2", "plain"]),
        ("selective", "selective"),
        (selective(0.5), selective(0.5)),
        (selective(0.5, 8), selective(0.5)),
        ({"type": "selective", "split": True}, {"type": "selective", "split": True}),
        (selective(0.3, 7), selective(0.3, 7)),
        (["selective", selective(0.5)], selective(0.5)),
        (["plain", selective(0.25, 8)], ["plain", "selective"]),
        ([selective(0.3, 5), selective(0.9, 7)], [selective(0.31, 1), selective(0.9, 8)]),
    ],
)
def test_usual_ratios_and_divisors_come_first(conv3x3: Any, expected: Any) -> None:
    """Those of all stages together before those of one; the original ones come back where they are preferred."""
    entries = convolved(conv3x3)
    assert kept(entries) == expected
    assert kept(entries, conv3x3) == (None if conv3x3 == "plain" else conv3x3)


@pytest.mark.parametrize(
    ("conv3x3", "preferred", "expected"),
    [
        ("selective", selective(0.5), [selective(0.5), "selective"]),
        ("selective", selective(1.0), "selective"),
        ("selective", "split", "selective"),
        ("split", {"type": "split", "radix": 1}, "split"),
        (selective(0.5), selective(0.5, 16), selective(0.5, 16)),
        (selective(0.5), [selective(1.0), selective(0.5, 16)], [selective(0.5), selective(0.5, 16)]),
        (selective(0.5), "selective", ["selective", selective(0.5)]),
        (selective(0.5), [selective(0.5, 16)], [selective(0.5, 16), selective(0.5)]),
        ("plain", "selective", None),
    ],
)
def test_preferred_ratios_are_kept_where_they_yield_the_shapes(conv3x3: Any, preferred: Any, expected: Any) -> None:
    """Of the same kind of module only."""
    assert kept(convolved(conv3x3), preferred) == expected


def test_selective_kernels_that_no_settings_yield_are_named() -> None:
    """At their stage: two reductions of the same channels."""
    change = {"layer2.1.conv2.attn.fc_reduce.weight": (33, 128, 1, 1)}
    with pytest.raises(Unrecognised) as caught:
        recognise({**convolved("selective"), **change})
    assert str(caught.value) == "no settings yield the shapes of the 3x3 convolutions in `layer2`"
