"""The JSON Schema: properties of every key, and the diagnostics for violations."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from resnet_dsl.language.checks.schema import enumeration, resolved, schema
from resnet_dsl.language.text.writer import write

from ...helpers import TINY, faults, load, messages, places, plain

Json = dict[str, Any]

RULE = "regnet: {depth: 9, initial: 24, slope: 20, multiplier: 2}"

UNNAMED = TINY.removeprefix("name: tiny\n")


def _schemas(node: Any, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every subschema with its path."""
    if not isinstance(node, dict):
        return
    yield path, node
    for key in ("properties", "patternProperties", "$defs"):
        for name, inner in node.get(key, {}).items():
            yield from _schemas(inner, f"{path}/{key}/{name}")
    for key in ("items", "if", "then", "else", "not"):
        yield from _schemas(node.get(key), f"{path}/{key}")
    for inner in node.get("allOf", ()):
        yield from _schemas(inner, f"{path}/allOf")


SCHEMAS = dict(_schemas(schema()))
"""By path; a path under `/then` only extends a schema defined elsewhere."""
MAIN = {path: node for path, node in SCHEMAS.items() if not {"if", "then", "else", "not"} & set(path.split("/"))}
KEYS = {path: node for path, node in MAIN.items() if path.split("/")[-2:-1] == ["properties"]}
WRITTEN = {path: node for path, node in KEYS.items() if "/items/" not in path and "/patternProperties/" not in path}
"""Those that a document can state by themselves."""

BESIDE: Json = {
    "stem": {"pool": {"type": "max"}},
    "block": {"type": "basic", "conv3x3": {"type": "plain"}},
    "conv": {"type": "plain"},
    "norm": {"type": "batch"},
    "attention": {"type": "none"},
    "stages": {"regnet": {"depth": 1, "initial": 8, "slope": 0, "multiplier": 2}},
    "head": {"pool": {"type": "avg"}},
}
"""What the settings of a mapping need beside them."""


def _types(node: Json) -> list[str]:
    types = resolved(node).get("type", [])
    return [types] if isinstance(types, str) else types


def test_the_schema_is_valid() -> None:
    """The schema conforms to the meta-schema of its draft."""
    Draft202012Validator.check_schema(schema())


def test_no_part_of_the_schema_is_overlooked() -> None:
    """The schema uses no keywords with subschemas other than those traversed here."""
    others = {"oneOf", "prefixItems", "dependentSchemas", "contains"}
    assert [path for path, node in SCHEMAS.items() if others & node.keys()] == []


@pytest.mark.parametrize("path", [path for path, node in SCHEMAS.items() if "anyOf" in node])
def test_anyof_repeats_what_then_says(path: str) -> None:
    """It accepts everything, so that messages come from `then`; editors offer the values that they find in it."""
    assert SCHEMAS[path]["anyOf"] == [SCHEMAS[path]["then"], True]


@pytest.mark.parametrize("path", [path for path, node in MAIN.items() if "object" in _types(node)])
def test_every_mapping_is_closed(path: str) -> None:
    """Every mapping forbids unknown keys, or names."""
    known = MAIN[path].get("properties") or MAIN[path].get("patternProperties")
    assert (MAIN[path]["additionalProperties"], bool(known)) == (False, True)


@pytest.mark.parametrize("path", [path for path, node in MAIN.items() if {"integer", "number"} & set(_types(node))])
def test_every_number_has_a_lower_and_an_upper_bound(path: str) -> None:
    """Every number is bounded on both sides, so that no spec can exhaust the machine."""
    node = resolved(MAIN[path])
    lower = {"minimum", "exclusiveMinimum"} & node.keys()
    upper = {"maximum", "exclusiveMaximum"} & node.keys()
    assert enumeration(node) or (len(lower), len(upper)) == (1, 1)


