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
        (
            "attention: {type: eca, ratio: 0.5}",
            "attention.ratio",
            ["0.5", "eca"],
            "only `se`, `cbam`, `gc` and `gca` have `ratio`",
        ),
        (
            "attention: {type: none, ratio: 1}",
            "attention.ratio",
            ["1", "none"],
            "only `se`, `cbam`, `gc` and `gca` have `ratio`",
        ),
        (
            "attention: [{type: se, ratio: 0.5}, {ratio: 0.5, type: eca}]",
            "attention[1].ratio",
            ["0.5", "eca"],
            "only `se`, `cbam`, `gc` and `gca` have `ratio`",
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
        ("norm: {type: layer, group_width: 8}", "norm.group_width", ["8", "layer"], "only group norm has groups"),
        ("conv: {type: plain, eps: 1.0e-8}", "conv.eps", ["1.0e-8", "plain"], "only standardised convolutions"),
        ("conv: {type: plain, bias: true}\nnorm: none", "conv.bias", ["true", "none"], "without a norm, convolutions"),
        ("stem: {pool: {type: conv, kernel: 2}}", "stem.pool.kernel", ["2", "conv"], "there is no pooling"),
        ("stem: {pool: {type: none, kernel: 2}}", "stem.pool.kernel", ["2", "none"], "there is no pooling"),
        ("stem: {pool: {type: avg, padding: ceil}}", "stem.pool.padding", ["ceil", "avg"], "only max pooling"),
        (
            "stem: {pool: {type: max, kernel: 2, padding: zero}}",
            "stem.pool.padding",
            ["zero", "2"],
            "a 2x2 window has no border",
        ),
        (
            "shortcut: {type: none, source: activation}",
            "shortcut.source",
            ["activation", "none"],
            "a plain network has",
        ),
        ("shortcut: {type: none, zeros: both}", "shortcut.zeros", ["both", "none"], "only padding adds zeros"),
        (
            "shortcut: {type: padding, norm: false}",
            "shortcut.norm",
            ["false", "padding"],
            "only a projection has a norm",
        ),
        ("shortcut: {norm: false}\nnorm: none", "shortcut.norm", ["false", "none"], "there is no norm"),
        ("head: {pool: {type: max, heads: 4}}", "head.pool.heads", ["4", "max"], "only attention pooling has heads"),
        (
            "attention: {type: ese, of: input}",
            "attention.of",
            ["input", "ese"],
            "only `se`, `cbam`, `gc` and `gca` have",
        ),
        ("attention: {type: se, kernel: 3}", "attention.kernel", ["3", "se"], "only `eca` has `kernel`"),
        (
            "attention: {type: none, position: inner}",
            "attention.position",
            ["inner", "none"],
            "only `se`, `eca`, `ese`",
        ),
        (
            "attention: {type: cbam, activation: silu}",
            "attention.activation",
            ["silu", "cbam"],
            "only `se`, `gc` and `gca` have `activation`",
        ),
        (
            "blocks: {layer1.0: {attention: {type: eca, divisor: 2}}}",
            "blocks.layer1.0.attention.divisor",
            ["2", "eca"],
            "only `se`, `cbam`, `gc` and `gca` have `divisor`",
        ),
        ("blocks: {layer1.0: {inner: 8}}", "blocks.layer1.0.inner", ["8", "basic"], "a basic block has no inner width"),
        ("blocks: {layer2.*: {groups: 2}}", "blocks.layer2.*.groups", ["2", "basic"], "a basic block has no grouped"),
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


@pytest.mark.parametrize(
    ("block", "key", "marks", "reason"),
    [
        ("basic, conv3x3: res2", "block.conv3x3", ["res2", "basic"], "only `bottleneck` blocks have `res2`"),
        ("basic, conv3x3: {type: split}", "block.conv3x3.type", ["split", "basic"], "only `bottleneck` blocks have"),
        ("[basic, bottleneck], conv3x3: [split, plain]", "block.conv3x3[0]", ["split", "[basic, bottleneck]"], "only"),
        (
            "bottleneck, conv3x3: {type: plain, scale: 2}",
            "block.conv3x3.scale",
            ["2", "plain"],
            "only `res2` has `scale`",
        ),
        (
            "bottleneck, conv3x3: [res2, {type: res2, radix: 3}]",
            "block.conv3x3[1].radix",
            ["3", "res2"],
            "only `split` has `radix`",
        ),
        (
            "bottleneck, conv3x3: {type: split, split: true}",
            "block.conv3x3.split",
            ["true", "split"],
            "only `selective` has `split`",
        ),
        ("bottleneck, conv3x3: res2, reduce_first: 2", "block.reduce_first", ["2", "res2"], "the first convolution"),
        ("basic, group_width: 8", "block.group_width", ["8", "basic"], "a basic block has no grouped convolution"),
        ("basic, pool: before, stride_in: 1x1", "block.stride_in", ["1x1", "basic"], "a basic block has no 1x1"),
    ],
)
def test_a_key_of_the_3x3_convolution_that_has_no_effect(block: str, key: str, marks: list[str], reason: str) -> None:
    """Beside another kind of it, or in blocks that cannot have it; a type alone is named by its key alone."""
    fault = only(BASIC.replace("basic", block))
    assert (fault.code, fault.message) == ("RD302", f"`{key}` has no effect here")
    assert [label.span.text for label in fault.labels] == marks
    assert fault.labels[0].text.startswith(reason)


def test_the_first_convolution_of_single_blocks_cannot_be_set_where_splits_make_it() -> None:
    """Only in the stages whose blocks have splits."""
    text = BOTTLENECK.replace("bottleneck", "bottleneck, conv3x3: [res2, plain]")
    fault = only(f"{text}blocks: {{layer1.0: {{first: 8}}, layer2.0: {{first: 8}}}}\n")
    assert fault.message == "`blocks.layer1.0.first` has no effect here"
    assert [label.span.text for label in fault.labels] == ["8", "res2"]


@pytest.mark.parametrize(
    ("keys", "key", "note"),
    [
        ("shortcut: {zeros: both}", "shortcut.zeros", "`shortcut.type` is `projection` unless stated"),
        ("shortcut: {source: activation}", "shortcut.source", "`block.preactivation` is `false` unless stated"),
        ("head: {norm: false}", "head.norm", "`block.preactivation` is `false` unless stated"),
        ("head: {activation: false}", "head.activation", "`block.preactivation` is `false` unless stated"),
    ],
)
def test_a_cause_that_is_a_default_is_named_in_a_note(keys: str, key: str, note: str) -> None:
    """There is no place that could be marked."""
    fault = only(f"{BASIC}{keys}\n")
    assert (fault.message, fault.notes) == (f"`{key}` has no effect here", (note,))
    assert len(fault.labels) == 1


def test_a_cause_that_may_have_been_meant_is_none() -> None:
    """A misspelt or faulty key may have been meant to give the other its effect."""
    for block in ("basic, preactivation: yes", "basic, preactivate: maybe", "basic, preactivation: 1"):
        text = BASIC.replace("basic", block)
        assert [code for code, _ in messages(f"{text}head: {{norm: false}}\n")] in (["RD201"], ["RD203"])
    assert [code for code, _ in messages(f"{BASIC}head: {{norm: false}}\nbolck: {{preactivation: true}}\n")] == [
        "RD203"
    ]


def test_the_help_for_a_key_without_a_default_is_to_remove_it() -> None:
    """There is no value that it could be set to instead."""
    assert only(f"{BASIC}head: {{pool: {{type: max, heads: 4}}}}\n").helps == ("remove the key",)


@pytest.mark.parametrize(
    "text",
    [
        BASIC + "stem: {pool: {type: conv, kernel: 3, padding: ignore}}",
        BASIC + "stem: {pool: {type: max, kernel: 2, padding: ignore}}",
        BASIC + "shortcut: {source: input, zeros: end, norm: true}\nhead: {norm: true, activation: true}",
        BASIC + "shortcut: {type: padding, zeros: both}",
        BASIC + "conv: {type: plain, eps: 1.0e-6, bias: true}",
        BASIC.replace("basic", "basic, conv3x3: selective, group_width: 0"),
        BASIC.replace("basic", "basic, conv3x3: {type: plain, scale: 4, radix: 2, split: false}"),
        BASIC.replace("basic", "basic, preactivation: true") + "head: {norm: false, activation: true}",
        MIXED.replace("bottleneck]", "bottleneck], conv3x3: res2"),
        MIXED.replace("bottleneck]", "bottleneck], conv3x3: res2, reduce_first: [2, 1]"),
        MIXED.replace("bottleneck]", "bottleneck], conv3x3: res2") + "blocks: {layer1.0: {first: 8}}",
        MIXED.replace("bottleneck]", "bottleneck], conv3x3: [selective, split]"),
        BASIC + "attention: {type: se, of: input, position: inner, activation: silu, divisor: 1}",
        BASIC + "attention: {type: eca, kernel: 7, position: activated}",
    ],
)
def test_keys_of_the_lineage_with_an_effect_or_their_default_are_fine(text: str) -> None:
    """As all others are."""
    assert messages(text) == []
