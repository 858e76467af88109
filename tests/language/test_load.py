"""Loading specs from files, texts and mappings: names, overrides, and limits on mappings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl.diagnostics.diagnostic import SpecError
from resnet_dsl.language.document.inheritance import read_text
from resnet_dsl.language.load import Reading, examine
from resnet_dsl.limits import MAX_DIGITS, MAX_NESTING
from resnet_dsl.lowering.kinds import KINDS

from ..helpers import TINY, load, loads

DOCUMENT: dict[str, Any] = {"name": "tiny", "block": {"type": "basic"}, "stages": {"depths": [1]}}


def refused(document: dict[str, Any]) -> tuple[str, str]:
    """Code and message of the only fault of a mapping."""
    with pytest.raises(SpecError) as caught:
        load(document)
    (fault,) = caught.value.diagnostics
    return fault.code, fault.message


def test_texts_have_names_in_diagnostics(tmp_path: Path) -> None:
    """A file is named by its path; a mapping or string has a placeholder name, or one given by the caller."""
    (tmp_path / "file.yaml").write_text("name: 5")
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: load(tmp_path / "file.yaml"), str(tmp_path / "file.yaml")),
        (lambda: load({"name": 5}), "<mapping>"),
        (lambda: loads("name: 5"), "<string>"),
        (lambda: loads(b"name: 5", name="mine"), "mine"),
    ]
    for call, name in calls:
        with pytest.raises(SpecError) as caught:
            call()
        span = caught.value.diagnostics[0].span
        assert span is not None
        assert span.source.name == name


def test_overrides_change_files_texts_and_mappings(tmp_path: Path) -> None:
    """An override has the same effect on files, texts and mappings."""
    (tmp_path / "file.yaml").write_text(TINY)
    option = ["head.classes=7"]
    for spec in (load(tmp_path / "file.yaml", overrides=option), loads(TINY, overrides=option)):
        assert spec.head.classes == 7
    assert load(DOCUMENT, overrides=option).head.classes == 7


def test_a_lone_surrogate_is_not_utf_8() -> None:
    """A Python string with a lone surrogate is reported as not UTF-8."""
    with pytest.raises(SpecError) as caught:
        loads("name: \ud800")
    assert caught.value.diagnostics[0].code == "RD002"


def test_mappings_have_the_nesting_limit_of_texts() -> None:
    """The 33rd level of nesting is a fault, and so is a mapping that contains itself."""

    def nested(levels: int) -> Any:
        return "x" if levels == 0 else [nested(levels - 1)]

    endless: dict[str, Any] = {}
    endless["a"] = endless
    message = f"values are nested more than {MAX_NESTING} levels deep"
    assert refused(DOCUMENT | {"description": nested(MAX_NESTING - 1)})[0] == "RD201"
    assert refused(DOCUMENT | {"description": nested(MAX_NESTING)}) == ("RD006", message)
    assert refused(endless) == ("RD006", message)


def test_mappings_have_the_size_limits_of_texts() -> None:
    """A mapping has the same limits on values and string lengths as a text."""
    many = DOCUMENT | {"stages": {"depths": [1] * 10_000}}
    assert refused(many) == ("RD006", "the mapping contains more than 10,000 values")
    long = ("RD003", "`description` is larger than 1,048,576 characters")
    assert refused(DOCUMENT | {"description": "x" * (2**20 + 1)}) == long


@pytest.mark.parametrize("value", [10**MAX_DIGITS, -(10**MAX_DIGITS), float("inf"), float("-inf"), float("nan")])
def test_numbers_in_a_mapping_have_a_range(value: float) -> None:
    """Numbers in a mapping have the same range as numbers in a text."""
    assert refused(DOCUMENT | {"head": {"classes": value}}) == ("RD011", "`head.classes` is out of range")


def test_a_number_of_400_digits_is_only_too_large() -> None:
    """A number within the general range can still be out of its key's bounds."""
    assert refused(DOCUMENT | {"head": {"classes": 10**MAX_DIGITS - 1}})[0] == "RD205"
    assert refused(DOCUMENT | {"head": {"classes": 1 - 10 ** (MAX_DIGITS - 1)}})[0] == "RD205"


@pytest.mark.parametrize(
    ("document", "code", "message"),
    [
        ({"name": b"x"}, "RD201", "`name` has type `bytes`, which YAML cannot represent"),
        ({"stages": {"depths": [1, {2}]}}, "RD201", "`stages.depths[1]` has type `set`, which YAML cannot represent"),
        ({5: 1}, "RD010", "keys must be strings, found `5`"),
        ({"block": {None: 1}}, "RD010", "keys must be strings, found `None` in `block`"),
        ({"a": [{"b": {(1,): 2}}]}, "RD010", "keys must be strings, found `(1,)` in `a[0].b`"),
    ],
)
def test_values_that_yaml_cannot_represent_are_rejected(document: dict[Any, Any], code: str, message: str) -> None:
    """Unsupported values and non-string keys in a mapping are faults that name their path."""
    assert refused(document) == (code, message)


def test_tuples_and_subclasses_of_built_in_types_are_accepted() -> None:
    """Tuples and instances of subclasses load like the built-in values."""

    class Text(str): ...

    class Number(int): ...

    class Real(float): ...

    document = DOCUMENT | {"name": Text("tiny"), "stages": {"depths": (Number(1),)}, "drop_path": Real(0.0)}
    assert load(document) == load(DOCUMENT)
    assert load(DOCUMENT | {"init": {"zero_residual": True}}).init.zero_residual is True


def codes(reading: Reading) -> list[str]:
    return [fault.code for fault in reading.faults]


@pytest.mark.parametrize(
    ("text", "expected", "is_known"),
    [
        (TINY, [], True),
        (f"{TINY}description: 5", ["RD201"], True),
        (f"{TINY}colour: red\nactivation: swish", ["RD203", "RD204"], False),
        (f"{TINY}extends: nowhere\ndescription: 5", ["RD001", "RD201"], False),
        (f"{TINY}extends: 5\n", ["RD201"], False),
        ("name: a\nextends: resnet18\nnorm: null", [], True),
        ("name: a\nextends: resnet18\nblock: {type: null}", ["RD202"], False),
        ("extends: resnet18", ["RD202"], True),
    ],
)
def test_a_reading_has_faults_and_the_spec_if_it_is_known(text: str, expected: list[str], is_known: bool) -> None:
    """Faults that cannot affect the network do not prevent the spec from being known."""
    reading = examine(read_text("test", text.encode()), (), KINDS)
    assert codes(reading) == expected
    assert (reading.spec is not None) is is_known


def test_an_inherited_fault_shows_where_it_comes_from(tmp_path: Path) -> None:
    """A fault in a parent is labelled in the parent and at the child's `extends`."""
    (tmp_path / "parent.yaml").write_text("name: parent\nactivation: swish\n")
    (tmp_path / "child.yaml").write_text("name: child\nextends: parent.yaml\nactivation: swoosh\n")
    with pytest.raises(SpecError) as caught:
        load(tmp_path / "child.yaml")
    found = [
        [(Path(label.span.source.name).stem, label.span.text) for label in fault.labels]
        for fault in caught.value.diagnostics
    ]
    assert [("parent", "swish"), ("child", "parent.yaml")] in found
    assert [("child", "swoosh")] in found
