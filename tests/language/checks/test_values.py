"""The value of the language that is meant at a key, by whatever somebody wrote there."""

from typing import Any

import pytest

from resnet_dsl.language.checks.vocabulary.values import fitted, line_for, note_on

SECTIONS: list[tuple[str, Any, Any]] = [
    ("input", 224, {"size": 224}),
    ("input", "224", {"size": 224}),
    ("input", {"size": 224}, {"size": 224}),
    ("stem", 32, {"channels": 32}),
    ("stem", [32, 32, 64], {"channels": [32, 32, 64], "kernel": 3}),
    ("stem", "deep", {"channels": [32, 32, 64], "kernel": 3}),
    ("stem", {"kernel": "3"}, None),
    ("block", "Basic Block", {"type": "basic"}),
    ("block", ["basic"], {"type": "basic"}),
    ("block", ["basic", "bottleneck"], {"type": ["basic", "bottleneck"]}),
    ("block", "x", {"type": "bottleneck", "expansion": 1}),
    ("block", "mbconv", None),
    ("shortcut", "padding", {"type": "padding"}),
    ("shortcut", "C", {"when": "always"}),
    ("shortcut", True, {"type": "projection"}),
    ("norm", "BN", "batch"),
    ("norm", ["BN"], {"type": "batch"}),
    ("norm", ["BN", "GN"], None),
    ("norm", None, None),
    ("norm", "", None),
    ("attention", "SE", "se"),
    ("attention", ["SE", "none"], ["se", "none"]),
    ("attention", ["SE", "none"] * 8, ["se", "none"] * 8),
    ("attention", ["SE"] * 3, {"type": "se"}),
    ("attention", ["SE", "unknown"], None),
    ("attention", "0.5", None),
    ("stages", [3, 4, 6, 3], {"depths": [3, 4, 6, 3]}),
    ("stages", "3-4-6-3", {"depths": [3, 4, 6, 3]}),
    ("stages", "3", None),
    ("stages", 4, None),
    ("stages", {"depths": 3}, None),
    ("head", 10, {"classes": 10}),
    ("head", "avg", {"pool": "avg"}),
    ("head", "avg_pool", {"pool": "avg"}),
    ("head", "softmax", None),
]

KEYS: list[tuple[str, Any, Any]] = [
    ("stages.depths", 3, None),
    ("stages.depths", 3.0, None),
    ("stages.depths", "3", None),
    ("stages.depths", "3 4", [3, 4]),
    ("activation", "nn.ReLU(inplace=True)", "relu"),
    ("activation", "Swish", "silu"),
    ("activation", "unknown", None),
    ("activation", {"type": "ReLU"}, "relu"),
    ("activation", {"type": "ReLU", "inplace": True}, None),
    ("head.classes", "10", 10),
    ("head.classes", ["10"], 10),
    ("head.classes", {"value": 10}, 10),
    ("head.classes", {"value": {"value": {"value": 10}}}, 10),
    ("head.classes", {"value": {"value": {"value": {"value": 10}}}}, None),
    ("head.classes", -1, None),
    ("head.dropout", "50%", 0.5),
    ("stem.pool", "maxpool", "max"),
    ("stem.pool", "max2", {"type": "max", "kernel": 2}),
    ("stem.pool", "", "none"),
    ("block.type", "x", None),
    ("block.conv3x3", "Split", "split"),
    ("conv", "ws", "standardized"),
    ("name", 5, None),
    ("name", "", None),
    ("input.size", "224x160", [224, 160]),
    ("attention.ratio", "1/16", 0.0625),
    ("drop_path", "10%", 0.1),
]


@pytest.mark.parametrize(("key", "value", "expected"), [*SECTIONS, *KEYS])
def test_a_value_is_fitted_to_its_key(key: str, value: Any, expected: Any) -> None:
    """As it is, as another library's word, in another notation, or in the mapping that it stands for; else None."""
    assert repr(fitted(tuple(key.split(".")), value)) == repr(expected)


def test_a_word_in_a_list_means_what_it_means_alone() -> None:
    """The index of an item is no part of its key, and a list of more items than there may be stages is not read."""
    assert fitted(("attention", 1), "SE") == "se"
    assert fitted(("attention",), ["SE", *["none"] * 16]) is None


IDENTITY = "the identity is used wherever shapes are equal"
NO_BLOCK = (
    "there is no such block here; `block.type` is `basic` or `bottleneck`, and `block.conv3x3` what stands for its 3×3"
)


@pytest.mark.parametrize(
    ("path", "value", "note"),
    [
        (("norm",), "ws", "convolutions are standardised, not the norm: `conv: standardized`"),
        (("norm", "type"), "ws", "convolutions are standardised, not the norm: `conv: standardized`"),
        (("norm",), "batch", None),
        (("head",), "softmax", None),
        (("head", "activation"), "softmax", "the network returns logits; apply softmax to its output"),
        (("block",), "mbconv", NO_BLOCK),
        (("block", "type"), "mbconv", NO_BLOCK),
        (("shortcut",), "identity", f"{IDENTITY}; `shortcut.type` is for the other blocks"),
        (
            ("shortcut", "type"),
            "identity",
            f"{IDENTITY}, whatever the type; `projection` and `padding` are for the other blocks",
        ),
        (
            ("stem",),
            "none",
            "every network has a stem; the smallest is that for CIFAR, `stem: {kernel: 3, stride: 1, pool: none}`",
        ),
        (("stages",), "mbconv", None),
        (("attention",), "unknown", None),
        ((), "mbconv", None),
    ],
)
def test_a_word_without_counterpart_has_a_note(path: tuple[str, ...], value: Any, note: str | None) -> None:
    """Also where it stands for the mapping, with the note on the key that was meant."""
    found = note_on(path, value)
    assert (None if found is None else found.text) == note


def test_a_word_that_its_key_alone_cannot_say_has_a_line() -> None:
    """And no other word has one."""
    assert line_for(("block",), "SE_Basic") == {"block": {"type": "basic"}, "attention": "se"}
    assert line_for(("block", "type"), "x") == {"type": "bottleneck", "expansion": 1}
    assert line_for(("block", "type"), "bottle") is None
    assert line_for(("block",), "unknown") is None
