"""Writing plain data as YAML that every reader interprets the same way."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.diagnostics.diagnostic import SpecError
from resnet_dsl.language.text.writer import write

from ...helpers import TINY, load, loads, plain

CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff") | st.sampled_from(
    "\t\n\r\x85\u2028\u2029 :#-'\"\\0123eE._~<=>|{}[],&*!%@`"
)
"""All characters that YAML allows, with a bias towards those special to it."""
WORDS = [
    "no",
    "yes",
    "on",
    "true",
    "null",
    "True",
    "~",
    "010",
    "0x10",
    "1:30",
    "1_000",
    "2001-01-01",
    ".inf",
    "<<",
    "---",
]
STRINGS = (
    st.text(CHARACTERS, max_size=20)
    | st.text(CHARACTERS, min_size=90, max_size=200)
    | st.from_regex(r"[-+]?[0-9]{0,3}(\.[0-9]{0,2})?([eE][-+]?[0-9]{0,2})?", fullmatch=True)
    | st.sampled_from(WORDS)
)
DATA: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | STRINGS,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(STRINGS, values, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(STRINGS, DATA, min_size=1, max_size=4))
def test_written_data_is_read_back_unchanged(data: dict[str, Any]) -> None:
    """Values, types and key order survive writing and reading."""
    assert repr(data) == repr(plain(write(data)))


@given(st.dictionaries(STRINGS, DATA, min_size=1, max_size=4))
def test_other_readers_read_the_same(data: dict[str, Any]) -> None:
    """PyYAML's own loader, with all its implicit types, finds the same values."""
    assert repr(data) == repr(yaml.safe_load(write(data)))


def test_the_style() -> None:
    """One key per line in original order, lists in brackets, and quotes or escapes only where needed."""
    data: Any = {"name": "a", "stages": {"depths": [3, 4], "widths": [[1], {"b": "no"}]}}
    data |= {"x": 1e-5, "y": None, "z": "1e5", "description": "Réseau 図"}
    expected = "name: a\nstages:\n  depths: [3, 4]\n  widths: [[1], {b: 'no'}]\nx: 1.0e-05\ny: null\nz: '1e5'\n"
    assert write(data) == f"{expected}description: Réseau 図\n"


def test_equal_parts_are_written_twice() -> None:
    """Shared objects are written out twice, without anchors, which the language rejects."""
    part: Any = {"a": [1]}
    assert write({"x": part, "y": part}) == "x:\n  a: [1]\ny:\n  a: [1]\n"


class _Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({1, 2}, "RD201"),
        (b"a", "RD201"),
        (object, "RD201"),
        (float("nan"), "RD011"),
        (float("inf"), "RD011"),
        (10**400, "RD011"),
        pytest.param(-(10**5000), "RD011", id="a huge number"),
        ({1: 2}, "RD010"),
        ("\x07", "RD004"),
        ("\ud800", "RD004"),
    ],
)
def test_a_python_mapping_may_only_contain_what_yaml_can_represent(value: Any, code: str) -> None:
    """Unsupported values are faults of the spec, not exceptions from a library."""
    with pytest.raises(SpecError) as caught:
        load({"name": "a", "block": {"type": "basic"}, "stages": {"depths": [1]}, "head": {"dropout": value}})
    assert [code] == [fault.code for fault in caught.value.diagnostics]


def test_a_mapping_that_contains_itself_is_too_deep() -> None:
    """A self-referential mapping exceeds the nesting limit."""
    mapping: dict[str, Any] = {"name": "a"}
    mapping["stages"] = mapping
    with pytest.raises(SpecError) as caught:
        load(mapping)
    assert [fault.code for fault in caught.value.diagnostics] == ["RD006"]


def test_a_python_mapping_is_a_valid_spec() -> None:
    """Tuples are read as lists, and instances of subclasses as the built-in types."""
    numpy = pytest.importorskip("numpy")
    document = {
        "name": _Text("tiny"),
        "block": {"type": "basic"},
        "stages": {"depths": (1,)},
        "head": {"dropout": numpy.float64(0.25)},
    }
    assert loads(TINY + "head: {dropout: 0.25}\n") == load(document)
