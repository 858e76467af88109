"""The keys of a spec: which of them names and shapes of weights reveal, and how their values compare."""

from typing import Any

from ...language.spec import default
from .forms import full
from .open_values import DEFAULTED, values_by_key
from .recognition import Recognised

REVEALED = (
    "block.type",
    "stages.depths",
    "stages.widths",
    "block.expansion",
    "block.groups",
    "block.width_per_group",
    "block.group_width",
    "block.reduce_first",
    "block.conv3x3",
    "block.preactivation",
    "input.channels",
    "stem.channels",
    "stem.kernel",
    "stem.pool",
    "shortcut.type",
    "shortcut.when",
    "shortcut.kernel",
    "shortcut.pool",
    "shortcut.norm",
    "norm",
    "conv.bias",
    "activation",
    "attention",
    "blocks",
    "head.norm",
    "head.conv",
    "head.classes",
    "head.pool",
    "antialias",
)
"""The keys that names and shapes reveal, in whole or in part, most important first."""

OPEN = (
    "stages.strides",
    "stages.dilations",
    "stem.stride",
    "stem.strides",
    "input.size",
    "block.stride_in",
    *(key for key in DEFAULTED if key not in REVEALED),
)
"""The keys whose values can at most be told to be the wrong ones, where a projection is missing or in the way."""

_WITHOUT_DEFAULT = ("stem.strides", "blocks")


def differing_keys(one: Recognised, other: Recognised) -> list[str]:
    """The keys for which the shapes of the two reveal different values, most important first."""
    conventions = one.conventions.keys() & other.conventions.keys()  # these reveal nothing
    return [key for key in REVEALED if value_at(one, key) != value_at(other, key) and key not in conventions]


def value_at(recognised: Recognised, key: str) -> Any:
    """The value of a dotted key, its default if it is not written; None if it has none."""
    values = values_by_key(recognised.document)
    if key == "head.activation":
        return values.get(key, values.get("head.norm", True))
    value = values.get(key)
    return usual(key) if value is None else value


def usual(key: str) -> Any:
    """The default of a dotted key; None if it has none, or if nothing is written where it applies."""
    value = None if key in _WITHOUT_DEFAULT else default(key.split("."))
    return getattr(value, "type", value)


def is_same(key: str, one: Any, other: Any) -> bool:
    """Whether two values of a key mean the same, whatever their form."""
    return bool(full(key, one) == full(key, other))
