"""Keys that contradict each other."""

from pathlib import Path

import pytest

from resnet_dsl.compiler import find_faults
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.language.text.writer import write

from ...following import followed
from ...helpers import faults, messages

REST = "stages: {depths: [1, 1]}\n"
BASIC = f"name: a\nblock: {{type: basic}}\n{REST}"
BOTTLENECK = BASIC.replace("basic", "bottleneck")
RULE = "regnet: {depth: 4, initial: 8, slope: 8, multiplier: 2}"
RULED = f"name: a\nblock: {{type: bottleneck, expansion: 1}}\nstages: {{{RULE}}}\n"


def only(text: str, *overrides: str) -> Diagnostic:
    (fault,) = faults(text, *overrides)
    return fault


CONTRADICTORY = [
    (BASIC + "stem: {stride: 2, strides: [2]}", ("stem.stride", "stem.strides"), ["2", "[2]"]),
    (BOTTLENECK.replace("neck", "neck, groups: 2, group_width: 8"), ("block.groups", "block.group_width"), ["2", "8"]),
    (
        BOTTLENECK.replace("neck", "neck, groups: [1, 2], group_width: 8"),
        ("block.groups[1]", "block.group_width"),
        ["2", "8"],
    ),
    (BASIC + "norm: {type: group, groups: 8, group_width: 8}", ("norm.groups", "norm.group_width"), ["8", "8"]),
    (
        BOTTLENECK.replace("neck", "neck, stride_in: 1x1, pool: before"),
        ("block.stride_in", "block.pool"),
        ["1x1", "before"],
    ),
    (
        BASIC + "antialias: blur\nstem: {pool: {type: max, kernel: 2}}",
        ("antialias", "stem.pool.kernel"),
        ["blur", "2"],
    ),
    (
        BASIC + "antialias: avg\nstem: {pool: {type: max, padding: ceil}}",
        ("antialias", "stem.pool.padding"),
        ["avg", "ceil"],
    ),
    (RULED.replace("regnet", "depths: [1, 3], regnet"), ("stages.regnet", "stages.depths"), ["regnet", "[1, 3]"]),
    (
        RULED.replace("regnet", "depths: [1, 3], widths: 8, regnet"),
        ("stages.regnet", "stages.depths", "stages.widths"),
        ["regnet", "[1, 3]", "8"],
    ),
    (
        RULED.replace("regnet", "widths: [8, 16, 8], regnet"),
        ("stages.regnet", "stages.widths"),
        ["regnet", "[8, 16, 8]"],
    ),
    (
        RULED.replace("expansion: 1", "expansion: [1, 2]"),
        ("stages.regnet", "block.expansion"),
        ["regnet", "[1, 2]"],
    ),
    (
        RULED.replace("expansion: 1", "expansion: 1, group_width: [4, 8, 8]"),
        ("stages.regnet", "block.group_width"),
        ["regnet", "[4, 8, 8]"],
    ),
    (
        RULED.replace("expansion: 1", "expansion: 1, width_per_group: 32"),
        ("stages.regnet", "block.width_per_group"),
        ["regnet", "32"],
    ),
    (
        RULED.replace("bottleneck, expansion: 1", "[basic, bottleneck, basic]"),
        ("stages.regnet", "block.type"),
        ["regnet", "[basic, bottleneck, basic]"],
    ),
]


@pytest.mark.parametrize(("text", "keys", "marks"), CONTRADICTORY, ids=[" ".join(keys) for _, keys, _ in CONTRADICTORY])
def test_keys_that_contradict_each_other_are_one_fault(text: str, keys: tuple[str, ...], marks: list[str]) -> None:
    """It names all of them, marks all of them, and says why."""
    fault = only(text)
    assert fault.code == "RD306"
    assert all(f"`{key}`" in fault.message for key in keys)
    assert [label.span.text for label in fault.labels] == marks
    assert fault.labels[0].text


@pytest.mark.parametrize(("text", "keys", "marks"), CONTRADICTORY, ids=[" ".join(keys) for _, keys, _ in CONTRADICTORY])
def test_each_choice_of_the_help_leads_to_a_network(text: str, keys: tuple[str, ...], marks: list[str]) -> None:
    """Whichever of the keys is taken away."""
    fault = only(text)
    choices = [*followed(text, fault)]
    assert choices
    for document in choices:
        assert messages(write(document)) == []


