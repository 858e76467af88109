"""Helps with the line to write, whole, for each place and for what is there already."""

from collections.abc import Mapping
from typing import Any

import pytest

from resnet_dsl.language.checks.vocabulary.lines import (
    example_help,
    flow_line,
    line_help,
    lines_help,
    option_help,
    options_help,
    values_help,
)

from ...helpers import plain

HEAD, EPS, POOL = "head: {classes: 10}", "norm: {eps: 0.001}", "stem: {pool: {type: max, kernel: 2}}"
BATCH, SE = "norm: {type: batch}", "attention: {type: se, of: input, divisor: 1}"
RATIO, HEADS, DILATED = "attention: {ratio: 0.25}", "head: {pool: {type: attention, heads: 4}}", "{dilation: 2}"


def mapping(text: str) -> Any:
    """The keys and values of a text."""
    return plain(text)


@pytest.mark.parametrize(
    ("fragment", "along", "place", "document", "helps"),
    [
        ("extends: resnet50", "{}", (), "{}", ["write `extends: resnet50`"]),
        ("extends: resnet50", "{}", (), "extends: resnet18", ["change `extends` to `resnet50`"]),
        ("extends: resnet50", "{}", ("stem",), "{}", ["write `extends: resnet50` at the top level"]),
        ("name: net", "{}", (), "name: old", ["write `name: net`"]),
        ("name: net", "{}", ("head",), "name: old", ["write `name: net` at the top level"]),
        (HEAD, "{}", (), "{}", ["write `head: {classes: 10}`"]),
        (HEAD, "{}", ("stem",), "{}", ["write `head: {classes: 10}` at the top level"]),
        (HEAD, "{}", (), "head: {bias: true}", ["write `classes: 10` under `head`"]),
        (HEAD, "{}", ("head",), "head: {bias: true}", ["write `classes: 10`"]),
        (HEAD, "{}", ("stem",), "{stem: {}, head: {bias: true}}", ["write `classes: 10` under `head`"]),
        (EPS, BATCH, (), "{}", ["write `norm: {type: batch, eps: 0.001}`"]),
        (EPS, BATCH, (), "norm: group", ["write `norm: {type: group, eps: 0.001}`"]),
        (EPS, BATCH, (), "norm: none", ["write `norm: {type: batch, eps: 0.001}`"]),
        (EPS, BATCH, (), "norm: [group]", ["write `norm: {type: batch, eps: 0.001}`"]),
        (EPS, BATCH, (), "norm: {type: group}", ["write `eps: 0.001` under `norm`"]),
        (EPS, BATCH, ("norm",), "norm: {groups: 2}", ["write `type: batch, eps: 0.001`"]),
        (EPS, BATCH, ("norm",), "norm: {type: layer}", ["write `eps: 0.001`"]),
        ("norm: {groups: 8}", "norm: {type: group}", (), "norm: batch", ["write `norm: {type: group, groups: 8}`"]),
        ("norm: {type: layer, eps: 0.001}", BATCH, (), "norm: group", ["write `norm: {type: layer, eps: 0.001}`"]),
        ("norm: {type: layer}", BATCH, (), "norm: group", ["write `norm: {type: layer}`"]),
        (
            "conv: {eps: 0.001}",
            "conv: {type: standardized}",
            (),
            "conv: plain",
            ["write `conv: {type: standardized, eps: 0.001}`"],
        ),
        (
            "conv: {bias: true}",
            "conv: {type: plain}",
            (),
            "conv: standardized",
            ["write `conv: {type: standardized, bias: true}`"],
        ),
        (RATIO, SE, (), "{}", ["write `attention: {type: se, of: input, divisor: 1, ratio: 0.25}`"]),
        (RATIO, SE, (), "attention: {type: se}", ["write `of: input, divisor: 1, ratio: 0.25` under `attention`"]),
        (RATIO, SE, ("attention",), "attention: {of: output}", ["write `type: se, divisor: 1, ratio: 0.25`"]),
        (RATIO, SE, ("attention", 1), "attention: [{}, {of: output}]", ["write `type: se, divisor: 1, ratio: 0.25`"]),
        (
            "attention: {ratio: 0.25, of: output}",
            SE,
            (),
            "{}",
            ["write `attention: {type: se, divisor: 1, ratio: 0.25, of: output}`"],
        ),
        (POOL, "{}", (), "{}", ["write `stem: {pool: {type: max, kernel: 2}}`"]),
        (POOL, "{}", ("head",), "{}", ["write `stem: {pool: {type: max, kernel: 2}}` at the top level"]),
        (POOL, "{}", (), "stem: {pool: avg}", ["write `pool: {type: avg, kernel: 2}` under `stem`"]),
        (POOL, "{}", (), "stem: {pool: none}", ["write `pool: {type: max, kernel: 2}` under `stem`"]),
        (POOL, "{}", (), "stem: {}", ["write `pool: {type: max, kernel: 2}` under `stem`"]),
        (POOL, "{}", ("stem",), "stem: {}", ["write `pool: {type: max, kernel: 2}`"]),
        (POOL, "{}", ("stem", "pool"), "stem: {pool: {type: avg}}", ["write `kernel: 2`"]),
        (POOL, "{}", ("stem", "pool"), "stem: {pool: {}}", ["write `type: max, kernel: 2`"]),
        ("stem: {pool: {type: max}}", "{}", ("stem", "pool"), "stem: {pool: {type: avg}}", ["write `type: max`"]),
        (
            "stem: {pool: {type: max, padding: 2}}",
            "{}",
            (),
            "stem: {pool: avg}",
            ["write `pool: {type: max, padding: 2}` under `stem`"],
        ),
        (
            "stem: {pool: {type: max, kernel: 2}, stride: 1}",
            "{}",
            ("stem", "pool"),
            "stem: {pool: {type: max}}",
            ["write `pool: {type: max, kernel: 2}, stride: 1` under `stem`"],
        ),
        (HEADS, "{}", ("head", "pool"), "head: {pool: {type: attention}}", ["write `heads: 4`"]),
        (HEADS, "{}", (), "head: {pool: {type: attention}}", ["write `heads: 4` under `head.pool`"]),
        (
            "{stem: {channels: 16}, stages: {widths: [16]}}",
            "{}",
            (),
            "stages: {depths: [1]}",
            ["write `stem: {channels: 16}`", "write `widths: [16]` under `stages`"],
        ),
        (
            "stages: {depths: [1], widths: [64]}",
            "{}",
            (),
            "stages: {depths: [1]}",
            ["write `widths: [64]` under `stages`"],
        ),
        ("stages: {depths: [1]}", "{}", (), "stages: {depths: [1]}", ["write `depths: [1]` under `stages`"]),
        (
            f"blocks: {{layer1.0: {DILATED}}}",
            "{}",
            ("blocks", "layer1.0"),
            "blocks: {layer1.0: {rate: 2}}",
            ["write `dilation: 2`"],
        ),
        (
            f"blocks: {{layer1.0: {DILATED}}}",
            "{}",
            (),
            "blocks: {layer1.0: {rate: 2}}",
            ["write `dilation: 2` under `blocks.layer1.0`"],
        ),
        (
            f"blocks: {{layer1.0: {DILATED}}}",
            "{}",
            (),
            "blocks: {layer1.1: {rate: 2}}",
            ["write `layer1.0: {dilation: 2}` under `blocks`"],
        ),
        (
            "blocks: {layer1.0: {attention: {ratio: 0.25}}}",
            "{}",
            ("blocks", "layer1.0", "attention"),
            "blocks: {layer1.0: {attention: {type: se}}}",
            ["write `ratio: 0.25`"],
        ),
    ],
)
def test_a_help_gives_what_is_missing_where_it_belongs(
    fragment: str, along: str, place: tuple[str | int, ...], document: str, helps: list[str]
) -> None:
    """Nothing that is there already, the type that is there if it may have the setting, and the mapping by its name."""
    assert line_help(mapping(fragment), mapping(along), place, mapping(document)) == tuple(helps)


