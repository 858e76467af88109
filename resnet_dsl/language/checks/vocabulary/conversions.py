"""Values that other libraries count differently: the fragment of a spec that says the same."""

from collections.abc import Callable, Mapping
from typing import Any

from ...document.bundled import bundled_like, bundled_specs
from ...document.canonical import collapsed
from ...text.tree import Plain
from .lineage_conversions import LINEAGE_CONVERSIONS
from .numbers import Document, is_count, is_number, reciprocal
from .stage_conversions import STAGE_CONVERSIONS
from .table import folded


def _one_minus(value: Any, _: Document) -> Plain:
    """The probability of dropping, from that of keeping."""
    return None if not is_number(value) else float(round(1 - value, 12))


def _divisor_or_fraction(value: Any, document: Document) -> Plain:
    """A ratio, which some libraries write as the number that they divide by."""
    return reciprocal(value, document) if is_number(value) and value > 1 else value


def _listed(value: Plain, _: Document) -> Plain:
    """The value if it is a list; a number says nothing of each stage."""
    return None if isinstance(value, int | float) else value


def _bundled_name(value: Plain, _: Document) -> Plain:
    return bundled_like(value) if isinstance(value, str) else None


def _bundled_depth(value: Plain, document: Document) -> Plain:
    """The bundled ResNet, or one of its kin, of this depth; `type` and `groups` beside it say which."""
    kind = folded(str(document.get("type")))
    groups, width = document.get("groups", 32), document.get("width_per_group", document.get("base_width", 4))
    names = {
        "resnetv1d": f"resnet{value}d",
        "resnetv1c": f"resnet{value}c",
        "resnext": f"resnext{value}_{groups}x{width}d",
        "seresnet": f"seresnet{value}",
        "seresnext": f"seresnext{value}_{groups}x{width}d",
    }
    name = names.get(kind, f"resnet{value}")
    return name if name in bundled_specs() else None


def image_shape(value: Plain, _: Document) -> dict[str, Plain] | None:
    """`input` from a side, two sides, or both with the channels before or after them."""
    match value:
        case [*_, 1 | 3 as channels, int(), int()] if len(value) <= 4:
            return {"size": collapsed(value[-2:]), "channels": channels}
        case [int(), int(), 1 | 3 as channels]:
            return {"size": collapsed(value[:2]), "channels": channels}
        case [int(), int()] | [int()]:
            return {"size": collapsed(value)}
        case list() | dict():
            return None
        case _:
            return {"size": value}


def _image_sides(value: Plain, document: Document) -> Plain:
    """`input.size` from `width` and `height`, of which both are needed."""
    section = document.get("input")
    sides = {**document, **(section if isinstance(section, Mapping) else {})}
    words = {folded(str(key)).removeprefix("image"): side for key, side in sides.items()}
    height, width = words.get("height", words.get("h")), words.get("width", words.get("w"))
    if not is_count(height) or not is_count(width):
        return None
    return {"input": {"size": collapsed([height, width])}}


def _attention_kind(value: Plain, _: Document) -> Plain:
    return None if value is True else value


def _width_and_groups(value: Plain, _: Document) -> Plain:
    match value:
        case [int() as width, int() as groups]:
            return {"groups": groups, "width_per_group": width}
        case _:
            return None


def _one_minus_if_large(value: Any, document: Document) -> Plain:
    """The weight of the new batch; TensorFlow's momentum, which is near 1, is that of the old ones."""
    return _one_minus(value, document) if is_number(value) and value > 0.5 else value


def _deep_stem(value: Plain, document: Document) -> Plain:
    """timm's deep stems: `stem_width`, which is 64 unless written, in two convolutions and twice that in the third."""
    width: Any = document.get("stem_width", 64)
    first = {"deep": width, "deep_tiered": 3 * (width // 4) if is_count(width) else 0}.get(str(value))
    return {"channels": [first, width, 2 * width], "kernel": 3} if is_count(width) and first else None


def _deep_stem_width(value: Any, document: Document) -> Plain:
    return _deep_stem(document.get("stem_type"), {"stem_width": value})


def _if_group_norm(value: Plain, document: Document) -> Plain:
    norm = document.get("norm")
    return value if norm == "group" or (isinstance(norm, Mapping) and norm.get("type") == "group") else None


CONVERSIONS: Mapping[str, Callable[[Any, Document], Plain]] = {
    **STAGE_CONVERSIONS,
    **LINEAGE_CONVERSIONS,
    "one_minus": _one_minus,
    "one_minus_if_large": _one_minus_if_large,
    "reciprocal": reciprocal,
    "divisor_or_fraction": _divisor_or_fraction,
    "listed": _listed,
    "bundled_name": _bundled_name,
    "bundled_depth": _bundled_depth,
    "image_shape": image_shape,
    "image_sides": _image_sides,
    "attention_kind": _attention_kind,
    "width_and_groups": _width_and_groups,
    "deep_stem": _deep_stem,
    "deep_stem_width": _deep_stem_width,
    "if_group_norm": _if_group_norm,
}
"""The conversions that `words.yaml` names; each gives None for a value that it does not understand."""
