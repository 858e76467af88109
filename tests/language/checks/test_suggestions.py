"""Helps for values of the wrong type."""

import pytest

from ...helpers import TINY, faults


def helps(text: str) -> tuple[str, ...]:
    """The helps of the only fault of a text, which is a wrong type or an unknown key."""
    (fault,) = faults(text)
    assert fault.code in ("RD201", "RD203")
    return fault.helps


@pytest.mark.parametrize(
    ("line", "better"),
    [
        ("head: {classes: 10.0}", "10"),
        ("head: {classes: 1e1}", "10"),
        ("head: {classes: -10.0}", "-10"),
        ("head: {classes: 1_000}", "1000"),
        ("head: {classes: 010}", "10"),
        ("head: {classes: +10}", "10"),
        ("head: {classes: 0x1F}", "31"),
        ("head: {classes: 0b11}", "3"),
        ("head: {classes: 0o17}", "15"),
        ("head: {classes: 1_}", "1"),
        ("head: {classes: 0x_1f}", "31"),
        ("head: {classes: 10.}", "10"),
        ("head: {dropout: .5}", "0.5"),
        ("head: {dropout: 0._5}", "0.5"),
        ("head: {classes: '10'}", "10"),
        ("head: {classes: '0'}", "0"),
        ("head: {classes: '65536'}", "65536"),
        ("attention: {type: se, ratio: '1'}", "1"),
        ("head: {classes: '10.0'}", "10"),
        ("head: {classes: [10]}", "10"),
        ("head: {dropout: '0.5'}", "0.5"),
        ("head: {dropout: [0.5]}", "0.5"),
        ("init: {zero_residual: yes}", "true"),
        ("init: {zero_residual: On}", "true"),
        ("init: {zero_residual: TRUE}", "true"),
        ("init: {zero_residual: no}", "false"),
        ("init: {zero_residual: Off}", "false"),
        ("init: {zero_residual: 'false'}", "false"),
        ("description: 1", "'1'"),
        ("reference: 1503.03385", "'1503.03385'"),
        ("expect: {output: 1000}", "[1000]"),
    ],
)
def test_the_intended_value_is_suggested(line: str, better: str) -> None:
    """The help gives the intended value in the notation of the language."""
    assert helps(f"{TINY}{line}\n") == (f"write `{better}`",)


@pytest.mark.parametrize("null", ["~", "NULL", "Null", "'null'"])
def test_null_is_suggested_only_in_a_child(null: str) -> None:
    """Without a parent, `null` is an error too, so the help suggests removing the key."""
    assert helps(f"{TINY}head: {{classes: {null}}}\n") == ("remove the key",)
    assert helps(f"name: a\nextends: resnet18\nhead: {{classes: {null}}}\n") == ("write `null`",)


@pytest.mark.parametrize(
    "line",
    [
        "head: {classes: -10.5}",
        "head: {dropout: '5.'}",
        "head: {dropout: '1'}",
        "head: {classes: '-1'}",
        "head: {classes: '65537'}",
        "norm: {type: batch, eps: '0'}",
        "attention: {type: se, ratio: '0'}",
        "head: {dropout: -.5}",
        "head: {classes: 1_000_000}",
        "attention: 5",
        "attention: true",
        "stem: {channels: false}",
        "expect: [1]",
        "head: {classes: 10.5}",
        "head: {classes: '10.5'}",
        "head: {classes: 1e300}",
        "head: {classes: ten}",
        "head: {classes: 0x}",
        "head: {classes: 0b2}",
        "head: {classes: 0o8}",
        "head: {classes: _}",
        "head: {classes: .}",
        "head: {classes: 1__.2.3}",
        f"head: {{classes: '{'1' * 20}'}}",
        "head: {classes: 1:30}",
        "head: {classes: [1, 2]}",
        "head: {classes: [[1]]}",
        "head: {classes: false}",
        "head: {dropout: true}",
        "init: {zero_residual: 1}",
        "init: {zero_residual: maybe}",
        "norm: 5",
        "input: large",
        "description: [a, b]",
    ],
)
def test_nothing_is_suggested_if_the_intent_is_unclear(line: str) -> None:
    """Ambiguous values get no suggestion."""
    assert helps(f"{TINY}{line}\n") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: a\nblock: basic\nstages: {depths: [1]}", "write `block: {type: basic}`"),
        ("name: a\nblock: bottleneck\nstages: {depths: [1]}", "write `block: {type: bottleneck}`"),
        ("name: a\nblock: {type: basic}\nstages: [1, 2]", "write `stages: {depths: [1, 2]}`"),
        ("name: a\nblock: {type: basic}\nstages: [1]", "write `stages: {depths: [1]}`"),
        ("name: a\nblock:\n  type:basic\nstages: {depths: [1]}", "put a space after the colon: `type: basic`"),
        ("name: a\nblock: {type:basic}\nstages: {depths: [1]}", "put a space after the colon: `type: basic`"),
        ("extends:resnet18", "put a space after the colon: `extends: resnet18`"),
    ],
)
def test_the_intended_mapping_is_suggested(text: str, expected: str) -> None:
    """The help shows the intended mapping, and its keys are not reported as missing."""
    assert helps(text) == (expected,)


@pytest.mark.parametrize("stages", ["\n  - 1\n  - 2", "[[1], [2]]", "[{depth: 1}]"])
def test_other_lists_of_stages_get_no_suggestion(stages: str) -> None:
    """A multi-line list or one that is not a list of depths is not repeated in a help."""
    assert helps(f"name: a\nblock: {{type: basic}}\nstages: {stages}\n") == ()