@pytest.mark.parametrize("setting", ["eps", "ratio", "divisor", "of", "position", "activation", "kernel", "bias"])
def test_a_setting_of_several_types_keeps_the_type_that_is_there(setting: str) -> None:
    """Any other setting comes with its own type, and so does one with another beside it."""
    along, document = {"norm": {"type": "batch"}}, {"norm": "group"}
    kept = line_help({"norm": {setting: 1}}, along, (), document)
    assert kept == (f"write `norm: {{type: group, {setting}: 1}}`",)
    own = line_help({"norm": {setting: 1, "groups": 2}}, along, (), document)
    assert own == (f"write `norm: {{type: batch, {setting}: 1, groups: 2}}`",)


@pytest.mark.parametrize("bare", ["plain", "none"])
def test_a_type_without_settings_is_not_kept(bare: str) -> None:
    """It could not have the setting."""
    assert line_help({"norm": {"eps": 1}}, {"norm": {"type": "batch"}}, (), {"norm": bare}) == (
        "write `norm: {type: batch, eps: 1}`",
    )


@pytest.mark.parametrize(
    ("fragment", "along", "help_"),
    [
        ("extends: resnet50", "{}", "name `resnet50` instead of this spec"),
        (HEAD, "{}", "write `--set head.classes=10`"),
        ("head: {classes: 10, bias: false}", "{}", "write `--set head.classes=10 --set head.bias=false`"),
        (EPS, BATCH, "write `--set norm='{type: batch, eps: 0.001}'`"),
        ("norm: {type: layer, eps: 0.001}", BATCH, "write `--set norm='{type: layer, eps: 0.001}'`"),
        (EPS, "conv: {type: plain}", "write `--set norm.eps=0.001`"),
        ("name: a b", "{}", "write `--set name='a b'`"),
        ("name: net", "name: {x: 1}", "write `--set name=net`"),
        (
            "{stem: {channels: 16}, stages: {widths: [16, 32]}}",
            "{}",
            "write `--set stem.channels=16 --set stages.widths='[16, 32]'`",
        ),
        (
            "{norm: {eps: 0.001}, stem: {channels: 16}}",
            BATCH,
            "write `--set norm='{type: batch, eps: 0.001}' --set stem.channels=16`",
        ),
        ("blocks: {layer*: {dropout: 0.1}}", "{}", "write `--set 'blocks.layer*'='{dropout: 0.1}'`"),
    ],
)
def test_a_help_for_options_is_quoted_for_a_shell(fragment: str, along: str, help_: str) -> None:
    """One option for each key, or one for a section that needs more beside it."""
    assert option_help(mapping(fragment), mapping(along)) == (help_,)


