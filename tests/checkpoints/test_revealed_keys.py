"""Which keys of the language names and shapes of weights reveal."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.recognition import Recognised, recognise
from resnet_dsl.checkpoints.recognition.revealed_keys import OPEN, REVEALED, differing_keys, is_same, usual, value_at
from resnet_dsl.checkpoints.recognition.unseen import LEFT_OUT
from resnet_dsl.decompiler import decompile

from ..helpers import lower
from ..keys import all_keys

PROSE = {"$schema", "version", "name", "description", "reference", "extends"}
"""Keys that do not change the network, as those below `expect`."""

NETWORK: dict[str, Any] = {
    "name": "net",
    "block": {"type": "bottleneck"},
    "stages": {"depths": [2, 2], "widths": [64, 128]},
}
SELECTIVE = {"block": {"conv3x3": {"type": "selective"}}}
ATTENDED = {"attention": {"type": "se"}}
PREACTIVATED = {"block": {"preactivation": True}}
BESIDE: dict[str, Any] = {
    "stem.strides": {"stem": {"channels": [32, 64], "kernel": 3}},
    "stem.pool.kernel": {"stem": {"pool": {"type": "max"}}},
    "stem.pool.padding": {"stem": {"pool": {"type": "max"}}},
    "block.conv3x3.scale": {"block": {"conv3x3": {"type": "res2"}}},
    "block.conv3x3.radix": {"block": {"conv3x3": {"type": "split"}}},
    "block.conv3x3.ratio": SELECTIVE,
    "block.conv3x3.divisor": SELECTIVE,
    "block.conv3x3.split": SELECTIVE,
    "shortcut.source": PREACTIVATED,
    "shortcut.zeros": {"shortcut": {"type": "padding"}},
    "conv.eps": {"conv": {"type": "standardized"}},
    "conv.bias": {"conv": {"type": "plain"}},
    "norm.eps": {"norm": {"type": "batch"}},
    "norm.momentum": {"norm": {"type": "batch"}},
    "norm.groups": {"norm": {"type": "group"}},
    "norm.group_width": {"norm": {"type": "group"}},
    "attention.kernel": {"attention": {"type": "eca"}},
    **{
        f"attention.{key}": {"attention": {"type": "se"}}
        for key in ("ratio", "divisor", "of", "position", "activation")
    },
    "head.norm": PREACTIVATED,
    "head.activation": PREACTIVATED,
    "head.pool.heads": {"head": {"pool": {"type": "attention"}}},
}
"""What must be written beside a key."""

SHOWN: dict[str, tuple[Any, Any]] = {
    "input.channels": (3, 4),
    "stem.channels": (64, 32),
    "stem.kernel": (7, 3),
    "block.type": ("bottleneck", "basic"),
    "block.expansion": (4, 2),
    "block.groups": (1, 2),
    "block.width_per_group": (64, 32),
    "block.group_width": (0, 16),
    "block.reduce_first": (1, 2),
    "block.conv3x3.type": ("plain", "split"),
    "block.conv3x3.scale": (4, 2),
    "block.conv3x3.radix": (2, 1),
    "block.conv3x3.ratio": (0.0625, 0.5),
    "block.conv3x3.divisor": (32, 8),
    "block.conv3x3.split": (False, True),
    "block.preactivation": (False, True),
    "shortcut.type": ("projection", "padding"),
    "shortcut.when": ("shape_change", "always"),
    "shortcut.kernel": (1, 3),
    "shortcut.pool": ("none", "avg"),
    "shortcut.norm": (True, False),
    "conv.bias": (False, True),
    "norm.type": ("batch", "group"),
    "attention.type": ("se", "eca"),
    "attention.ratio": (0.0625, 0.5),
    "attention.divisor": (8, 64),
    "attention.of": ("own", "input"),
    "attention.kernel": (None, 7),
    "attention.position": ("end", "inner"),
    "stages.depths": ([2, 2], [2, 3]),
    "stages.widths": ([64, 128], [64, 64]),
    "blocks.*.first": (None, 40),
    "blocks.*.inner": (None, 40),
    "blocks.*.groups": (None, 2),
    "blocks.*.attention": (None, "se"),
    "head.norm": (True, False),
    "head.conv": (0, 32),
    "head.classes": (1000, 10),
}
"""Keys with two values between which weights tell."""

HIDDEN: dict[str, tuple[Any, Any]] = {
    "input.size": (224, 64),
    "stem.stride": (2, 1),
    "stem.strides": ([2, 1], [1, 2]),
    "stem.pool.type": ("max", "none"),
    "stem.pool.kernel": (3, 2),
    "stem.pool.padding": ("ignore", "zero"),
    "block.stride_in": ("3x3", "1x1"),
    "block.pool": ("none", "after"),
    "block.dropout": (0, 0.1),
    "shortcut.source": ("input", "activation"),
    "shortcut.zeros": ("end", "both"),
    "conv.type": ("plain", "standardized"),
    "conv.eps": (1e-6, 1e-8),
    "norm.eps": (1e-5, 1e-3),
    "norm.momentum": (0.1, 0.01),
    "norm.groups": (32, 16),
    "norm.group_width": (0, 16),
    "activation": ("relu", "silu"),
    "attention.activation": ("relu", "silu"),
    "antialias": ("none", "blur"),
    "stages.strides": ([1, 2], [2, 1]),
    "stages.dilations": (1, [1, 2]),
    "stages.output_stride": (None, 4),
    "blocks.*.dilation": (None, 2),
    "blocks.*.dropout": (None, 0.1),
    "drop_path": (0, 0.1),
    "head.activation": (True, False),
    "head.pool.type": ("avg", "max"),
    "head.pool.heads": (32, 16),
    "head.dropout": (0, 0.1),
    "init.zero_residual": (False, True),
}
"""Keys with two values of the same weights."""

MARKED_AT: dict[str, str] = {
    "stem.pool.type": "stem.pool",
    "stem.pool.kernel": "stem.pool",
    "stem.pool.padding": "stem.pool",
    "conv.eps": "conv.type",
    "norm.groups": "norm",
    "norm.group_width": "norm",
    "head.pool.type": "head.pool",
}
"""Settings of types that weights do not show."""


def merged(one: Any, other: Any) -> Any:
    """Two documents as one."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: merged(one.get(key), value) for key, value in other.items()}}


