"""Validation by the JSON Schema of the language; only this file imports jsonschema."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from ..text.tree import Path
from .schema import schema


@cache
def validator() -> Any:
    """A validator that rejects `64.0` as an integer and does not descend into lists that are too long."""
    strict = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    strict_validator: Any = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, validators={"items": _bounded_items}, type_checker=strict
    )
    return strict_validator(schema())


def _bounded_items(validator: Any, items: Any, instance: Any, part: Any) -> Iterator[Any]:
    """The errors in the items of a list, unless there are too many items: then only the length matters."""
    if not isinstance(instance, list) or len(instance) <= part["maxItems"]:
        yield from Draft202012Validator.VALIDATORS["items"](validator, items, instance, part)


def is_valid(path: Path, value: Any) -> bool:
    """Whether the schema allows a value at a path, in a document that extends another; in a list, two of them."""
    for step in reversed(path):
        value = [value, value] if isinstance(step, int) else {step: value}
    return bool(validator().is_valid({"name": "any", "extends": "any", **value}))
