"""Overrides: `--set key=value`."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.diagnostics.diagnostic import EnvironmentFault, SpecError
from resnet_dsl.language.document.overrides import as_options, format_override, parse_override
from resnet_dsl.language.text.tree import Plain, key_span, to_plain, value_span

from ...helpers import TINY, faults, loads, lower, messages


@pytest.mark.parametrize(
    ("option", "document"),
    [
        ("name=a", {"name": "a"}),
        ("stages.depths=[3, 4, 23, 3]", {"stages": {"depths": [3, 4, 23, 3]}}),
        ("head.dropout = 0.5 ", {"head": {"dropout": 0.5}}),
        (" a.b.c={d: e}", {"a": {"b": {"c": {"d": "e"}}}}),
        ("name=a=b", {"name": "a=b"}),
        ("name=", {"name": ""}),
        ("name='1'", {"name": "1"}),
        ("head=null", {"head": None}),
        ("x=no # comment", {"x": "no"}),
        ("blocks.layer2.1.first=8", {"blocks": {"layer2.1": {"first": 8}}}),
        ("blocks.layer2.*.attention.ratio=0.5", {"blocks": {"layer2.*": {"attention": {"ratio": 0.5}}}}),
        ("blocks.layer2.1={first: 8}", {"blocks": {"layer2.1": {"first": 8}}}),
        ("blocks.layer2=8", {"blocks": {"layer2": 8}}),
        ("blocks={layer2.1: null}", {"blocks": {"layer2.1": None}}),
    ],
)
def test_an_override_is_a_document_of_one_key(option: str, document: Any) -> None:
    """Dots lead into mappings; the text after the first `=` is read like a value in a file."""
    assert document == to_plain(parse_override(option))


def test_places_of_an_override_are_inside_the_option() -> None:
    """Each key of the path and the value have their own places."""
    option = " stages.widths = [8, x]"
    tree = parse_override(option)
    spans = [key_span(tree, ("stages",)), key_span(tree, ("stages", "widths")), value_span(tree, ("stages", "widths"))]
    assert [span.text for span in spans if span is not None] == ["stages", "widths", "[8, x]"]
    assert value_span(tree, ("stages", "widths", 1)).text == "x"
    assert tree.span.source.name == "--set"
    tree = parse_override("blocks.layer2.1.first=8")
    keys = [("blocks",), ("blocks", "layer2.1"), ("blocks", "layer2.1", "first")]
    assert [span.text for key in keys if (span := key_span(tree, key))] == ["blocks", "layer2.1", "first"]


@pytest.mark.parametrize("option", ["name", "", "=1", ".a=1", "a.=1", "a..b=1", "a" + ".a" * 32 + "=1"])
def test_a_malformed_override_is_an_environment_fault(option: str) -> None:
    """A malformed override is not a fault of the spec, and the whole option is marked."""
    with pytest.raises(EnvironmentFault) as caught:
        parse_override(option)
    (fault,) = caught.value.diagnostics
    assert ("RD024", f"an override must have the form `key=value`, found `{option}`") == (fault.code, fault.message)
    assert fault.span is not None
    assert option == fault.span.text


def test_extends_cannot_be_overridden() -> None:
    """An override of `extends` is an environment fault."""
    with pytest.raises(EnvironmentFault) as caught:
        loads(TINY, overrides=["extends=resnet18"])
    assert [f.message for f in caught.value.diagnostics] == ["`extends` cannot be overridden"]


@pytest.mark.parametrize(
    ("option", "code", "marked"),
    [
        ("name=[1, 2", "RD005", ""),
        ("name=&a b", "RD008", "&a b"),
        ("name={a: 1, a: 2}", "RD009", "a"),
        ("name=a\x07", "RD004", "\x07"),
        ("na\udcffme=a", "RD004", "\udcff"),
        ("name=" + "[" * 33, "RD006", "["),
    ],
)
def test_an_invalid_value_is_a_fault_inside_the_option(option: str, code: str, marked: str) -> None:
    """Faults in a value have the codes of a file and places in the option."""
    with pytest.raises(SpecError) as caught:
        parse_override(option)
    (fault,) = caught.value.diagnostics
    assert fault.span is not None
    assert (code, "--set", marked) == (fault.code, fault.span.source.name, fault.span.text)


_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\n\x85")
)
_NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "no", "1"]), inner, max_size=3),
    max_leaves=6,
)


@given(_JSON)
def test_a_formatted_override_reads_as_its_value(value: Any) -> None:
    """Any plain data survives formatting and parsing."""
    assert {"a": {"b": value}} == to_plain(parse_override(format_override("a.b", value)))


def test_text_is_not_escaped() -> None:
    """Non-ASCII text stays readable in a formatted override."""
    assert format_override("description", "é図") == 'description="é図"'


def test_an_empty_value_is_marked_at_its_blanks() -> None:
    """An empty value is marked at its blanks, or at its key if there are none."""
    path = ("head", "classes")
    assert value_span(parse_override("head.classes=  "), path).text == "  "
    assert value_span(parse_override("head.classes="), path).text == "classes"


def test_overrides_keep_their_order() -> None:
    """A mapping becomes one option per key, in order."""
    assert as_options({"b": 1, "a.c": "x"}) == ("b=1", 'a.c="x"')


def test_an_override_wins_over_the_file() -> None:
    """Overrides win over the file, and later ones over earlier ones."""
    spec = loads(TINY, overrides=["name=big", "stages.depths=[3]", "stages.depths=[4]", "stem.kernel=3"])
    assert (spec.name, spec.stages[0].depth, spec.stem.kernel) == ("big", 4, 3)


def test_an_override_of_null_removes_the_value() -> None:
    """An override of `null` acts like `null` in a child."""
    assert loads(TINY) == loads(TINY + "head: {classes: 5}\n", overrides=["head.classes=null"])


def test_expectations_of_the_file_do_not_apply_to_an_overridden_network() -> None:
    """Only expectations given as overrides are checked."""
    text = TINY + "expect: {depth: 4}\n"
    assert lower(loads(text, overrides=["stages.depths=[2]"])).depth == 6
    assert messages(text, "stages.depths=[2]", "expect.depth=4") == [
        ("RD303", "`expect.depth` is 4, but the network's depth is 6")
    ]


@pytest.mark.parametrize(
    ("option", "code", "marked"),
    [
        ("stages.dephts=[1]", "RD203", "dephts"),
        ("head.classes=many", "RD201", "many"),
        ("stages.widths=[1, 2]", "RD301", "[1, 2]"),
        ("block.groups=2", "RD302", "2"),
        ("extends.a=1", "RD201", "extends"),
        ("name.a=1", "RD201", "name"),
    ],
)
def test_an_invalid_override_is_a_fault_inside_the_option(option: str, code: str, marked: str) -> None:
    """A fault caused by an override has no label in the file."""
    (fault,) = faults(TINY, option)
    assert fault.span is not None
    assert (code, "--set", marked) == (fault.code, fault.span.source.name, fault.span.text)


def test_removing_a_required_key_is_a_fault() -> None:
    """A required key removed by an override is reported as missing."""
    assert messages(TINY, "block.type=null") == [("RD202", "missing key `block.type`")]


def test_a_key_may_have_as_many_parts_as_a_document_may_have_levels() -> None:
    """A dotted key may have 32 parts, one per level of nesting."""
    value: Plain = 1
    for _ in range(32):
        value = {"a": value}
    assert value == to_plain(parse_override(".".join(["a"] * 32) + "=1"))


@pytest.mark.parametrize(
    ("value", "code"), [({1}, "RD201"), (float("nan"), "RD011"), (10**400, "RD011"), ({1: 2}, "RD010")]
)
def test_values_that_an_option_cannot_represent_are_rejected(value: Any, code: str) -> None:
    """Values that YAML cannot represent are faults, as in a mapping."""
    with pytest.raises(SpecError) as caught:
        format_override("head.classes", value)
    assert [fault.code for fault in caught.value.diagnostics] == [code]


@pytest.mark.parametrize("option", ["foo=null", "block.foo=null", "foo.bar=null", "head.clases=null"])
def test_an_unknown_key_is_a_fault_whatever_its_value(option: str) -> None:
    """`null` does not hide an unknown key, which cannot be inherited."""
    (fault,) = faults(TINY, option)
    assert fault.code == "RD203"


def test_faults_in_all_options_and_in_the_file_are_reported_together() -> None:
    """Options with unreadable values do not prevent other faults from being reported."""
    found = faults(f"{TINY}activation: swish\n", "head.classes=[", "head.dropout=x", "stem.pool=@")
    assert sorted(fault.code for fault in found) == ["RD005", "RD005", "RD201", "RD204"]


def test_white_space_before_a_value_is_not_indentation() -> None:
    """Spaces and tabs before a value are ignored."""
    assert loads(TINY, overrides=["head.classes= \t10"]).head.classes == 10