def state(key: str, value: Any) -> Any:
    """Names and shapes of the network with this value."""
    document = merged(NETWORK, BESIDE.get(key, {}))
    if value is None:
        return lower(document).state
    for step in reversed(key.replace("*", "layer2*1").split(".")):
        value = {step.replace("*", "."): value}
    return lower(merged(document, value)).state


def test_it_is_known_of_every_key_whether_weights_show_it() -> None:
    """The keys are those of the schema, but for sections, what describes a spec, and what stands for other keys."""
    names = {key.name for key in all_keys() if not key.is_section} - PROSE
    typed = {name for name in names if f"{name}.type" in names} - {"blocks.*.attention"}
    others = ("expect.", "stages.regnet.", "blocks.*.attention.")
    assert {*SHOWN, *HIDDEN} == {name for name in names - typed if not name.startswith(others)}


@pytest.mark.parametrize("key", SHOWN)
def test_weights_tell_between_values_of_a_revealed_key(key: str) -> None:
    """So a mismatch may be about it, and `infer` does not mark it."""
    one, other = SHOWN[key]
    assert state(key, one) != state(key, other)
    steps = key.split(".")
    assert {".".join(steps[:length]) for length in range(1, len(steps) + 1)} & {*REVEALED}
    assert key not in recognise(state(key, one)).conventions


@pytest.mark.parametrize("key", HIDDEN)
def test_weights_do_not_tell_between_values_of_a_hidden_key(key: str) -> None:
    """So `infer` marks it, or names it below the spec."""
    one, other = HIDDEN[key]
    assert state(key, one) == state(key, other)
    text = decompile(state(key, one), "w.pt")
    place = MARKED_AT.get(key, key)
    listed = text.replace("\n#", "").partition("have their defaults: ")[2].partition(".\n")[0]
    assert place in recognise(state(key, one)).conventions or (place in LEFT_OUT and place in listed)


@pytest.mark.parametrize("norm", [True, False])
def test_an_activation_that_is_not_written_follows_the_norm_of_the_head(norm: bool) -> None:
    """Which is there unless it is written."""
    found = recognise(state("head.norm", norm))
    assert value_at(found, "head.activation") is norm


def test_no_key_is_in_two_lists() -> None:
    """Of those that a mismatch can be about."""
    assert not {*REVEALED} & {*OPEN}


