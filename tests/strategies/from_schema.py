"""Documents drawn from the JSON Schema itself, and perturbed ones that it may reject."""

import copy
from typing import Any

from hypothesis import strategies as st

from resnet_dsl.language.checks.schema import resolved, schema
from resnet_dsl.language.document.bundled import bundled_specs

from .choices import flip, integer, one_of

Json = dict[str, Any]

_TYPICAL = {
    "depths": st.integers(1, 3),
    "widths": st.integers(1, 128),
    "size": st.integers(1, 300),
    "depth": st.integers(1, 12),
    "initial": st.sampled_from([8, 24, 48]),
    "slope": st.floats(0, 50),
    "multiplier": st.floats(1.5, 3),
    "heads": st.sampled_from([1, 2, 4, 8]),
}
"""Small numbers for keys whose bounds allow very large networks, which would be rejected immediately."""
_BLOCKS = [f"layer{stage}.{block}" for stage in (1, 2, 3, 99) for block in ("*", 0, 1, 2, 9999)]
"""Names of blocks, not all of which there are."""
_PARENTS = ("resnet18", "resnext50_32x4d", "ecaresnet26t", "resnet50_gn", "nowhere", ".")


def accepted() -> st.SearchStrategy[Json]:
    """Documents that the schema accepts, with every key, type and bound, generated from the schema alone."""
    root = schema()
    whole = root["then"]
    table = {key: _merged(node, whole["properties"].get(key, {})) for key, node in root["properties"].items()}
    parents = st.sampled_from([name for name in _PARENTS if name in bundled_specs() or not name.isalnum()])
    alone = _table(table, [*root["required"], *whole["required"]], leave_out=("extends",))
    child = _table(root["properties"], root["required"], leave_out=("extends",))
    return alone | st.builds(lambda document, parent: document | {"extends": parent}, child, parents)


def _merged(node: Json, more: Json) -> Json:
    """The schema with the other one's required keys added, at every depth; of two alternatives one is required."""
    merged = node | {"required": [*node.get("required", []), *more.get("required", [])]}
    if "if" in more:
        merged["alternatives"] = [*more["if"]["not"]["required"], *more["then"]["required"]]
    for key, part in more.get("properties", {}).items():
        merged["properties"] = merged["properties"] | {key: _merged(resolved(merged["properties"][key]), part)}
    if "additionalProperties" in more:
        patterns = merged["patternProperties"].items()
        merged["patternProperties"] = {key: _merged(part, more["additionalProperties"]) for key, part in patterns}
    return merged


def _values(node: Json, name: str = "") -> st.SearchStrategy[Any]:
    """Values that a schema accepts."""
    node = resolved(node)
    if "enum" in node:
        return st.sampled_from(node["enum"])
    kinds = [node["type"]] if isinstance(node["type"], str) else node["type"]
    return st.one_of([_of_type(kind, node, name) for kind in kinds])


def _of_type(kind: str, node: Json, name: str) -> st.SearchStrategy[Any]:
    if node.get("if") == {"type": kind}:
        return _values(node["then"])
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            numbers = st.integers(node["minimum"], node["maximum"])
            if "multipleOf" in node.get("if", {}):
                numbers = numbers.filter(lambda number: number % 2 == 1)
            if step := node.get("multipleOf"):
                numbers = numbers.map(lambda number: max(number // step * step, step))
            return _TYPICAL.get(name, st.nothing()) | numbers
        case "number":
            lower, upper = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
            return _TYPICAL.get(name, st.nothing()) | st.floats(
                min_value=next(node[key] for key in lower if key in node),
                max_value=next(node[key] for key in upper if key in node),
                exclude_min=lower[1] in node,
                exclude_max=upper[1] in node,
            )
        case "string" if "pattern" in node:
            return st.from_regex(node["pattern"], fullmatch=True)
        case "string":
            return st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=5)
        case "array":
            return st.lists(_values(node["items"], name), min_size=node["minItems"], max_size=min(node["maxItems"], 6))
        case "object" if "patternProperties" in node:
            (part,) = node["patternProperties"].values()
            return st.dictionaries(st.sampled_from(_BLOCKS), _values(part), max_size=3)
        case "object" if "alternatives" in node:
            required = node["required"]
            return st.one_of([_table(node["properties"], [*required, each]) for each in node["alternatives"]])
        case "object":
            return _table(node["properties"], node.get("required", []))
        case _:
            raise AssertionError(kind)


def _table(properties: Json, required: list[str], *, leave_out: tuple[str, ...] = ()) -> st.SearchStrategy[Json]:
    """Mappings with some of the keys; required ones are not null."""
    values = {key: _values(node, key) for key, node in properties.items() if key not in leave_out}
    must = {key: values[key].filter(lambda value: value is not None) for key in dict.fromkeys(required)}
    return st.fixed_dictionaries(must, optional={key: value for key, value in values.items() if key not in must})


_ARBITRARY = (
    st.none()
    | st.booleans()
    | st.integers(-2, 70_000)
    | st.floats(-2, 2).filter(lambda number: not number.is_integer())
    | st.text("abc:1.", max_size=4)
    | st.lists(st.integers(0, 3), max_size=4)
    | st.dictionaries(st.sampled_from(["type", "depths", "x"]), st.integers(0, 3), max_size=2)
)
"""Arbitrary values, but no integral floats, for which the language is stricter than JSON Schema."""


@st.composite
def perturbed(draw: st.DrawFn) -> Json:
    """An accepted document with some values replaced, some keys removed and some added."""
    document = copy.deepcopy(draw(accepted()))
    for _ in range(integer(draw, 0, 3)):
        tables = [document, *(value for value in document.values() if isinstance(value, dict))]
        table = one_of(draw, tables)
        key = one_of(draw, [*table, "x", "depth"])
        if flip(draw):
            table[key] = draw(_ARBITRARY)
        else:
            table.pop(key, None)
    return document
