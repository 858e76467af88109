"""The JSON Schema of the language, and what it says of keys; only this file imports jsonschema."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from ..text.tree import Path

_HOMES = {"spec": "resnet_dsl.language", "diagnostics": "resnet_dsl.diagnostics"}


def schema_text(of: Literal["spec", "diagnostics"] = "spec") -> str:
    """The JSON Schema of the language, or that of diagnostics as JSON, as text."""
    return files(_HOMES[of]).joinpath(f"{of}.schema.json").read_text("utf-8")


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the language."""
    loaded: dict[str, Any] = json.loads(schema_text())
    return loaded


@cache
def known_keys() -> frozenset[str]:
    """Every key that the language has, wherever it stands."""
    return frozenset(_keys(schema()))


def _keys(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from part.get("properties", ())
        for value in part.values():
            yield from _keys(value)


def properties(path: Path) -> Mapping[str, Any]:
    """What the schema says of each key of the mapping at a path."""
    part = schema()
    for step in path:
        part = part["properties"][step]
    found: Mapping[str, Any] = part["properties"]
    return found


def block_types() -> tuple[str, ...]:
    """The values of `block.type`."""
    return tuple(properties(("block",))["type"]["items"]["enum"])


def is_name(text: str) -> bool:
    """Whether a network can have this name."""
    return re.search(schema()["properties"]["name"]["pattern"], text) is not None


def required_keys() -> Mapping[Path, tuple[str, ...]]:
    """The keys that a spec needs or inherits, by the path of the mapping that needs them, if it is there."""
    whole = schema()["then"]
    inner = {(name,): tuple(part["required"]) for name, part in whole["properties"].items()}
    return {(): tuple(whole["required"]), **inner}


@cache
def validator() -> Any:
    """A validator to which `64.0` is not an integer, and which does not look into lists that are too long."""
    strict = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    strict_validator: Any = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, validators={"items": _items}, type_checker=strict
    )
    return strict_validator(schema())


def _items(validator: Any, items: Any, instance: Any, part: Any) -> Iterator[Any]:
    """What is wrong with the items of a list, unless there are too many of them: then nobody needs to know."""
    if not isinstance(instance, list) or len(instance) <= part["maxItems"]:
        yield from Draft202012Validator.VALIDATORS["items"](validator, items, instance, part)
