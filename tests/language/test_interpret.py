"""Converting specs to plain data with every default written out."""

from collections.abc import Iterator

import pytest

from resnet_dsl.language.checks.schema import properties
from resnet_dsl.language.spec import default_stride, default_width
from resnet_dsl.language.text.tree import Path, Plain

from ..helpers import TINY, load, loads, written_out


def test_a_spec_is_written_out_with_every_default() -> None:
    """A minimal spec of three lines expands to every key with its default."""
    assert written_out(loads(TINY)) == {
        "version": 1,
        "name": "tiny",
        "input": {"channels": 3, "size": 224},
        "stem": {
            "channels": 64,
            "kernel": 7,
            "stride": 2,
            "pool": {"type": "max", "kernel": 3, "padding": "ignore"},
        },
        "block": {
            "type": "basic",
            "expansion": 1,
            "groups": 1,
            "width_per_group": 64,
            "group_width": 0,
            "reduce_first": 1,
            "conv3x3": "plain",
            "stride_in": "3x3",
            "pool": "none",
            "dropout": 0.0,
            "preactivation": False,
        },
        "shortcut": {
            "type": "projection",
            "when": "shape_change",
            "kernel": 1,
            "pool": "none",
            "source": "input",
            "zeros": "end",
            "norm": True,
        },
        "conv": {"type": "plain", "bias": False},
        "norm": {"type": "batch", "eps": 1e-5, "momentum": 0.1},
        "activation": "relu",
        "attention": "none",
        "antialias": "none",
        "stages": {"depths": [1], "widths": [64], "strides": [1], "dilations": 1},
        "drop_path": 0.0,
        "head": {"norm": True, "activation": True, "conv": 0, "pool": "avg", "dropout": 0.0, "classes": 1000},
        "init": {"zero_residual": False},
    }


EVERYTHING = {
    "version": 1,
    "name": "all",
    "description": "prose",
    "reference": "a paper",
    "input": {"channels": 5, "size": [60, 70]},
    "stem": {"channels": [8, 16], "kernel": 3, "strides": [1, 2], "pool": "conv"},
    "block": {
        "type": ["basic", "bottleneck"],
        "expansion": [2, 4],
        "groups": [1, 2],
        "width_per_group": [64, 32],
        "group_width": 0,
        "reduce_first": [1, 2],
        "conv3x3": [{"type": "selective", "ratio": 0.5, "divisor": 4, "split": True}, {"type": "split", "radix": 4}],
        "stride_in": "1x1",
        "pool": "none",
        "dropout": 0.25,
        "preactivation": True,
    },
    "shortcut": {
        "type": "projection",
        "when": "first",
        "kernel": 3,
        "pool": "none",
        "source": "activation",
        "zeros": "end",
        "norm": True,
    },
    "conv": {"type": "standardized", "eps": 0.0001, "bias": True},
    "norm": {"type": "group", "eps": 0.001, "groups": 4, "group_width": 0},
    "activation": "silu",
    "attention": [
        {"type": "se", "ratio": 0.25, "divisor": 2, "of": "input", "position": "inner", "activation": "gelu"},
        {"type": "eca", "kernel": 5, "position": "activated"},
    ],
    "antialias": "blur",
    "stages": {"depths": [1, 2], "widths": [8, 32], "strides": [1, 2], "dilations": [1, 2], "output_stride": 8},
    "blocks": {
        "layer2.*": {"dropout": 0.5},
        "layer2.0": {"dilation": 3},
        "layer2.1": {
            "first": 32,
            "inner": 48,
            "groups": 4,
            "attention": {"type": "cbam", "ratio": 0.5, "divisor": 1, "of": "own", "position": "end"},
        },
    },
    "drop_path": 0.1,
    "head": {
        "norm": False,
        "activation": True,
        "conv": 24,
        "pool": {"type": "attention", "heads": 3},
        "dropout": 0.5,
        "classes": 7,
    },
    "init": {"zero_residual": True},
    "expect": {"depth": 11, "output": [7]},
}
REST = EVERYTHING | {
    "stem": {"channels": 8, "kernel": 3, "stride": 3, "pool": {"type": "max", "kernel": 3, "padding": "same"}},
    "block": {
        "type": "bottleneck",
        "expansion": 4,
        "groups": 1,
        "width_per_group": 64,
        "group_width": 4,
        "reduce_first": 1,
        "conv3x3": {"type": "res2", "scale": 3},
        "stride_in": "3x3",
        "pool": "before",
        "dropout": 0.0,
        "preactivation": False,
    },
    "shortcut": {
        "type": "padding",
        "when": "shape_change",
        "kernel": 1,
        "pool": "none",
        "source": "input",
        "zeros": "both",
        "norm": True,
    },
    "norm": {"type": "group", "eps": 0.001, "groups": 32, "group_width": 4},
    "attention": {"type": "gca", "ratio": 0.25, "divisor": 3, "of": "own", "position": "end", "activation": "prelu"},
    "antialias": "none",
    "stages": {"depths": [1, 2], "widths": [16, 32], "strides": [1, 2], "dilations": 1},
    "blocks": {"layer1.0": {"attention": "none"}},
    "head": {"norm": True, "activation": True, "conv": 0, "pool": "max", "dropout": 0.5, "classes": 7},
    "expect": {"depth": 11, "output": [7]},
}
"""What cannot stand beside something else."""


