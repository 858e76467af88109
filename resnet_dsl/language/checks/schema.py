"""The JSON Schema of the language, and queries on it."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

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


def resolved(part: Mapping[str, Any]) -> dict[str, Any]:
    """A part of the schema together with what it refers to by `$ref` and `allOf`."""
    target = schema()["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else {}
    whole = {**target, **part}
    for more in whole.pop("allOf", ()):
        whole |= more
    return whole


def enumeration(part: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values among which a key has a choice, in its short form; none if it is not an enumeration."""
    whole = resolved(part)
    if "boolean" in whole.get("type", ()):
        return True, False
    values = whole.get("enum", resolved(whole.get("then", {})).get("enum", ()))
    return tuple(value for value in values if value is not None)


def enumerated(path: Path) -> tuple[str | int, ...]:
    """The words or numbers among which the key at a path has a choice; none if it has none, or is unknown."""
    names = tuple(step for step in path if isinstance(step, str))
    is_known = len(names) == 1 or (len(names) == 2 and names[0] in sections())
    part = properties(names[:-1]).get(names[-1], {}) if is_known else {}
    return tuple(value for value in enumeration(part) if not isinstance(value, bool))


@cache
def sections() -> frozenset[str]:
    """The keys whose value is a mapping, or may be one."""
    return frozenset(key for key, part in schema()["properties"].items() if "properties" in part)


def places(word: str) -> list[tuple[str, ...]]:
    """The paths of the keys with this name, alone or after that of its section; case, `_` and `-` do not count."""
    found: list[tuple[str, ...]] = []
    letters = _letters(word)
    for name, part in schema()["properties"].items():
        paths = [(name,), *((name, key) for key in part.get("properties", ()))]
        found += (path for path in paths if letters in (_letters(path[-1]), _letters("".join(path))))
    return found


def _letters(key: str) -> str:
    return key.casefold().replace("_", "").replace("-", "")


def is_name(text: str) -> bool:
    """Whether this is a valid name of a network."""
    return re.search(schema()["properties"]["name"]["pattern"], text) is not None


def name_like(text: str) -> str | None:
    """A valid name that resembles the text, if there is one."""
    letters = re.sub(r"[^A-Za-z0-9_.-]+", "_", text).strip("_")[:60]
    name = f"net_{letters}" if letters[:1].isdigit() else letters
    return name if is_name(name) else None


def required_keys() -> Mapping[Path, tuple[str, ...]]:
    """Path of a mapping -> the keys it must have, written or inherited, if it is present."""
    whole = schema()["then"]
    inner = {(name,): tuple(part["required"]) for name, part in whole["properties"].items()}
    return {(): tuple(whole["required"]), **inner}


def required_paths() -> set[Path]:
    """The paths of the required keys."""
    return {(*section, key) for section, keys in required_keys().items() for key in keys}
