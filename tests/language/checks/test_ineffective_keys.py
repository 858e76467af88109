"""Keys that have no effect."""

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic

from ...helpers import faults, messages

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
def test_an_ineffective_key_is_a_fault(text: str, key: str, marked: str, because: str) -> None:
    """The ineffective value and the value that makes it ineffective are both marked."""
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
    """Defaults may be written anywhere; a value for all stages need only matter in one."""
    assert messages(text) == []


def test_the_help_suggests_the_default() -> None:
    """The help gives the default in YAML notation."""
    helps = {
        "block: {type: basic, groups: 2}": "remove the key, or set it to its default, `1`",
        "block: {type: basic, stride_in: 1x1}": "remove the key, or set it to its default, `3x3`",
        "block: {type: basic}\nshortcut: {type: none}\ninit: {zero_residual: true}": (
            "remove the key, or set it to its default, `false`"
        ),
    }
    for text, help_ in helps.items():
        assert only(f"name: a\n{text}\nstages: {{depths: [1]}}\n").helps == (help_,)


@pytest.mark.parametrize(
    ("keys", "key", "marks", "reason"),
    [
        ("attention: {type: eca, ratio: 0.5}", "attention.ratio", ["0.5", "eca"], "only `se` has a ratio"),
        ("attention: {type: none, ratio: 1}", "attention.ratio", ["1", "none"], "only `se` has a ratio"),
        (
            "attention: [{type: se, ratio: 0.5}, {ratio: 0.5, type: eca}]",
            "attention[1].ratio",
            ["0.5", "eca"],
            "only `se` has a ratio",
        ),
        ("norm: {type: none, eps: 0.1}", "norm.eps", ["0.1", "none"], "there is no norm"),
        ("norm: {type: layer, momentum: 0.5}", "norm.momentum", ["0.5", "layer"], "only batch norm keeps"),
        ("norm: {type: batch, groups: 8}", "norm.groups", ["8", "batch"], "only group norm has groups"),
        ("norm: none\ninit: {zero_residual: true}", "init.zero_residual", ["true", "none"], "there is no norm whose"),
        ("norm: {type: none}\ninit: {zero_residual: true}", "init.zero_residual", ["true", "none"], "there is no norm"),
        (
            "norm: instance\ninit: {zero_residual: true}",
            "init.zero_residual",
            ["true", "instance"],
            "instance norm has",
        ),
        ("shortcut: {type: none, kernel: 3}", "shortcut.kernel", ["3", "none"], "only a projection has a kernel"),
        ("shortcut: {type: padding, pool: avg}", "shortcut.pool", ["avg", "padding"], "only a projection pools"),
        ("shortcut: {kernel: 3, pool: avg}", "shortcut.kernel", ["3", "avg"], "a projection that pools is always 1x1"),
        ("shortcut: {type: none}\ndrop_path: 0.5", "drop_path", ["0.5", "none"], "a plain network has no residual"),
    ],
)
def test_the_reason_is_given_at_the_key(keys: str, key: str, marks: list[str], reason: str) -> None:
    """The key's label gives the reason, and the cause is marked in its long or short form."""
    fault = only(f"{BASIC}{keys}\n")
    assert (fault.code, fault.message) == ("RD302", f"`{key}` has no effect here")
    assert [label.span.text for label in fault.labels] == marks
    assert (fault.labels[0].text or "").startswith(reason)


@pytest.mark.parametrize(
    "keys",
    [
        "attention: [{type: se, ratio: 0.5}, {type: eca}]",
        "attention: [{type: eca, ratio: 0.0625}, eca]",
        "attention: {ratio: 0.0625, type: none}",
        "norm: {type: none, eps: 1.0e-5, momentum: 0.1, groups: 32}",
        "norm: {type: group, groups: 8}",
        "norm: layer\ninit: {zero_residual: true}",
        "shortcut: {type: none, kernel: 1, pool: none}\ndrop_path: 0",
    ],
)
def test_effective_keys_and_defaults_are_fine_in_either_form(keys: str) -> None:
    """Each item of a list is checked separately."""
    assert messages(f"{BASIC}stem: {{channels: 64}}\n{keys}\n") == []


def test_a_key_with_several_causes_is_reported_once() -> None:
    """Only the first cause of an ineffective key is reported."""
    text = f"{BASIC}norm: none\nshortcut: {{type: none}}\ninit: {{zero_residual: true}}\n"
    assert [label.text for label in only(text).labels] == [
        "a plain network has no residual branches",
        "because of this",
    ]
