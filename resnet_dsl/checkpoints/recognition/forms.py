"""Values that have a type and settings of this type: their short form, and the full one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ...language.document.canonical import shortened_settings
from ...language.spec import NORM_SETTINGS, Attention, Conv3x3, HeadPool, Norm, StemPool, default_norm_eps
from ...lowering.attention import ATTENTIONS
from ...lowering.conv3x3 import CONVS3X3

_KERNELS = {"avg": 2}
"""Kernel of a pooling in the stem, where it is not the usual one."""


def settings_of(value: Any) -> dict[str, Any]:
    """Type and settings as written, whatever the form; empty if nothing is."""
    if isinstance(value, Mapping):
        return dict(value)
    return {} if value is None else {"type": value}


def full(key: str, value: Any) -> Any:
    """A value with the settings that its short form leaves out; those of other keys as they are."""
    if isinstance(value, list) and key in ("attention", "block.conv3x3"):
        return [full(key, each) for each in value]
    if key == "blocks" and value is not None:
        return {name: {each: full(each, own) for each, own in values.items()} for name, values in value.items()}
    if key not in _SETTINGS or value is None:
        return value
    settings = settings_of(value)
    return _defaults(key, settings.get("type")) | settings


def short(key: str, value: Any) -> Any:
    """The shortest form of a value of a key with types: without the settings that have their defaults."""
    settings = settings_of(value)
    type_ = settings["type"]
    defaults = _defaults(key, type_)
    names = [name for name in _SETTINGS[key].get(type_, ()) if settings.get(name, defaults[name]) != defaults[name]]
    return shortened_settings({"type": type_} | {name: settings[name] for name in names})


def shortest(key: str, value: Any) -> Any:
    """The shortest form of a value of any key."""
    if isinstance(value, list):
        return [shortest(key, each) for each in value] if key in _SETTINGS else value
    return short(key, value) if key in _SETTINGS and value is not None else value


def attention_of(value: Any) -> Attention:
    """The attention that a value stands for."""
    return Attention(**full("attention", value))


def _defaults(key: str, type_: Any) -> dict[str, Any]:
    match key:
        case "norm":
            return asdict(Norm()) | {"eps": default_norm_eps(type_)}
        case "attention":
            return asdict(Attention()) | (dict(ATTENTIONS[type_].defaults) if type_ in ATTENTIONS else {})
        case "block.conv3x3":
            return asdict(Conv3x3())
        case "stem.pool":
            return asdict(StemPool()) | ({"kernel": _KERNELS[type_]} if type_ in _KERNELS else {})
        case _:
            return asdict(HeadPool())


_SETTINGS: Mapping[str, Mapping[Any, Sequence[str]]] = {
    "norm": NORM_SETTINGS,
    "attention": {name: kind.settings for name, kind in ATTENTIONS.items()},
    "block.conv3x3": {name: kind.settings for name, kind in CONVS3X3.items()},
    "stem.pool": {"max": ("kernel", "padding"), "avg": ("kernel",)},
    "head.pool": {"attention": ("heads",)},
}
"""The keys whose values have types, and the settings of each type."""
