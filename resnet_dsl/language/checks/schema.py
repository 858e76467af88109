"""The JSON Schema of the language, and queries on it."""

import json
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
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


def part_at(path: Path) -> Mapping[str, Any]:
    """The part of the schema about the value at a path, or each item of it; empty if there is no such key."""
    part: Mapping[str, Any] = schema()
    for step in path:
        if isinstance(step, str):
            names: Mapping[str, Any] = next(iter(part.get("patternProperties", {}).values()), {})
            part = part.get("properties", {}).get(step, names)
    return part


def properties(path: Path) -> Mapping[str, Any]:
    """The schema of each key of the mapping at a path; none if its keys are names."""
    found: Mapping[str, Any] = part_at(path).get("properties", {})
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
    return tuple(value for value in enumeration(part_at(path)) if not isinstance(value, bool))


@cache
def sections() -> frozenset[str]:
    """The keys whose value is a mapping, or may be one."""
    return frozenset(
        key for key, part in schema()["properties"].items() if {"properties", "patternProperties"} & part.keys()
    )


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


@dataclass(frozen=True, slots=True)
class Required:
    """The keys that a mapping must have, written or inherited, if it is present."""

    keys: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    """A key that may be missing -> the one that is there instead."""
    inner: Mapping[str, "Required"] = field(default_factory=dict)
    """The same of the mappings in it, by their keys."""
    each: "Required | None" = None
    """The same of every mapping in it, if its keys are names."""

    def missing(self, present: Container[str]) -> list[str]:
        """The keys that a mapping lacks."""
        return [key for key in self.keys if key not in present and self.instead.get(key) not in present]


@cache
def required() -> Required:
    """What a document must have."""
    return _required(schema()["then"])


def _required(part: Mapping[str, Any]) -> Required:
    unless: Mapping[str, Any] = part.get("if", {}).get("not", {})
    instead = {key: other for key in part.get("then", {}).get("required", ()) for other in unless["required"]}
    return Required(
        keys=(*part.get("required", ()), *instead),
        instead=instead,
        inner={key: _required(inner) for key, inner in part.get("properties", {}).items()},
        each=_required(part["additionalProperties"]) if "additionalProperties" in part else None,
    )


def is_required(path: Path) -> bool:
    """Whether the mapping that a key is in must have it, or another one instead."""
    found: Required | None = required()
    for step in path[:-1]:
        if found is not None:
            found = found.inner.get(str(step), found.each)
    return found is not None and path[-1] in found.keys
