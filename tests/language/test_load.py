"""From files, texts and mappings to specs: names, overrides, and what a mapping may hold."""

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
    """A path is its own, a text from a program has one that is no path, or the one that the program gives it."""
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
    """Alike."""
    (tmp_path / "file.yaml").write_text(TINY)
    option = ["head.classes=7"]
    for spec in (load(tmp_path / "file.yaml", overrides=option), loads(TINY, overrides=option)):
        assert spec.head.classes == 7
    assert load(DOCUMENT, overrides=option).head.classes == 7


def test_half_of_a_surrogate_pair_is_no_utf_8() -> None:
    """A string of Python's may hold one."""
    with pytest.raises(SpecError) as caught:
        loads("name: \ud800")
    assert caught.value.diagnostics[0].code == "RD002"


def test_a_mapping_is_as_deep_as_a_text_may_be() -> None:
    """Its 33rd level is one too many, and so is one that has no end."""

    def nested(levels: int) -> Any:
        return "x" if levels == 0 else [nested(levels - 1)]

    endless: dict[str, Any] = {}
    endless["a"] = endless
    message = f"values are nested more than {MAX_NESTING} levels deep"
    assert refused(DOCUMENT | {"description": nested(MAX_NESTING - 1)})[0] == "RD201"
    assert refused(DOCUMENT | {"description": nested(MAX_NESTING)}) == ("RD006", message)
    assert refused(endless) == ("RD006", message)


def test_a_mapping_is_as_large_as_a_text_may_be() -> None:
    """No more values, and no longer strings."""
    many = DOCUMENT | {"stages": {"depths": [1] * 10_000}}
    assert refused(many) == ("RD006", "the mapping contains more than 10,000 values")
    long = ("RD003", "`description` is larger than 1,048,576 characters")
    assert refused(DOCUMENT | {"description": "x" * (2**20 + 1)}) == long


@pytest.mark.parametrize("value", [10**MAX_DIGITS, -(10**MAX_DIGITS), float("inf"), float("-inf"), float("nan")])
def test_numbers_of_a_mapping_have_a_range(value: float) -> None:
    """The one that numbers of a text have."""
    assert refused(DOCUMENT | {"head": {"classes": value}}) == ("RD011", "`head.classes` is out of range")


def test_a_number_of_400_digits_is_only_too_large() -> None:
    """It is inside that range, and outside its key's."""
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
def test_what_no_text_could_say_is_refused(document: dict[Any, Any], code: str, message: str) -> None:
    """Before anything is made of it."""
    assert refused(document) == (code, message)


def test_tuples_and_numbers_of_other_libraries_are_fine() -> None:
    """What counts is the value, not its class."""

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
def test_a_reading_has_the_faults_and_the_spec_as_far_as_it_is_known(
    text: str, expected: list[str], is_known: bool
) -> None:
    """A fault that says nothing of the network leaves its spec."""
    reading = examine(read_text("test", text.encode()), (), KINDS)
    assert codes(reading) == expected
    assert (reading.spec is not None) is is_known


def test_a_fault_that_is_inherited_shows_where(tmp_path: Path) -> None:
    """In the parent, and at the child's `extends`."""
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
