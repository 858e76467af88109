"""Keys that would do nothing where they stand."""

import pytest

from resnet_dsl.language.diagnostics import Diagnostic

from ..helpers import faults, messages

BASIC = "name: a\nblock: {type: basic}\nstages: {depths: [1, 1]}\n"
BOTTLENECK = BASIC.replace("basic", "bottleneck")
MIXED = BASIC.replace("basic", "[basic, bottleneck]")


def only(text: str) -> Diagnostic:
    (fault,) = faults(text)
    return fault


@pytest.mark.parametrize(
    ("text", "key", "marked", "because"),
    [
        (BASIC.replace("basic", "basic, groups: 32"), "block.groups", "32", "basic"),
        (BASIC.replace("basic", "basic, width_per_group: 4"), "block.width_per_group", "4", "basic"),
        (BASIC.replace("basic", "basic, stride_in: 1x1"), "block.stride_in", "1x1", "basic"),
        (BASIC.replace("basic", "basic, groups: [1, 2]"), "block.groups[1]", "2", "basic"),
        (BASIC.replace("basic", "[basic, basic], groups: 2"), "block.groups", "2", "[basic, basic]"),
        (MIXED.replace("bottleneck]", "bottleneck], groups: [2, 1]"), "block.groups[0]", "2", "[basic, bottleneck]"),
        (BASIC + "shortcut: {type: none, when: always}", "shortcut.when", "always", "none"),
        (BASIC + "shortcut: {type: padding, when: always}", "shortcut.when", "always", "padding"),
        (BASIC + "shortcut: {type: none}\ninit: {zero_residual: true}", "init.zero_residual", "true", "none"),
    ],
)
def test_a_key_that_can_have_no_effect_is_a_fault(text: str, key: str, marked: str, because: str) -> None:
    """The value is marked, and so is what makes it idle."""
    fault = only(text)
    assert (fault.code, fault.message) == ("RD302", f"`{key}` has no effect here")
    assert [label.span.text for label in fault.labels] == [marked, because]
    assert fault.labels[0].text
    assert fault.labels[1].text == "because of this"


@pytest.mark.parametrize(
    "text",
    [
        BASIC.replace("basic", "basic, groups: 1, width_per_group: 64, stride_in: 3x3"),
        BASIC.replace("basic", "basic, groups: [1, 1]"),
        MIXED.replace("bottleneck]", "bottleneck], groups: 2, width_per_group: 4, stride_in: 1x1"),
        MIXED.replace("bottleneck]", "bottleneck], groups: [1, 2]"),
        BOTTLENECK.replace("bottleneck", "bottleneck, groups: 2, stride_in: 1x1"),
        BASIC + "shortcut: {type: none, when: shape_change}\ninit: {zero_residual: false}",
        BASIC + "shortcut: {type: padding, when: shape_change}\ninit: {zero_residual: true}",
        BASIC + "shortcut: {type: projection, when: always}",
    ],
)
def test_a_key_with_an_effect_or_its_default_is_fine(text: str) -> None:
    """Defaults may be stated anywhere; a value for all stages need only matter in one."""
    assert messages(text) == []


def test_what_to_write_instead_is_the_default() -> None:
    """In the language's own words."""
    helps = {
        "block: {type: basic, groups: 2}": "take the key out, or give it its default, `1`",
        "block: {type: basic, stride_in: 1x1}": "take the key out, or give it its default, `3x3`",
        "block: {type: basic}\nshortcut: {type: none}\ninit: {zero_residual: true}": (
            "take the key out, or give it its default, `false`"
        ),
    }
    for text, help_ in helps.items():
        assert only(f"name: a\n{text}\nstages: {{depths: [1]}}\n").helps == (help_,)
