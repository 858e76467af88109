"""What the schema has for editors only: they show a description on hover, and offer values where they find them.

`UPDATE_DOCS=1 pytest tests/language/checks/test_schema_for_editors.py` writes the names of the bundled specs into the
schema, instead of comparing them.
"""

import json
import re
from typing import Any

import pytest

import resnet_dsl
from resnet_dsl.language.checks.schema import enumeration, part_at, resolved, schema
from resnet_dsl.language.document.bundled import bundled_specs

from ...helpers import TINY, messages
from ...keys import Key, all_keys
from ...test_docs import PACKAGE, UPDATE

SCHEMA = PACKAGE / "language" / "spec.schema.json"
KEYS = all_keys()


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_description_ends_with_the_bounds_and_the_default(key: Key) -> None:
    """Editors show no other part of the schema on hover, but for enumerations."""
    assert key.node["description"] == key.meaning + key.facts
    assert not re.search(r"Values: |Default: ", key.meaning), f"the description should end with:{key.facts}"


def described(mapping: dict[str, Any]) -> dict[str, str]:
    return {name: part["description"] for name, part in mapping["properties"].items()}


@pytest.mark.parametrize("path", [("attention",), ("block", "conv3x3")], ids=".".join)
def test_the_items_of_a_list_are_described_as_the_value_for_all_stages_is(path: tuple[str, ...]) -> None:
    """A mapping in a list has the same keys with the same meaning."""
    part = part_at(path)
    assert described(part["items"]) == described(dict(part))


def test_the_attention_of_a_single_block_is_described_as_that_of_all_is() -> None:
    """Its settings have the same meaning, bounds and defaults."""
    assert part_at(("blocks", "layer1.0", "attention"))["properties"] == part_at(("attention",))["properties"]


def snippets() -> str:
    """The lines of the schema about the bundled specs: their names, and what they say of themselves."""
    lines = []
    for name in bundled_specs():
        snippet = {"label": name, "body": name, "description": resnet_dsl.load(name).description}
        lines.append(f"        {json.dumps(snippet, ensure_ascii=False)}")
    return ",\n".join(lines)


def test_extends_offers_every_bundled_spec() -> None:
    """With its description, in the order of `bundled_specs`."""
    text = SCHEMA.read_text("utf-8")
    before, start, rest = text.partition('      "defaultSnippets": [\n')
    shown, end, after = rest.partition("\n      ]\n")
    if UPDATE:
        SCHEMA.write_text(before + start + snippets() + end + after, "utf-8")
        return
    assert shown == snippets(), "stale; with UPDATE_DOCS=1 this test renews it"


def offered(node: dict[str, Any]) -> set[Any]:
    """The values that an editor finds for a key: it looks into `anyOf`, but not into `then`."""
    whole = resolved(node)
    parts = [whole, *(resolved(part) for part in whole.get("anyOf", ()) if part is not True)]
    return {value for part in parts for value in part.get("enum", ())}


@pytest.mark.parametrize(
    "key", [key for key in KEYS if enumeration(key.node) not in ((), (True, False))], ids=lambda key: key.name
)
def test_an_editor_finds_every_choice(key: Key) -> None:
    """Those of short forms too, such as `norm: batch`; the only version is the default."""
    assert offered(key.node) | {key.node.get("default")} >= {*enumeration(key.node)}


def test_the_rule_of_names_is_the_same_in_the_schema_and_in_diagnostics() -> None:
    """The message that editors show has the words of the description and of the compiler's diagnostic."""
    name = schema()["properties"]["name"]
    _, _, rule = name["description"].partition(": ")
    assert name["patternErrorMessage"] == f"A name is {rule}"
    ((_, message),) = messages(TINY.replace("name: tiny", "name: 1a"))
    assert f"must be {rule.removesuffix('.')}," in message