@pytest.mark.parametrize("document", [EVERYTHING, REST], ids=["everything", "rest"])
def test_a_complete_spec_is_written_unchanged(document: dict[str, Plain]) -> None:
    """A spec that sets every key to a non-default value is written out unchanged."""
    assert written_out(load(document)) == document


def _keys(data: Plain, path: Path = ()) -> Iterator[list[str]]:
    """The keys of each mapping, and the order that the schema has them in."""
    if not isinstance(data, dict):
        return
    order = [*properties(path)]
    if order:
        assert [*data] == sorted(data, key=order.index), path
    for key, value in data.items():
        yield from _keys(value, (*path, key))


@pytest.mark.parametrize("document", [EVERYTHING, REST], ids=["everything", "rest"])
def test_keys_are_written_in_the_order_of_the_schema(document: dict[str, Plain]) -> None:
    """Which is that of the table in the documentation; names of blocks are in the order of the network."""
    data = written_out(load(document))
    assert [*_keys(data)] == []


def test_single_blocks_are_written_in_the_order_of_the_network() -> None:
    """Those of all blocks of a stage first, however they were written."""
    names = ["layer2.1", "layer1.0", "layer2.0", "layer2.*"]
    text = TINY.replace("[1]", "[1, 2]") + f"blocks: {{{', '.join(f'{name}: {{dilation: 2}}' for name in names)}}}\n"
    written = written_out(loads(text))["blocks"]
    assert isinstance(written, dict)
    assert [*written] == ["layer1.0", "layer2.*", "layer2.0", "layer2.1"]


RULE = "regnet: {depth: 13, initial: 24, slope: 36.44, multiplier: 2.49}"
RULED = f"name: ruled\nblock: {{type: bottleneck, expansion: 1, group_width: 8}}\nstages: {{{RULE}}}\n"


def test_a_rule_is_written_as_what_comes_of_it() -> None:
    """Depths and widths: those of RegNetX-200MF (Radosavovic et al. 2020, table 9)."""
    spec = loads(RULED)
    stages = written_out(spec)["stages"]
    assert stages == {"depths": [1, 1, 4, 7], "widths": [24, 56, 152, 368], "strides": [1, 2, 2, 2], "dilations": 1}
    assert load(written_out(spec)) == spec


def test_a_rule_depends_on_expansion_and_group_width() -> None:
    """By default a bottleneck has four times its width; groups of 16 do not fit 56 channels, which become 64."""
    assert [stage.width for stage in loads(RULED.replace("expansion: 1, ", "")).stages] == [6, 16, 40, 96]
    assert [stage.width for stage in loads(RULED.replace("width: 8", "width: 16")).stages] == [32, 64, 160, 368]


