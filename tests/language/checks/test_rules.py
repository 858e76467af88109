"""Rules that JSON Schema cannot express: list lengths and the number of blocks."""

from typing import Any

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.language.document.canonical import PER_STAGE
from resnet_dsl.language.text.writer import write

from ...helpers import faults, loads, messages, places

BASIC = "name: a\nblock: {type: basic}\nstages: {depths: [1, 1]}\n"


def only(text: str) -> Diagnostic:
    (fault,) = faults(text)
    return fault


def test_a_list_has_one_value_per_stage() -> None:
    """The message gives both lengths, and the labels mark both lists."""
    fault = only("name: a\nblock: {type: basic}\nstages:\n  depths: [1, 1]\n  widths: [8, 8, 8]\n")
    assert (fault.code, fault.message) == ("RD301", "`stages.widths` has 3 values for 2 stages")
    assert [(label.span.text, label.text) for label in fault.labels] == [
        ("[8, 8, 8]", "3 values"),
        ("[1, 1]", "2 values"),
    ]


def test_one_value_and_one_stage_are_singular() -> None:
    """The message uses singular and plural correctly."""
    assert messages("name: a\nblock: {type: [basic, basic]}\nstages: {depths: [1]}\n") == [
        ("RD301", "`block.type` has 2 values for 1 stage")
    ]
    assert messages("name: a\nblock: {type: [basic]}\nstages: {depths: [1, 1]}\n") == [
        ("RD301", "`block.type` has 1 value for 2 stages")
    ]


_VALUES: dict[str, Any] = {"type": "bottleneck", "attention": "se", "conv3x3": "res2"}
"""Values of the per-stage keys that are not numbers."""


@pytest.mark.parametrize("path", PER_STAGE, ids=".".join)
@pytest.mark.parametrize("count", [1, 3])
def test_every_key_per_stage_is_checked(path: tuple[str, ...], count: int) -> None:
    """For every per-stage key, too few and too many values are faults."""
    document: Any = {"name": "a", "block": {"type": "bottleneck"}, "stages": {"depths": [1, 1]}}
    table = document[path[0]] if len(path) == 2 else document
    table[path[-1]] = [_VALUES.get(path[-1], 1)] * count
    shown = "1 value" if count == 1 else "3 values"
    assert messages(write(document)) == [("RD301", f"`{'.'.join(path)}` has {shown} for 2 stages")]


@pytest.mark.parametrize("widths", ["[]", f"[{'8, ' * 17}]"])
def test_a_wrong_number_of_values_subsumes_a_length_out_of_bounds(widths: str) -> None:
    """RD301 replaces RD207 where the number of stages is known."""
    assert [code for code, _ in messages(BASIC.replace("1]", f"1], widths: {widths}"))] == ["RD301"]
    assert [code for code, _ in messages(BASIC.replace("[1, 1]", f"[], widths: {widths}"))] == ["RD207", "RD207"]


def test_the_length_of_a_list_with_an_invalid_item_is_not_reported() -> None:
    """A list with an invalid item is not also reported for its length."""
    assert places(BASIC.replace("1]", "1], widths: [8, x, 8]")) == [("RD201", "x")]


def test_lists_of_the_right_length_are_fine() -> None:
    """Lists with one value per stage are valid, even for a single stage."""
    text = (
        "name: a\nblock: {type: [basic], expansion: [2], groups: [1]}\nstages: {depths: [2], widths: [8], strides: [2]}"
    )
    assert messages(text) == []


def test_a_network_has_at_most_10_000_blocks() -> None:
    """The message shows the sum, which is computed before anything is built."""
    text = "name: a\nblock: {type: basic}\nstages: {depths: [10000, 1, 2]}\n"
    fault = only(text)
    assert fault.message == "a network has at most 10,000 blocks, but this one has 10,000 + 1 + 2 = 10,003"
    assert places(text) == [("RD304", "[10000, 1, 2]")]
    assert sum(stage.depth for stage in loads(text.replace("10000, 1, 2", "9998, 1, 1")).stages) == 10_000


def test_all_broken_rules_are_reported_in_file_order() -> None:
    """Independent broken rules are all reported, sorted by place."""
    text = """\
name: a
block: {type: [basic, basic], groups: [2, 1, 1], stride_in: 1x1}
shortcut: {type: none, when: always}
stages: {depths: [10000, 1], widths: [1]}
"""
    assert places(text) == [
        ("RD301", "[2, 1, 1]"),
        ("RD302", "2"),
        ("RD302", "1x1"),
        ("RD302", "always"),
        ("RD304", "[10000, 1]"),
        ("RD301", "[1]"),
    ]


def test_rules_ignore_values_that_are_already_reported() -> None:
    """A fault that only follows from another is not reported."""
    text = "name: a\nblock: {type: bsic, groups: 2}\nstages: {depths: [10001, x], widths: [1, 2, 3, 4]}\n"
    assert places(text) == [("RD204", "bsic"), ("RD205", "10001"), ("RD201", "x")]


def test_a_missing_key_hides_no_other_fault() -> None:
    """A missing key does not prevent other keys from being checked."""
    text = "stages: {depths: [1, 1], widths: [8]}\nblock: {groups: [1]}\n"
    assert messages(text) == [
        ("RD202", "missing key `name`"),
        ("RD301", "`stages.widths` has 1 value for 2 stages"),
        ("RD202", "missing key `block.type`"),
        ("RD301", "`block.groups` has 1 value for 2 stages"),
    ]
