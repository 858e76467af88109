"""Short and full forms of values that have a type and settings."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.forms import attention_of, full, settings_of, short, shortest
from resnet_dsl.language.spec import Attention

NORM = {"eps": 1e-5, "momentum": 0.1, "groups": 32, "group_width": 0}
ATTENTION = {"ratio": 0.0625, "divisor": 8, "of": "own", "kernel": None, "position": "end", "activation": "relu"}
CONV3X3 = {"scale": 4, "radix": 2, "ratio": 0.0625, "divisor": 32, "split": False}
STEM_POOL = {"kernel": 3, "padding": "ignore"}

DEFAULTS: dict[tuple[str, str], dict[str, Any]] = {
    ("norm", "batch"): NORM,
    ("norm", "group"): NORM,
    ("norm", "instance"): NORM,
    ("norm", "layer"): NORM | {"eps": 1e-6},
    ("norm", "none"): NORM,
    ("attention", "none"): ATTENTION,
    ("attention", "se"): ATTENTION,
    ("attention", "eca"): ATTENTION,
    ("attention", "ese"): ATTENTION,
    ("attention", "cbam"): ATTENTION | {"divisor": 1},
    ("attention", "gc"): ATTENTION | {"ratio": 0.125, "divisor": 1},
    ("attention", "gca"): ATTENTION | {"ratio": 0.125, "divisor": 1},
    ("block.conv3x3", "plain"): CONV3X3,
    ("block.conv3x3", "res2"): CONV3X3,
    ("block.conv3x3", "split"): CONV3X3,
    ("block.conv3x3", "selective"): CONV3X3,
    ("stem.pool", "max"): STEM_POOL,
    ("stem.pool", "avg"): STEM_POOL | {"kernel": 2},
    ("stem.pool", "conv"): STEM_POOL,
    ("stem.pool", "none"): STEM_POOL,
    ("head.pool", "avg"): {"heads": None},
    ("head.pool", "attention"): {"heads": None},
}
"""The settings of each type, as the language defines them."""

CHANGED: dict[str, Any] = {
    "eps": 0.5,
    "momentum": 0.5,
    "groups": 5,
    "group_width": 5,
    "ratio": 0.75,
    "divisor": 5,
    "of": "input",
    "kernel": 5,
    "position": "inner",
    "activation": "silu",
    "scale": 5,
    "radix": 5,
    "split": True,
    "padding": "zero",
    "heads": 5,
}
"""A value of each setting that is nowhere the default."""

SETTINGS: dict[tuple[str, str], set[str]] = {
    ("norm", "batch"): {"eps", "momentum"},
    ("norm", "group"): {"eps", "groups", "group_width"},
    ("norm", "instance"): {"eps"},
    ("norm", "layer"): {"eps"},
    ("attention", "se"): {"ratio", "divisor", "of", "position", "activation"},
    ("attention", "eca"): {"kernel", "position"},
    ("attention", "ese"): {"position"},
    ("attention", "cbam"): {"ratio", "divisor", "of", "position"},
    ("attention", "gc"): {"ratio", "divisor", "of", "position", "activation"},
    ("attention", "gca"): {"ratio", "divisor", "of", "position", "activation"},
    ("block.conv3x3", "res2"): {"scale"},
    ("block.conv3x3", "split"): {"radix"},
    ("block.conv3x3", "selective"): {"ratio", "divisor", "split"},
    ("stem.pool", "max"): {"kernel", "padding"},
    ("stem.pool", "avg"): {"kernel"},
    ("head.pool", "attention"): {"heads"},
}
"""The settings that a type has; those of other types are left out of its short form."""

each_type = pytest.mark.parametrize(("key", "type_"), DEFAULTS)


@each_type
def test_a_full_value_has_all_defaults_of_its_type(key: str, type_: str) -> None:
    """Whether the type alone is written or a mapping; what is written wins, at its place in a list as well."""
    defaults = {"type": type_} | DEFAULTS[key, type_]
    assert full(key, type_) == full(key, {"type": type_}) == defaults
    for setting in DEFAULTS[key, type_]:
        written = {"type": type_, setting: CHANGED[setting]}
        assert full(key, written) == defaults | written


@each_type
def test_a_short_value_has_what_differs_from_the_defaults(key: str, type_: str) -> None:
    """Among the settings that its type has, in their order; the type alone if nothing does."""
    defaults = {"type": type_} | DEFAULTS[key, type_]
    assert short(key, type_) == short(key, defaults) == shortest(key, defaults) == type_
    everything = {"type": type_} | {setting: CHANGED[setting] for setting in DEFAULTS[key, type_]}
    kept = {"type": type_} | {name: CHANGED[name] for name in SETTINGS.get((key, type_), ())}
    assert short(key, everything) == shortest(key, everything) == (kept if len(kept) > 1 else type_)
    for setting in SETTINGS.get((key, type_), ()):
        assert short(key, defaults | {setting: CHANGED[setting]}) == {"type": type_, setting: CHANGED[setting]}


def test_values_of_several_stages_and_blocks_are_completed_each() -> None:
    """Nothing stays nothing, and keys without types stay as they are."""
    se, res2 = {"type": "se"} | ATTENTION, {"type": "res2"} | CONV3X3
    assert full("attention", ["se", {"type": "se", "ratio": 0.5}, None]) == [se, se | {"ratio": 0.5}, None]
    assert full("block.conv3x3", ["res2", "res2"]) == [res2, res2]
    blocks = {"layer1.0": {"attention": "se", "first": 4}, "layer1.1": {"attention": ["se"]}}
    assert full("blocks", blocks) == {"layer1.0": {"attention": se, "first": 4}, "layer1.1": {"attention": [se]}}
    for key in ("blocks", "norm", "attention", "block.conv3x3", "stem.pool", "head.pool", "stem.kernel"):
        assert full(key, None) is None
        assert shortest(key, None) is None
    assert full("stem.channels", [1, 2]) == shortest("stem.channels", [1, 2]) == [1, 2]
    assert full("stem.kernel", 3) == shortest("stem.kernel", 3) == 3
    long = {"type": "se", "ratio": 0.0625}
    assert shortest("attention", [long, "none"]) == ["se", "none"]
    assert shortest("stem.channels", [long]) == [long]


def test_settings_are_a_mapping_whatever_the_form() -> None:
    """Empty if nothing is written."""
    assert settings_of("se") == {"type": "se"}
    assert settings_of({"type": "se", "ratio": 0.5}) == {"type": "se", "ratio": 0.5}
    assert settings_of(None) == {}


def test_an_attention_has_the_defaults_of_its_type() -> None:
    """As the lowering gets it."""
    assert attention_of("gc") == Attention(type="gc", ratio=0.125, divisor=1)
    assert attention_of({"type": "se", "of": "input"}) == Attention(type="se", of="input")