@pytest.mark.parametrize(
    ("strides", "written"),
    [
        ("[2, 1, 1]", {"stride": 2}),
        ("[1, 1, 1]", {"stride": 1}),
        ("[2, 1, 2]", {"strides": [2, 1, 2]}),
        ("[1, 2, 1]", {"strides": [1, 2, 1]}),
    ],
)
def test_strides_of_which_only_the_first_counts_are_one_stride(strides: str, written: dict[str, Plain]) -> None:
    """So that equal networks have equal specs."""
    spec = loads(f"{TINY}stem: {{channels: [8, 8, 8], kernel: 3, strides: {strides}}}\n")
    stem = written_out(spec)["stem"]
    assert isinstance(stem, dict)
    assert {key: value for key, value in stem.items() if "stride" in key} == written
    assert load(written_out(spec)) == spec


@pytest.mark.parametrize(
    ("kind", "ratio", "divisor"),
    [("se", 0.0625, 8), ("cbam", 0.0625, 1), ("gc", 0.125, 1), ("gca", 0.125, 1)],
)
def test_the_defaults_of_attention_depend_on_its_type(kind: str, ratio: float, divisor: int) -> None:
    """In the network's attention, in one of a stage, and in that of a single block."""
    for text in (f"attention: {kind}", f"attention: [{kind}]", f"blocks: {{layer1.0: {{attention: {kind}}}}}"):
        spec = loads(f"{TINY}{text}\n")
        attention = spec.blocks[0].attention if spec.blocks else spec.stages[0].block.attention
        assert attention is not None
        assert (attention.type, attention.ratio, attention.divisor) == (kind, ratio, divisor)


def test_other_defaults_that_depend_on_a_key() -> None:
    """The kernel of the stem's pooling on its type, the last activation on the last norm."""
    assert [loads(f"{TINY}stem: {{pool: {each}}}\n").stem.pool.kernel for each in ("max", "avg", "conv")] == [3, 2, 3]
    text = TINY.replace("basic", "basic, preactivation: true")
    heads = [loads(f"{text}head: {{{each}}}\n").head for each in ("norm: true", "norm: false", "activation: false")]
    assert [(head.norm, head.activation) for head in heads] == [(True, True), (False, False), (True, False)]


def test_a_single_block_with_nothing_of_its_own_is_none() -> None:
    """Such as one whose values a child took away."""
    assert loads(f"{TINY}blocks: {{layer1.0: {{}}}}\n") == loads(TINY)


def test_what_a_basic_block_cannot_have_is_not_its_own() -> None:
    """A value for all stages applies to the stages that can have it."""
    text = "name: a\nblock: {type: [basic, bottleneck], conv3x3: res2}\nstages: {depths: [1, 1]}\n"
    assert [stage.block.conv3x3.type for stage in loads(text).stages] == ["plain", "res2"]


def test_only_given_expectations_are_written() -> None:
    """Expectations have no defaults, so only those present are written out."""
    assert written_out(loads(TINY + "expect: {depth: 4}\n")) == written_out(loads(TINY)) | {"expect": {"depth": 4}}


def test_norms_are_written_with_only_their_own_settings() -> None:
    """Settings of other norm types are omitted."""
    written = {kind: written_out(loads(f"{TINY}norm: {kind}"))["norm"] for kind in ("instance", "layer", "none")}
    assert written == {
        "instance": {"type": "instance", "eps": 1e-5},
        "layer": {"type": "layer", "eps": 1e-6},
        "none": "none",
    }


def test_defaults_of_stages() -> None:
    """Default widths double from stage to stage; default strides are 1, then 2."""
    assert [(default_width(index), default_stride(index)) for index in range(4)] == [
        (64, 1),
        (128, 2),
        (256, 2),
        (512, 2),
    ]