def test_values_of_an_option_are_alternatives() -> None:
    """The index of an item is no part of a key; without a value, there is no help."""
    assert options_help(("head", "classes"), [10, 100]) == (
        "write `--set head.classes=10` or `--set head.classes=100`",
    )
    assert options_help(("attention", 1, "type"), ["se"]) == ("write `--set attention.type=se`",)
    assert options_help(("name",), []) == ()


@pytest.mark.parametrize(
    ("lines", "helps"),
    [
        ([], []),
        ([{"a": "x"}], ["write `a: x`"]),
        ([{"a": "x"}, {"b": "y"}], ["write `a: x` or `b: y`"]),
        ([{"a": {"b": 1}}], ["write `a: {b: 1}`"]),
        ([{"a": [1]}], ["write for example `a: [1]`"]),
        ([{"a": {"b": [1]}}], ["write for example `a: {b: [1]}`"]),
        ([{"a": 1}], ["write for example `a: 1`"]),
        ([{"a": 0.5}, {"a": "x"}], ["write for example `a: 0.5` or `a: x`"]),
        ([{"a": "x"}, {"b": "y", "c": 1}], ["write for example `a: x` or `b: y, c: 1`"]),
        ([{"a": "x"}, {"b": [1]}, {"c": "y"}], ["write for example `a: x`, `b: [1]` or `c: y`"]),
    ],
)
def test_a_list_or_a_number_is_an_example(lines: list[Mapping[str, Any]], helps: list[str]) -> None:
    """A word is what must be written, and a number inside a mapping too."""
    assert example_help(lines) == tuple(helps)
    assert lines_help(lines) == tuple(each.replace("write for example", "write") for each in helps)


def test_lines_and_values_stand_in_quotes() -> None:
    """With the place behind them, if one is given."""
    assert lines_help([{"a": 1}], where=" under `x`") == ("write `a: 1` under `x`",)
    assert lines_help([], where=" under `x`") == ()
    assert values_help([1, "a", [2]]) == ("write `1`, `a` or `[2]`",)
    assert values_help([]) == ()
    assert flow_line({"a": {"b": 1}, "c": [1, 2]}) == "a: {b: 1}, c: [1, 2]"
