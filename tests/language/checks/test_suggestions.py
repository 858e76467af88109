"""Helps for values of the wrong type."""

import pytest

from ...helpers import TINY, faults


def helps(text: str) -> tuple[str, ...]:
    """The helps of the only fault of a text, which is about a key or the form of a value."""
    (fault,) = faults(text)
    assert fault.code in ("RD201", "RD202", "RD203", "RD204", "RD205", "RD206", "RD207")
    return fault.helps


@pytest.mark.parametrize(
    ("line", "better"),
    [
        ("head: {classes: 10.0}", "10"),
        ("head: {classes: 1e1}", "10"),
        ("head: {classes: [[1]]}", "1"),
        ("head: {classes: '65,000'}", "65000"),
        ("expect: {params: 25.6M}", "25600000"),
        ("expect: {macs: 4.1 G}", "4100000000"),
        ("expect: {params: <= 25M}", "<= 25e6"),
        ("expect: {params: <= 25.5 m}", "<= 25.5e6"),
        ("expect: {params: =< 20e6}", "<= 20e6"),
        ("expect: {params: ≤ 25M}", "<= 25e6"),
        ("expect: {params: '=>20K'}", "'>= 20e3'"),
        ("expect: {params: '< 26_000_000'}", "< 26000000"),
        ("expect: {params: '< 26,000,000'}", "< 26000000"),
        ("expect: {macs: 4.1G ± 1 %}", "4.1e9 ± 1%"),
        ("expect: {macs: 4.1 G +/- 10M}", "4.1e9 ± 10e6"),
        ("expect: {memory: =< 8 GB at batch 64}", "<= 8 GB at batch 64"),
        ("drop_path: 10 %", "0.1"),
        ("drop_path: 10", "0.1"),
        ("norm: {type: batch, eps: 1.e-3}", "0.001"),
        ("attention: {type: se, ratio: 1/16}", "0.0625"),
        ("attention: {type: se, ratio: 16}", "0.0625"),
        ("stem: {kernel: 7x7}", "7"),
        ("stem: {kernel: [7, 7]}", "7"),
        ("stem: {kernel: 4}", "3` or `5"),
        ("stem: {kernel: 32}", "31"),
        ("stages: {depths: [1], output_stride: 12}", "8` or `16"),
        ("shortcut: {kernel: 2}", "1` or `3"),
        ("input: {size: [1, 64, 32]}", "size: [64, 32], channels: 1"),
        ("attention: [false]", "none"),
        ("stem: {stride: 2px}", "2"),
        ("input: {size: 64x32}", "[64, 32]"),
        ("init: {zero_residual: 1}", "true"),
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
    text = TINY.replace("stages: {depths: [1]}\n", "") if line.startswith("stages") else TINY
    assert helps(f"{text}{line}\n") == (f"write `{better}`",)


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
        "stem: {channels: false}",
        "expect: [1]",
        "head: {classes: 10.5}",
        "head: {classes: -10.0}",
        "head: {dropout: 1}",
        "attention: {type: se, ratio: 0}",
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
        "head: {classes: false}",
        "head: {dropout: true}",
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
        ("name: a\nblock: [basic]\nstages: {depths: [1]}", "write `block: {type: basic}`"),
        ("name: a\nblock: [basic, bottleneck]\nstages: {depths: [1, 2]}", "write `block: {type: [basic, bottleneck]}`"),
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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("shortcut: A", "shortcut: {type: padding}"),
        ("shortcut: C", "shortcut: {when: always}"),
        ("input: 32", "input: {size: 32}"),
        ("input: cifar10", "input: {size: 32, channels: 3}"),
        ("stem: 64", "stem: {channels: 64}"),
        ("stem: cifar", "stem: {kernel: 3, stride: 1, pool: none}"),
        ("antialias: {type: blur}", "antialias: blur"),
        ("antialias: true", "blur"),
        ("norm: true", "norm: batch"),
        ("norm: nn.GroupNorm(32, 64)", "norm: group"),
        (
            "attention: true",
            "attention: se`, `attention: eca`, `attention: ese`, `attention: cbam`, `attention: gc` or `attention: gca",
        ),
        ("activation: {type: SiLU}", "activation: silu"),
        ("activation: nn.ReLU(inplace=True)", "relu"),
        ("head: 10", "head: {classes: 10}"),
        ("head: max", "head: {pool: max}"),
        ("head: none", "head: {classes: 0}"),
        ("init: zero", "init: {zero_residual: true}"),
        ("stages: 2, 2, 2, 2", "stages: {depths: [2, 2, 2, 2]}"),
        ("stages:\n  - 1\n  - 2", "stages: {depths: [1, 2]}"),
        ("stages: [{depth: 1}]", "stages: {depths: [1]}"),
        (
            "stages: [{blocks: 3, width: 64}, {blocks: 4, width: 128, stride: 1}]",
            "stages: {depths: [3, 4], widths: [64, 128], strides: [1, 1]}",
        ),
    ],
)
def test_a_value_for_a_mapping_and_a_mapping_for_a_value_are_put_right(line: str, expected: str) -> None:
    """The help gives the key too; a list with one mapping per stage becomes lists with one value per stage."""
    text = TINY.replace("stages: {depths: [1]}\n", "") if line.startswith("stages") else TINY
    assert helps(f"{text}{line}\n") == (f"write `{expected}`",)


@pytest.mark.parametrize("stages", ["", "4", "[]", "many"])
def test_missing_stages_get_an_example(stages: str) -> None:
    """The number of blocks of each stage cannot be guessed."""
    expected = "write for example `stages: {depths: [2, 2, 2, 2]}`"
    assert helps(f"name: a\nblock: {{type: basic}}\nstages: {stages}\n") == (expected,)


