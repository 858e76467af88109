"""Guessing what was meant by a value of the wrong type."""

import re
from collections.abc import Mapping
from typing import Any

from ..text.tree import Path, Scalar, Sequence, Tree
from .schema import block_types

_BOOLEANS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_NULLS = ("~", "null")
_PREFIXED = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_LARGEST = 2**63
_PROSE: tuple[Path, ...] = (("description",), ("reference",))


def suggestions(found: Tree, path: Path, schema: Mapping[str, Any], *, is_child: bool) -> tuple[str, ...]:
    """A help that says what to write instead of `found`, if the intent is clear.

    Args:
        found: the value at `path`, whose type `schema` does not allow.
        is_child: whether the document extends another, so that `null` has a meaning.
    """
    if isinstance(found, Scalar) and str(found.value).casefold() in _NULLS and path not in _PROSE:
        return ("write `null`",) if is_child else ("remove the key",)
    better = _replacement(found, path, schema)
    return () if better is None else (f"write `{better}`",)


def _replacement(found: Tree, path: Path, schema: Mapping[str, Any]) -> str | None:
    wanted = (schema["type"],) if isinstance(schema["type"], str) else tuple(schema["type"])
    match found:
        case Scalar(value=bool()):
            return None
        case Scalar(value=float() as number) if "integer" in wanted and number.is_integer():
            return str(int(number)) if abs(number) < _LARGEST else None
        case Scalar(value=int() | float()) if path in _PROSE:
            return f"'{found.span.text}'"
        case Scalar(value=int()) if "array" in wanted and schema.get("items", {}).get("type") == "integer":
            return f"[{found.span.text}]"
        case Scalar(value=str() as text):
            return _replacement_for_text(text, path, schema, wanted)
        case Sequence(items=(Scalar() as only,)) if "array" not in wanted and {*wanted} - {"object", "null"}:
            return only.span.text
        case Sequence(items=items) if path == ("stages",) and all(isinstance(item, Scalar) for item in items):
            return f"stages: {{depths: {found.span.text}}}" if "\n" not in found.span.text else None
        case _:
            return None


def _replacement_for_text(text: str, path: Path, schema: Mapping[str, Any], wanted: tuple[str, ...]) -> str | None:
    if "boolean" in wanted and text.casefold() in _BOOLEANS:
        return _BOOLEANS[text.casefold()]
    if ("integer" in wanted or "number" in wanted) and len(text) < 20:
        better = _number(text, is_integer="number" not in wanted)
        return better if better is not None and _is_in_bounds(float(better), schema) else None
    if path == ("block",) and text in block_types():
        return f"block: {{type: {text}}}"
    return None


def _is_in_bounds(number: float, schema: Mapping[str, Any]) -> bool:
    low, high = schema.get("minimum", number), schema.get("maximum", number)
    above, below = schema.get("exclusiveMinimum", number - 1), schema.get("exclusiveMaximum", number + 1)
    return bool(low <= number <= high and above < number < below)


def _number(text: str, *, is_integer: bool) -> str | None:
    """The number that a text denotes in YAML 1.1 or another language."""
    digits = text.replace("_", "")
    if _PREFIXED.fullmatch(digits):
        return str(int(digits, 0))
    if not _DECIMAL.fullmatch(digits):
        return None
    number = float(digits)
    if number.is_integer():
        return str(int(number))
    return None if is_integer else repr(number)
