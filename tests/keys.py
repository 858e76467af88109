"""The keys of the language, as its JSON Schema describes them."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from resnet_dsl.language.checks.schema import enumeration, resolved, schema

PER_STAGE_SENTENCE = " One value, or one per stage."


class Key(NamedTuple):
    """A key with the part of the schema about it."""

    path: tuple[str, ...]
    node: dict[str, Any]
    default: str

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def is_section(self) -> bool:
        """Whether its value is always a mapping."""
        return types(self.node) == ["object"]

    @property
    def is_per_stage(self) -> bool:
        """Whether it takes one value per stage."""
        return PER_STAGE_SENTENCE in self.node["description"]

    @property
    def values(self) -> str:
        """The possible values, in words."""
        return re.sub(r", or a list of 1 to 16", "", values(self.node)) if self.is_per_stage else values(self.node)

    @property
    def facts(self) -> str:
        """The end of its description: what editors do not show unless the description says it."""
        is_number = {"integer", "number"} & {*types(self.node), *types(self.node.get("items", {}))}
        is_bounded = is_number or "examples" in self.node
        possible = f" Values: {self.values}." if is_bounded and not enumeration(self.node) else ""
        return f"{possible} Default: {self.default}." if "default" in self.node else possible

    @property
    def meaning(self) -> str:
        """The description without the bounds and the default, which follow from the rest of the schema."""
        description: str = self.node["description"]
        return description.removesuffix(self.facts)


def types(node: dict[str, Any]) -> list[str]:
    """The JSON types that a value may have, except `null`, which the text explains once."""
    listed = node.get("type", [])
    return [each for each in ([listed] if isinstance(listed, str) else listed) if each != "null"]


def keys(node: dict[str, Any], always: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[Key]:
    """Every key below a node, in schema order; `always` has the keys that a complete spec requires there."""
    required = {*node.get("required", []), *always.get("required", [])}
    within = " in a mapping" if len(types(node)) > 1 else ""
    for name, child in node.get("properties", {}).items():
        below = resolved(child)
        key = Key((*path, name), below, f"required{within}" if name in required else default(below))
        yield key
        inside = always.get("properties", {}).get(name, {})
        yield from keys(below, inside, key.path)
        for part in below.get("patternProperties", {}).values():
            yield from keys(part, inside.get("additionalProperties", {}), (*key.path, "*"))


def default(node: dict[str, Any]) -> str:
    """The cell for the value of a key that is left out."""
    if "default" not in node:
        return "varies" if "defaults to" in node.get("description", "") else "–"
    value = node["default"]
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def all_keys() -> list[Key]:
    return list(keys(schema(), schema()["then"]))


def values(node: dict[str, Any]) -> str:
    """The possible values of a key, in words."""
    if possible := enumeration(node):
        if len(possible) > 3 and possible == tuple(2**power for power in range(len(possible))):
            return f"a power of two, at most {possible[-1]:,}"
        text = ", ".join(f"`{str(each).lower() if isinstance(each, bool) else each}`" for each in possible)
    else:
        text = ", ".join(_range(node, kind) for kind in types(node) if kind not in ("array", "object"))
    if "array" in types(node):
        few, many = node["minItems"], node["maxItems"]
        length = f"{few:,}" if few == many else f"{few:,} to {many:,}"
        text = f"{text}, or a list of {length}" if text else f"a list of {length}, each {values(node['items'])}"
    return f"{text}, or a mapping" if "object" in types(node) else text


def _range(node: dict[str, Any], kind: str) -> str:
    if kind == "string" and "examples" in node:
        return f"a bound such as {' or '.join(f'`{each}`' for each in node['examples'])}"
    if kind == "string":
        return "a name" if "pattern" in node else "text"
    low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum", node.get("exclusiveMaximum"))
    assert low is not None, node
    assert high is not None, node
    if kind == "number":
        below = "<" if "exclusiveMinimum" in node else "≤"
        return f"{low} {below} x {'<' if 'exclusiveMaximum' in node else '≤'} {high}"
    odd = "odd, " if "multipleOf" in node.get("if", {}) else ""
    return f"{odd}{low} or more" if high >= 2**40 else f"{odd}{low} to {high:,}"
