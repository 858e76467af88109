"""The keys of a spec: which of them names and shapes of weights reveal, and how their values compare."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ...language.spec import Attention, Norm, default, default_norm_eps
from .open_values import DEFAULTED, values_by_key
from .recognition import Recognised

REVEALED = (
    "block.type",
    "stages.depths",
    "stages.widths",
    "block.expansion",
    "block.groups",
    "block.width_per_group",
    "block.reduce_first",
    "block.preactivation",
    "input.channels",
    "stem.channels",
    "stem.kernel",
    "stem.pool",
    "shortcut.type",
    "shortcut.when",
    "shortcut.kernel",
    "shortcut.pool",
    "norm",
    "attention",
    "head.classes",
    "head.pool",
    "antialias",
)
"""The keys that names and shapes reveal, in whole or in part, most important first."""

OPEN = (
    "stages.strides",
    "stages.dilations",
    "stem.stride",
    "input.size",
    "block.stride_in",
    "activation",
    *DEFAULTED,
)
"""The keys whose values can at most be told to be the wrong ones, where a projection is missing or in the way."""

_NOT_WRITTEN = ("shortcut.when", "shortcut.kernel", "shortcut.pool", *OPEN)
"""Keys that a recognised spec lacks where they have their default."""


def differing_keys(one: Recognised, other: Recognised) -> list[str]:
    """The keys for which the shapes of the two reveal different values, most important first."""
    conventions = one.conventions.keys() & other.conventions.keys()  # these reveal nothing
    return [key for key in REVEALED if value_at(one, key) != value_at(other, key) and key not in conventions]


def value_at(recognised: Recognised, key: str) -> Any:
    """The value of a dotted key, None if it has none."""
    value = values_by_key(recognised.document).get(key)
    return default(key.split(".")) if value is None and key in _NOT_WRITTEN else value


def is_same(key: str, one: Any, other: Any) -> bool:
    """Whether two values of a key mean the same, whatever their form."""
    return bool(full(key, one) == full(key, other))


def full(key: str, value: Any) -> Any:
    """A value with the settings that its short form leaves out."""
    match key, value:
        case "norm", _:
            settings = dict(value) if isinstance(value, Mapping) else {"type": value}
            return asdict(Norm()) | {"eps": default_norm_eps(settings["type"])} | settings
        case "attention", list():
            return [full(key, each) for each in value]
        case "attention", _:
            settings = dict(value) if isinstance(value, Mapping) else {"type": value}
            return asdict(Attention()) | settings
        case _:
            return value