@pytest.mark.parametrize("option", ["stages=[{depth: 1}]", "block=[{}]", "norm=[{groups: 8}]", "head={pool: [{}]}"])
def test_a_list_that_may_be_none_lacks_no_keys_in_its_mappings(option: str) -> None:
    """Its type is wrong, whatever is in it; in a file that extends another too."""
    key, _, value = option.partition("=")
    assert [fault.code for fault in faults(TINY, option)] == ["RD201"]
    assert [fault.code for fault in faults(f"name: a\nextends: resnet18\n{key}: {value}\n")] == ["RD201"]


@pytest.mark.parametrize("stages", ["[[1], [2]]", "[{depth: 1, colour: red}]", "[{width: 1}]"])
def test_unclear_stages_get_no_suggestion(stages: str) -> None:
    """Whoever wrote this much needs no example."""
    assert helps(f"name: a\nblock: {{type: basic}}\nstages: {stages}\n") == ()


def test_a_key_without_a_value_is_removed() -> None:
    """Whoever writes `head:` alone has forgotten its keys."""
    assert helps(f"{TINY}head:\n") == ("remove the key",)
    assert helps(f"{TINY}drop_path:\n") == ("remove the key",)
    assert helps("name: a\nextends: resnet18\nstages:\n") == ()


def test_keys_too_far_to_the_left_are_indented() -> None:
    """An empty section whose keys stand at the top level."""
    found = faults("name: a\nblock:\ntype: basic\nstages:\ndepths: [1]\n")
    assert [fault.helps for fault in found if fault.code == "RD201"] == [
        ("indent `type` below it",),
        ("indent `depths` below it",),
    ]


@pytest.mark.parametrize(
    ("text", "codes", "help_"),
    [
        ("blocks: [3, 4, 6, 3]", ["RD201"], "write `stages: {depths: [3, 4, 6, 3]}`"),
        ("stages: {widths: 8}\nblocks: [1, 2]", ["RD201"], "write `depths: [1, 2]` under `stages`"),
    ],
)
def test_blocks_with_a_list_are_those_of_each_stage(text: str, codes: list[str], help_: str) -> None:
    """As other libraries have them; no key is missing besides."""
    found = faults(f"name: a\nblock: {{type: basic}}\n{text}\n")
    assert ([fault.code for fault in found], found[0].helps) == (codes, (help_,))


def test_a_key_of_block_in_blocks_is_sent_there() -> None:
    """One is easily taken for the other."""
    found = faults("name: a\nblocks: {type: basic}\nstages: {depths: [1]}\n")
    notes = {fault.code: fault.notes for fault in found}
    assert notes == {"RD202": (), "RD307": ("`type` is a key of `block`",)}


@pytest.mark.parametrize(
    ("line", "help_"),
    [
        ("block: {type: bottleneck, conv3x3: rse2}", "a value with a similar name exists: `res2`"),
        ("block: {type: bottleneck, conv3x3: {type: res2, scal: 2}}", "a key with a similar name exists: `scale`"),
        ("conv: standarized", "a value with a similar name exists: `standardized`"),
        ("attention: {type: se, position: iner}", "a value with a similar name exists: `inner`"),
        ("blocks: {layer1.0: {dilaton: 2}}", "a key with a similar name exists: `dilation`"),
        ("blocks: {layer1.0: {attention: {type: se, ratio: 16}}}", "write `0.0625`"),
        ("stem: {pool: {type: max, kernel: 5}}", "write `3`"),
        ("stem: {strides: 2}", "write `[2]`"),
        ("head: {pool: attn}", "write `attention`"),
        ("conv3x3: res2", "write `conv3x3: res2` under `block`"),
        ("conv: {eps: 1.0e-8}", "write `type: standardized`"),
        ("block: {type: basic, dropout: 30%}", "write `0.3`"),
        ("block: {type: basic, dropout: 30}", "write `0.3`"),
    ],
)
def test_mistakes_in_parts_are_put_right_like_all_others(line: str, help_: str) -> None:
    """However deep they are."""
    text = TINY.replace("block: {type: basic}\n", "") if line.startswith("block:") else TINY
    assert helps(f"{text}{line}\n") == (help_,)


@pytest.mark.parametrize(
    ("settings", "type_"),
    [
        ("conv: {eps: 1.0e-8}", "standardized"),
        ("conv: {bias: true}", "plain"),
        ("norm: {momentum: 0.01}", "batch"),
        ("norm: {groups: 16}", "group"),
        ("norm: {group_width: 16}", "group"),
        ("attention: {kernel: 3}", "eca"),
        ("attention: {position: inner}", "se"),
        ("stem: {pool: {padding: zero}}", "max"),
        ("head: {pool: {heads: 32}}", "attention"),
        ("block: {conv3x3: {scale: 4}}", "res2"),
        ("block: {conv3x3: {radix: 4}}", "split"),
        ("block: {conv3x3: {split: true}}", "selective"),
    ],
)
def test_the_type_that_has_the_settings_is_suggested_first(settings: str, type_: str) -> None:
    """Where a mapping has settings and no type."""
    block = "" if settings.startswith("block") else "block: {type: bottleneck}\n"
    found = faults(f"name: net\n{block}stages: {{depths: [2, 2]}}\n{settings}\n")
    (fault,) = [fault for fault in found if fault.message != "missing key `block.type`"]
    assert fault.code == "RD202"
    assert fault.helps[0].startswith(f"write `type: {type_}`")