@pytest.mark.parametrize("path", [path for path, node in MAIN.items() if "array" in _types(node)])
def test_every_list_has_a_bounded_length_and_an_item_schema(path: str) -> None:
    """Every list has a minimum and maximum length and a schema for its items."""
    node = resolved(MAIN[path])
    assert 1 <= node["minItems"] <= node["maxItems"] <= 1000
    assert node["items"]


@pytest.mark.parametrize("path", KEYS)
def test_every_key_is_described(path: str) -> None:
    """Every key has a description that ends with a full stop."""
    assert KEYS[path]["description"].endswith(".")


def _steps(path: str) -> list[str]:
    return path.split("/")[2::2]


def _document(steps: list[str]) -> Json:
    """A small spec with what a key needs beside it, which is in the mapping that the key belongs to."""
    tiny: Any = plain(TINY)
    document: Json = {**tiny, **({"stages": {}} if steps[:2] == ["stages", "regnet"] and len(steps) > 2 else {})}
    place, beside = document, BESIDE
    for step in steps[:-1]:
        beside = beside.get(step, {})
        needed = {key: value for key, value in beside.items() if not isinstance(value, dict)}
        place[step] = {**place.get(step, {}), **needed}
        place = place[step]
    return document


@pytest.mark.parametrize("path", [path for path, node in WRITTEN.items() if "default" in node])
def test_writing_a_default_changes_nothing(path: str) -> None:
    """The defaults in the schema are those that the compiler fills in."""
    steps = _steps(path)
    document = _document(steps)
    place = changed = copy.deepcopy(document)
    for step in steps[:-1]:
        place = place[step]
    place[steps[-1]] = KEYS[path]["default"]
    assert load(document) == load(changed)


@pytest.mark.parametrize("path", [path for path, node in WRITTEN.items() if "integer" in _types(node)])
def test_a_float_is_not_an_integer(path: str) -> None:
    """`3.0` is rejected wherever an integer is required."""
    steps = _steps(path)
    place = document = _document(steps)
    for step in steps[:-1]:
        place = place[step]
    place[steps[-1]] = 3.0
    assert ("RD201", "3.0") in places(write(document))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("head: {classes: 3.0}", "`head.classes` must be an integer, found the number `3.0`"),
        ("head: {classes: 1e1}", "`head.classes` must be an integer, found the number `1e1`"),
        ("head: {classes: ten}", "`head.classes` must be an integer, found the string `ten`"),
        ("head: {classes: no}", "`head.classes` must be an integer, found the string `no`"),
        ("head: {classes: false}", "`head.classes` must be an integer, found `false`"),
        ("head: {classes: }", "`head.classes` must be an integer, found nothing"),
        ("head: {dropout: [0.5]}", "`head.dropout` must be a number, found a list"),
        ("input: {size: wide}", "`input.size` must be an integer or a list, found the string `wide`"),
        ("input: 224", "`input` must be a mapping, found the number `224`"),
        ("init: {zero_residual: yes}", "`init.zero_residual` must be `true` or `false`, found the string `yes`"),
        ("description: {}", "`description` must be a string, found a mapping"),
    ],
)
def test_a_value_of_the_wrong_type(text: str, expected: str) -> None:
    """The message names the key, the allowed types and the value found."""
    assert messages(f"{TINY}{text}\n") == [("RD201", expected)]


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("head: {classes: -1}", "RD205", "`head.classes` must be at least 0, found the number `-1`"),
        ("head: {classes: 65537}", "RD205", "`head.classes` must be at most 65,536, found the number `65537`"),
        ("head: {dropout: 1}", "RD205", "`head.dropout` must be less than 1, found the number `1`"),
        ("input: {size: [5, 0]}", "RD205", "`input.size[1]` must be at least 1, found the number `0`"),
        ("stem: {kernel: 4}", "RD205", "`stem.kernel` must be odd, found the number `4`"),
        ("stem: {pool: min}", "RD204", "`stem.pool` must be `max`, `avg`, `conv` or `none`, found the string `min`"),
        ("version: 2", "RD204", "`version` must be `1`, found the number `2`"),
        ("input: {size: [5]}", "RD207", "`input.size` must be a list of 2 values, found 1"),
        ("stem: {channels: []}", "RD207", "`stem.channels` must be a list of 1 to 1,000 values, found 0"),
        ("blocks: {layer1: {}}", "RD307", "`layer1` is not the name of a block"),
        ("blocks: {layer1.0: {width: 1}}", "RD203", "unknown key `width`"),
        ("blocks: {layer1.0: {first: 0}}", "RD205", "`blocks.layer1.0.first` must be at least 1, found the number `0`"),
        ("expect: {output: []}", "RD207", "`expect.output` must be a list of 1 to 3 values, found 0"),
        ("heads: {}", "RD203", "unknown key `heads`"),
        ("head: {Classes: 1}", "RD203", "unknown key `Classes`"),
    ],
)
def test_a_value_that_is_not_allowed(text: str, code: str, expected: str) -> None:
    """The message names the key, the rule and the value found."""
    assert messages(f"{TINY}{text}\n") == [(code, expected)]