DEFAULTS: dict[str, Any] = {
    "block.type": None,
    "stages.depths": None,
    "stages.widths": None,
    "block.expansion": None,
    "block.groups": 1,
    "block.width_per_group": 64,
    "block.group_width": 0,
    "block.reduce_first": 1,
    "block.conv3x3": "plain",
    "block.preactivation": False,
    "input.channels": 3,
    "stem.channels": (64,),
    "stem.kernel": 7,
    "stem.pool": "max",
    "shortcut.type": "projection",
    "shortcut.when": "shape_change",
    "shortcut.kernel": 1,
    "shortcut.pool": "none",
    "shortcut.norm": True,
    "norm": "batch",
    "conv.bias": False,
    "activation": "relu",
    "attention": None,
    "blocks": None,
    "head.norm": True,
    "head.conv": 0,
    "head.classes": 1000,
    "head.pool": "avg",
    "antialias": "none",
    "stages.strides": None,
    "stages.dilations": 1,
    "stem.stride": 2,
    "stem.strides": None,
    "input.size": None,
    "block.stride_in": "3x3",
    "conv.type": "plain",
    "conv.eps": 1e-06,
    "block.pool": "none",
    "block.dropout": 0.0,
    "shortcut.source": "input",
    "shortcut.zeros": "end",
    "stages.output_stride": None,
    "drop_path": 0.0,
    "head.activation": True,
    "head.dropout": 0.0,
    "init.zero_residual": False,
}
"""What keys have that are not written."""


def test_every_key_has_its_default() -> None:
    """A type where it has settings; None where there is none, or where it depends on other keys."""
    assert {key: usual(key) for key in (*REVEALED, *OPEN)} == DEFAULTS


@pytest.mark.parametrize(
    ("document", "key", "value"),
    [
        ({}, "norm", "batch"),
        ({"norm": {"type": "group", "groups": 4}}, "norm", {"type": "group", "groups": 4}),
        ({}, "conv.type", "plain"),
        ({"conv": "standardized"}, "conv.type", "standardized"),
        ({}, "blocks", None),
        ({}, "stem.strides", None),
        ({"head": {"classes": 0}}, "head.classes", 0),
        ({"block": {"preactivation": False}}, "block.preactivation", False),
        ({}, "head.activation", True),
        ({"head": {"norm": False}}, "head.activation", False),
        ({"head": {"norm": False, "activation": True}}, "head.activation", True),
        ({"head": {"activation": False}}, "head.activation", False),
        ({"block": {"expansion": None}}, "block.groups", 1),
        ({"block": {"groups": None}}, "block.groups", 1),
    ],
)
def test_what_is_not_written_has_its_default(document: dict[str, Any], key: str, value: Any) -> None:
    """The activation of the head follows its norm."""
    assert value_at(Recognised(document, {}), key) == value


def test_differing_keys_come_in_order() -> None:
    """The most important first; those that both leave open reveal nothing, those that one of them does may."""
    one = Recognised({"head": {"classes": 5}, "activation": "relu", "norm": "layer"}, {"activation": "", "norm": ""})
    other = Recognised({"block": {"type": "basic"}, "activation": "silu", "norm": "batch"}, {"activation": ""})
    assert differing_keys(one, other) == ["block.type", "norm", "head.classes"]
    assert differing_keys(other, one) == ["block.type", "norm", "head.classes"]
    assert differing_keys(one, one) == []


@pytest.mark.parametrize(
    ("key", "one", "other", "same"),
    [
        ("norm", "batch", {"type": "batch", "eps": 1e-5}, True),
        ("norm", "batch", {"type": "batch", "eps": 1e-3}, False),
        ("attention", ["se", "none"], [{"type": "se", "ratio": 0.0625}, "none"], True),
        ("attention", ["se", "none"], ["none", "se"], False),
        ("head.pool", "avg", {"type": "avg"}, True),
        ("stem.kernel", 3, 3, True),
        ("stem.kernel", 3, 5, False),
        ("blocks", None, None, True),
        ("blocks", None, {"layer1.0": {"first": 2}}, False),
        ("blocks", {"layer1.0": {"attention": "se"}}, {"layer1.0": {"attention": {"type": "se"}}}, True),
    ],
)
def test_forms_of_one_value_are_the_same(key: str, one: Any, other: Any, same: bool) -> None:
    """Short or with settings that have their defaults."""
    assert is_same(key, one, other) is same
    assert is_same(key, other, one) is same