@pytest.mark.parametrize(
    "text",
    [
        BASIC + "stem: {strides: [2]}",
        BOTTLENECK.replace("neck", "neck, groups: 1, group_width: 8"),
        BOTTLENECK.replace("neck", "neck, groups: 2, group_width: 0"),
        BOTTLENECK.replace("neck", "neck, groups: [2, 1], group_width: [0, 8]"),
        BASIC + "norm: {type: group, groups: 32, group_width: 8}",
        BOTTLENECK.replace("neck", "neck, stride_in: 3x3, pool: before"),
        BASIC + "antialias: blur\nstem: {pool: {type: avg, kernel: 3}}",
        BASIC + "antialias: none\nstem: {pool: {type: max, kernel: 2}}",
        RULED.replace("expansion: 1", "expansion: [1, 1, 1], group_width: [8, 8, 8], width_per_group: 64"),
        RULED.replace("bottleneck, expansion: 1", "[bottleneck, bottleneck, bottleneck]"),
        RULED.replace("bottleneck", "[basic, bottleneck, basic]"),
    ],
)
def test_one_of_them_with_its_default_contradicts_nothing(text: str) -> None:
    """Nor does what the rule finds to be the same for all stages."""
    assert messages(text) == []


def test_what_has_no_effect_anyway_contradicts_nothing() -> None:
    """One fault says it all."""
    assert [code for code, _ in messages(BASIC.replace("basic", "basic, stride_in: 1x1, pool: after"))] == ["RD302"]
    assert [code for code, _ in messages(BASIC + "norm: {type: layer, groups: 2, group_width: 2}")] == ["RD302"] * 2


PARENTS = {
    "strided.yaml": BASIC + "stem: {channels: [8, 8], stride: 1}\n",
    "striding.yaml": BASIC + "stem: {channels: [8, 8], strides: [2, 2]}\n",
    "grouped.yaml": BOTTLENECK.replace("bottleneck", "bottleneck, groups: 2"),
    "depths.yaml": BOTTLENECK.replace("depths: [1, 1]", "depths: [1, 1], widths: [8, 16]"),
    "ruled.yaml": RULED,
    "zero.yaml": BASIC + "stem: {pool: {type: max, padding: zero}}\n",
    "narrow.yaml": BOTTLENECK.replace("bottleneck", "bottleneck, width_per_group: 32"),
    "several.yaml": BOTTLENECK.replace("bottleneck", "bottleneck, expansion: [2, 1]"),
}


@pytest.mark.parametrize(
    ("parent", "keys", "help_"),
    [
        ("strided", "stem: {strides: [2, 2]}", "write `stride: null` under `stem`"),
        ("striding", "stem: {stride: 2}", "write `strides: null` under `stem`"),
        ("grouped", "block: {group_width: 8}", "write `groups: null` under `block`"),
        ("depths", f"stages: {{{RULE}}}", "write `depths: null, widths: null` under `stages`"),
        ("ruled", "stages: {depths: [1, 2]}", "write `regnet: null` under `stages`"),
        ("ruled", "stages: {depths: [1, 2], widths: 8}", "write `regnet: null` under `stages`"),
        ("ruled", "stages: {widths: 8}", "remove `stages.widths`"),
        ("zero", "antialias: blur", "write `stem: {pool: {padding: null}}`"),
        ("zero", "antialias: blur\nstem: {kernel: 3}", "write `pool: {padding: null}` under `stem`"),
        ("zero", "antialias: blur\nstem: {pool: {kernel: 3}}", "write `padding: null` under `stem.pool`"),
        ("ruled", "block: {width_per_group: 32}", "write `width_per_group: 64` under `block`"),
        ("narrow", f"stages: {{depths: null, {RULE}}}", "write `block: {width_per_group: 64}`"),
        ("several", f"stages: {{depths: null, {RULE}}}", "write `block: {expansion: 2}`"),
    ],
)
def test_what_was_there_before_is_blamed(parent: str, keys: str, help_: str, tmp_path: Path) -> None:
    """The place shown first is in this file, a label is at `extends`, and the help leads to a network."""
    for name, text in PARENTS.items():
        (tmp_path / name).write_text(text)
    text = f"name: b\nextends: {parent}.yaml\n{keys}\n"
    child = tmp_path / "child.yaml"
    child.write_text(text)
    (fault,) = find_faults(child)
    assert fault.code == "RD306"
    assert fault.helps == (help_,)
    assert fault.labels[0].span.source.name == str(child)
    assert fault.labels[-1].text == "inherited here"
    for document in followed(text, fault):
        child.write_text(write(document))
        assert find_faults(child) == ()


def test_an_option_is_newer_than_a_file() -> None:
    """The help is another option, and options given together are a choice."""
    assert only(BOTTLENECK.replace("neck", "neck, groups: 2"), "block.group_width=8").helps == (
        "write `--set block.groups=null`",
    )
    assert only(RULED, "stages.depths=[1, 2]").helps == ("write `--set stages.regnet=null`",)
    assert only(RULED, "block.width_per_group=32").helps == ("write `--set block.width_per_group=64`",)
    assert only(BASIC, "stem.stride=1", "stem.strides=[2]").helps == ("remove `stem.stride` or `stem.strides`",)