@pytest.mark.parametrize("name", ["a", "A1", "a_b.c-d", "x" * 64])
def test_valid_names(name: str) -> None:
    """A name is a letter followed by letters, digits, `_`, `.` and `-`, up to 64 characters in total."""
    assert messages(f"name: {name}\n{UNNAMED}") == []


@pytest.mark.parametrize("name", ["''", "1a", "_a", "a b", "a/b", "é", "x" * 65, '"a\\n"', '"a\\nb"', "'1'"])
def test_invalid_names(name: str) -> None:
    """Other characters, lengths and trailing line breaks are rejected."""
    assert places(f"name: {name}\n{UNNAMED}") == [("RD206", name)]


@pytest.mark.parametrize("initial", ["28", "30", "36"])
def test_a_number_that_must_be_a_multiple(initial: str) -> None:
    """The help gives the next ones."""
    (fault,) = faults(TINY.replace("depths: [1]", RULE.replace("24", initial)))
    assert fault.message == f"`stages.regnet.initial` must be a multiple of 8, found the number `{initial}`"
    assert fault.helps == (f"write `{int(initial) // 8 * 8}` or `{int(initial) // 8 * 8 + 8}`",)


def test_a_number_out_of_bounds_is_not_also_reported_as_no_multiple() -> None:
    """It is a single fault."""
    assert places(TINY.replace("depths: [1]", RULE.replace("24", "70001"))) == [("RD205", "70001")]


def test_a_spec_needs_depths_or_a_rule() -> None:
    """Where neither is there, both are named; a rule needs all of its numbers."""
    (fault,) = faults(TINY.replace("depths: [1]", "widths: 8"))
    assert (fault.message, fault.labels[0].text) == (
        "missing key `stages.depths`",
        "`stages` needs `depths` or `regnet`",
    )
    assert messages(TINY.replace("depths: [1]", "regnet: {depth: 1, slope: 3}")) == [
        ("RD202", "missing key `stages.regnet.initial`"),
        ("RD202", "missing key `stages.regnet.multiplier`"),
    ]
    assert messages(TINY.replace("depths: [1]", f"regnt: {RULE.removeprefix('regnet: ')}")) == [
        ("RD203", "unknown key `regnt`")
    ]
    assert messages(TINY.replace("depths: [1]", RULE)) == []


def test_missing_keys_are_reported_where_they_belong() -> None:
    """A missing key is reported at the mapping that lacks it, or at the first key of the spec."""
    expected = [("RD202", "stem"), ("RD202", "stem"), ("RD202", "block")]
    assert places("stem: {}\nblock: {}\n") == expected
    assert messages("block: {}\n")[0] == ("RD202", "missing key `name`")


def test_missing_keys_are_reported_in_schema_order() -> None:
    """All missing keys are reported, in the order of the schema."""
    assert [message for _, message in messages("{}")] == [f"missing key `{key}`" for key in ("name", "block", "stages")]


