"""Rules of `stages.regnet` that give no network, and lists that do not fit what a rule gives."""

from pathlib import Path

import pytest

from resnet_dsl.compiler import find_faults
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.language.text.writer import write

from ...following import followed
from ...helpers import faults, loads, messages


def text(rule: str, *, block: str = "expansion: 1", rest: str = "") -> str:
    return f"name: a\nblock: {{type: bottleneck, {block}}}\nstages: {{regnet: {{{rule}}}{rest}}}\n"


def only(source: str, *overrides: str) -> Diagnostic:
    (fault,) = faults(source, *overrides)
    return fault


MANY = "depth: 50, initial: 24, slope: 300, multiplier: 1.1"
THREE = "depth: 4, initial: 8, slope: 8, multiplier: 2"


def test_a_network_has_at_most_16_stages() -> None:
    """Told at the multiplier, with a larger one that gives few enough."""
    fault = only(text(MANY))
    assert (fault.code, fault.message) == (
        "RD308",
        "a network has at most 16 stages, but this rule gives 27",
    )
    assert [label.span.text for label in fault.labels] == ["1.1"]
    assert fault.helps == ("write `1.5`",)
    (document,) = followed(text(MANY), fault)
    assert messages(write(document)) == []


def test_a_multiplier_that_is_1_in_single_precision_makes_one_stage() -> None:
    """As in the libraries."""
    stages = loads(text(MANY.replace("1.1", "1.0000000001"))).stages
    assert [(stage.depth, stage.width) for stage in stages] == [(50, 24)]


def test_as_many_stages_as_there_may_be_are_fine() -> None:
    """Sixteen distinct widths."""
    rule = "depth: 16, initial: 8, slope: 8, multiplier: 1.01"
    assert [stage.depth for stage in loads(text(rule)).stages] == [1] * 16
    assert [code for code, _ in messages(text(rule.replace("16", "17", 1)))] == ["RD308"]


def test_widths_are_bounded() -> None:
    """Told at the slope, with the width before quantisation."""
    fault = only(text("depth: 50, initial: 24, slope: 30000, multiplier: 3.1"))
    assert (fault.code, fault.message) == ("RD308", "stage 3 would be 66,032 wide, more than 65,536")
    assert [label.span.text for label in fault.labels] == ["30000"]
    assert fault.labels[0].text == "the width of its last block before quantisation is 24 + 30000 × 3 = 90,024"


def test_a_width_is_at_least_the_expansion() -> None:
    """Told at the initial width, and at the expansion if it is written."""
    fault = only(text(THREE, block="expansion: 9"))
    assert (fault.code, fault.message) == ("RD308", "stage 1 would be 8 wide, less than `block.expansion`, 9")
    assert [label.span.text for label in fault.labels] == ["8", "9"]
    assert messages(text(THREE, block="expansion: 8")) == []


def test_a_list_must_have_as_many_values_as_the_rule_gives_stages() -> None:
    """The rule is marked, and blamed if it was there before."""
    fault = only(text(THREE, rest=", strides: [1, 2]"))
    assert (fault.code, fault.message) == ("RD301", "`stages.strides` has 2 values for 3 stages")
    assert [(label.span.text, label.text) for label in fault.labels] == [
        ("[1, 2]", "2 values"),
        ("regnet", "gives 3 stages"),
    ]
    assert only(text(THREE), "stages.strides=[1, 2]").notes[-1:] == (
        "`stages.regnet` was there before: to change the number of stages, set it too",
    )


def test_an_inherited_rule_is_changed_number_by_number(tmp_path: Path) -> None:
    """Each number is a value of its own."""
    (tmp_path / "parent.yaml").write_text(text(THREE))
    child = tmp_path / "child.yaml"
    child.write_text("name: b\nextends: parent.yaml\nstages: {regnet: {depth: 8}}\n")
    assert find_faults(child) == ()
    child.write_text("name: b\nextends: parent.yaml\nstages: {regnet: {depth: 10000, slope: 60}}\n")
    (fault,) = find_faults(child)
    assert (fault.code, fault.labels[0].span.text) == ("RD308", "60")


@pytest.mark.parametrize("rule", ["depth: 10000, initial: 8, slope: 0, multiplier: 2", THREE.replace("4", "1", 1)])
def test_a_line_without_a_slope_or_with_one_block_is_one_stage(rule: str) -> None:
    """With as many blocks as the rule says."""
    stages = loads(text(rule)).stages
    assert [(stage.depth, stage.width) for stage in stages] == [(int(rule.split(":")[1].split(",")[0]), 8)]


def test_faults_of_a_rule_do_not_hide_others() -> None:
    """Those that do not depend on what it gives."""
    others = "head: {pool: {type: max, heads: 2}}\n"
    found = messages(text(MANY.replace("24", "25"), rest=", output_stride: 3") + others)
    assert [code for code, _ in found] == ["RD205", "RD204", "RD302"]
