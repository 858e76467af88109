"""Which keys of the language names and shapes of weights reveal."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.recognition import recognise
from resnet_dsl.checkpoints.recognition.revealed_keys import OPEN, REVEALED
from resnet_dsl.checkpoints.recognition.unseen import LEFT_OUT
from resnet_dsl.decompiler import decompile

from ..helpers import lower
from ..keys import all_keys

PROSE = {"$schema", "version", "name", "description", "reference", "extends"}
"""Keys that do not change the network, as those below `expect`."""

NETWORK = {
    "name": "net",
    "block": {"type": "bottleneck"},
    "stages": {"depths": [2, 2], "widths": [64, 128]},
}
TYPES = {
    "norm.eps": {"norm": {"type": "batch"}},
    "norm.momentum": {"norm": {"type": "batch"}},
    "norm.groups": {"norm": {"type": "group"}},
    "attention.ratio": {"attention": {"type": "se"}},
}
"""What must be written with a setting of norm or attention."""

SHOWN: dict[str, tuple[Any, Any]] = {
    "input.channels": (3, 4),
    "stem.channels": (64, 32),
    "stem.kernel": (7, 3),
    "block.type": ("bottleneck", "basic"),
    "block.expansion": (4, 2),
    "block.groups": (1, 2),
    "block.width_per_group": (64, 32),
    "block.reduce_first": (1, 2),
    "block.preactivation": (False, True),
    "shortcut.type": ("projection", "padding"),
    "shortcut.when": ("shape_change", "always"),
    "shortcut.kernel": (1, 3),
    "shortcut.pool": ("none", "avg"),
    "norm.type": ("batch", "group"),
    "attention.type": ("se", "eca"),
    "attention.ratio": (0.0625, 0.5),
    "stages.depths": ([2, 2], [2, 3]),
    "stages.widths": ([64, 128], [64, 64]),
    "head.classes": (1000, 10),
}
"""Keys with two values between which weights tell."""

HIDDEN: dict[str, tuple[Any, Any]] = {
    "input.size": (224, 64),
    "stem.stride": (2, 1),
    "stem.pool": ("max", "none"),
    "block.stride_in": ("3x3", "1x1"),
    "norm.eps": (1e-5, 1e-3),
    "norm.momentum": (0.1, 0.01),
    "norm.groups": (32, 16),
    "activation": ("relu", "silu"),
    "antialias": ("none", "blur"),
    "stages.strides": ([1, 2], [2, 1]),
    "stages.dilations": (1, [1, 2]),
    "stages.output_stride": (None, 4),
    "drop_path": (0, 0.1),
    "head.pool": ("avg", "max"),
    "head.dropout": (0, 0.1),
    "init.zero_residual": (False, True),
}
"""Keys with two values of the same weights."""


def state(key: str, value: Any) -> Any:
    """Names and shapes of the network with this value."""
    document: Any = NETWORK | TYPES.get(key, {})
    section, _, name = key.partition(".")
    if value is None:
        return lower(document).state
    return lower(document | {section: {**document.get(section, {}), name: value} if name else value}).state


def test_it_is_known_of_every_key_whether_weights_show_it() -> None:
    """The keys are those of the schema; sections, and what describes a spec, aside."""
    written = {key.name for key in all_keys() if not key.is_section} - PROSE - {"norm", "attention"}
    assert {*SHOWN, *HIDDEN} == {key for key in written if not key.startswith("expect.")}


@pytest.mark.parametrize("key", SHOWN)
def test_weights_tell_between_values_of_a_revealed_key(key: str) -> None:
    """So a mismatch may be about it, and `infer` does not mark it."""
    one, other = SHOWN[key]
    assert state(key, one) != state(key, other)
    assert {key, key.partition(".")[0]} & {*REVEALED}
    assert key not in recognise(state(key, one)).conventions


@pytest.mark.parametrize("key", HIDDEN)
def test_weights_do_not_tell_between_values_of_a_hidden_key(key: str) -> None:
    """So `infer` marks it, or names it below the spec."""
    one, other = HIDDEN[key]
    assert state(key, one) == state(key, other)
    text = decompile(state(key, one), "w.pt")
    found = recognise(state(key, one))
    marked = {*found.conventions, *LEFT_OUT} | ({"norm.groups"} if "norm" in found.conventions else set())
    assert key in marked
    assert key not in LEFT_OUT or key in found.conventions or key in text.partition("have their defaults: ")[2]


def test_no_key_is_in_two_lists() -> None:
    """Of those that a mismatch can be about."""
    assert not {*REVEALED} & {*OPEN}