def test_a_missing_key_of_a_list_item_is_marked_at_the_item() -> None:
    """A list item has no key that could be marked."""
    assert places(f"{TINY}attention: [{{ratio: 0.5}}]\n") == [("RD202", "{ratio: 0.5}")]


@pytest.mark.parametrize("key", ["extend", "extnds"])
def test_a_misspelt_extends_accounts_for_all_missing_keys_but_the_name(key: str) -> None:
    """With a misspelt `extends`, only a missing name is reported, as the other keys may be inherited."""
    expected = [("RD203", f"unknown key `{key}`"), ("RD202", "missing key `name`")]
    assert sorted(messages(f"{key}: resnet18\n")) == sorted(expected)
    assert messages(f"name: a\n{key}: resnet18\n") == expected[:1]


@pytest.mark.parametrize("kernel", ["0", "-2", "32", "100"])
def test_a_number_out_of_bounds_is_not_also_reported_as_even(kernel: str) -> None:
    """An even number out of bounds is a single fault."""
    assert places(f"{TINY}stem: {{kernel: {kernel}}}\n") == [("RD205", kernel)]


def test_the_items_of_a_list_that_is_too_long_are_not_checked() -> None:
    """Only the length of a list that is too long is reported."""
    text = TINY.replace("[1]", f"[{', '.join(['x'] * 17)}]")
    assert messages(text) == [("RD207", "`stages.depths` must be a list of 1 to 16 values, found 17")]
    assert len(faults(TINY.replace("[1]", f"[{', '.join(['x'] * 16)}]"))) == 16


def test_a_misspelt_key_is_not_missing_as_well() -> None:
    """A misspelt key is reported as unknown, and the intended key is not reported as missing."""
    assert messages("nmae: a\nblock: {typ: basic}\nstages: {depth: [1]}\n") == [
        ("RD203", "unknown key `nmae`"),
        ("RD203", "unknown key `typ`"),
        ("RD203", "unknown key `depth`"),
    ]


def test_all_faults_of_a_spec_are_reported_in_file_order() -> None:
    """Every fault is reported exactly once, sorted by place."""
    text = "head: {classes: -1, pool: min}\nname: 5\nblock: {type: basic, x: 1}\nstages: {depths: [0, 1, a]}\n"
    assert places(text) == [
        ("RD205", "-1"),
        ("RD204", "min"),
        ("RD201", "5"),
        ("RD203", "x"),
        ("RD205", "0"),
        ("RD201", "a"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("classes: 10", ((), ("write `head: {classes: 10}`",))),
        ("classes: ten", (("`classes` is `head.classes` here",), ())),
        ("stages: {depths: [1], classes: 10}", ((), ("write `head: {classes: 10}` at the top level",))),
        (
            "stages: {depths: [1], pool: avg}",
            (("did you mean `stem.pool`, `block.pool`, `shortcut.pool` or `head.pool`?",), ()),
        ),
        ("pool: catavgmax", ((), ("write `head: {pool: catavgmax}`",))),
        ("stages: {depths: [1], norm: batch}", ((), ("write `norm: batch` at the top level",))),
        ("stages: {depths: [1], norm: 5}", (("`norm` is a top-level key",), ())),
        ("stem: {activation: relu}", ((), ("write `activation: relu` at the top level",))),
    ],
)
def test_a_key_of_another_mapping_is_sent_there(line: str, expected: tuple[tuple[str, ...], ...]) -> None:
    """The help gives the line if only one mapping has such a key with such a value; else a note names the keys."""
    text = TINY.replace("stages: {depths: [1]}\n", "") if line.startswith("stages") else TINY
    (fault,) = faults(f"{text}{line}\n")
    assert (fault.code, fault.notes, fault.helps) == ("RD203", *expected)


def test_a_word_that_nobody_knows_gets_the_keys_that_there_are() -> None:
    """In a note, since they are no advice."""
    (fault,) = faults(f"{TINY}init: {{xyz: 1}}\n")
    assert (fault.notes, fault.helps) == (("the only key of `init` is `zero_residual`",), ())
