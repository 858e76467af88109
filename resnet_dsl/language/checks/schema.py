"""The JSON Schema of the language and queries on it; only this file imports jsonschema."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from ..text.tree import Path

_PACKAGES = {"spec": "resnet_dsl.language", "diagnostics": "resnet_dsl.diagnostics"}

METADATA = ("$schema", "version", "name", "description", "reference", "expect")
"""Keys that do not affect the network."""


def schema_text(of: Literal["spec", "diagnostics"] = "spec") -> str:
    """The text of the JSON Schema of the language, or of diagnostics in JSON."""
    return files(_PACKAGES[of]).joinpath(f"{of}.schema.json").read_text("utf-8")


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the language."""
    loaded: dict[str, Any] = json.loads(schema_text())
    return loaded


@cache
def known_keys() -> frozenset[str]:
    """Every key of the language, at any level."""
    return frozenset(_keys(schema()))


def _keys(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from part.get("properties", ())
        for value in part.values():
            yield from _keys(value)


def properties(path: Path) -> Mapping[str, Any]:
    """The schema of each key of the mapping at a path."""
    part = schema()
    for step in path:
        part = part["properties"][step]
    found: Mapping[str, Any] = part["properties"]
    return found


@cache
def sections() -> frozenset[str]:
    """The keys whose value is a mapping, or may be one."""
    return frozenset(key for key, part in schema()["properties"].items() if "properties" in part)


def places(word: str) -> list[tuple[str, ...]]:
    """The paths of the keys with this name; case, `_` and `-` do not count."""
    found: list[tuple[str, ...]] = []
    letters = _letters(word)
    for name, part in schema()["properties"].items():
        paths = [(name,), *((name, key) for key in part.get("properties", ()))]
        found += (path for path in paths if _letters(path[-1]) == letters)
    return found


def _letters(key: str) -> str:
    return key.casefold().replace("_", "").replace("-", "")


def is_valid(path: Path, value: Any) -> bool:
    """Whether the schema allows a value at a path, in a document that extends another; in a list, two of them."""
    for step in reversed(path):
        value = [value, value] if isinstance(step, int) else {step: value}
    return bool(validator().is_valid({"name": "any", "extends": "any", **value}))


def is_name(text: str) -> bool:
    """Whether this is a valid name of a network."""
    return re.search(schema()["properties"]["name"]["pattern"], text) is not None


def required_keys() -> Mapping[Path, tuple[str, ...]]:
    """Path of a mapping -> the keys it must have, written or inherited, if it is present."""
    whole = schema()["then"]
    inner = {(name,): tuple(part["required"]) for name, part in whole["properties"].items()}
    return {(): tuple(whole["required"]), **inner}


def required_paths() -> set[Path]:
    """The paths of the required keys."""
    return {(*section, key) for section, keys in required_keys().items() for key in keys}


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
