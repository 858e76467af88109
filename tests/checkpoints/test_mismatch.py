"""Diagnostics for a checkpoint that belongs to a different network."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl.checkpoints.comparison import State, compare
from resnet_dsl.checkpoints.fitting.mismatch import explain_mismatch
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.language.document.overrides import Overrides

from ..helpers import load, loads, lower

SPEC = """\
name: ours
input: {size: 32}
stem: {channels: 8}
block: {type: basic}
stages: {depths: [1, 1], widths: [8, 16]}
head: {classes: 10}
"""


def explained(theirs: str | State, ours: str = SPEC, **options: Any) -> Diagnostic:
    """The diagnostic for a checkpoint of another spec's network, or with these entries, loaded into a spec."""
    spec = loads(ours)
    graph = lower(spec)
    state = lower(loads(theirs)).state if isinstance(theirs, str) else theirs
    options = {"file": "theirs.pt"} | options
    return explain_mismatch(graph, state, compare(graph.state, state), spec=spec, **options)


def bottlenecks(block: str = "", rest: str = "") -> str:
    """A spec of two stages of bottlenecks, with more keys of `block` and of the spec."""
    return SPEC.replace("basic", f"bottleneck{block and f', {block}'}") + rest


def without(state: State, *starts: str) -> State:
    return {name: shape for name, shape in state.items() if not name.startswith(starts)}


DEEP = bottlenecks().replace("[1, 1]", "[2, 3]")
DEEP_STATE = lower(loads(DEEP)).state
PREACTIVATED = SPEC.replace("basic", "basic, preactivation: true")


@pytest.mark.parametrize(
    ("old", "new", "marked", "note", "helps"),
    [
        (
            "[1, 1]",
            "[1, 2]",
            "[1, 1]",
            "the checkpoint has basic blocks with depths 1, 2 and 10 classes; "
            "this spec has basic blocks with depths 1, 1 and 10 classes",
            ["change `stages.depths` to `[1, 2]`"],
        ),
        (
            "basic",
            "[basic, bottleneck]",
            "basic",
            "the checkpoint has basic blocks and bottlenecks with depths 1, 1 and 10 classes; "
            "this spec has basic blocks with depths 1, 1 and 10 classes",
            ["change `block.type` to `[basic, bottleneck]`"],
        ),
        (
            "basic",
            "basic, preactivation: true",
            "block",
            "the checkpoint has `block.preactivation: true`; this spec has `block.preactivation: false`",
            ["change `block.preactivation` to `true`"],
        ),
        (
            "classes: 10",
            "classes: 0",
            "10",
            "the checkpoint has basic blocks with depths 1, 1 and no classifier; "
            "this spec has basic blocks with depths 1, 1 and 10 classes",
            [
                "`build` loads it with `--classes 10`, which keeps this spec and starts the classifier afresh",
                "change `head.classes` to `0`",
            ],
        ),
    ],
)
def test_the_keys_to_change_are_listed_at_the_first_one(
    old: str, new: str, marked: str, note: str, helps: list[str]
) -> None:
    """With both networks described, or the values of the key if the descriptions are equal."""
    fault = explained(SPEC.replace(old, new))
    assert fault.code == "RD505"
    assert fault.notes[0] == note
    assert list(fault.helps) == helps
    assert fault.span is not None
    assert fault.span.text == marked


def test_a_setting_of_several_values_is_shown_on_one_line() -> None:
    """As written in a spec."""
    fault = explained(SPEC.replace("[8, 16]", "[64, 128]") + "attention: {type: se, ratio: 0.5}\n")
    assert fault.helps == (
        "change `stages.widths` to `[64, 128]`",
        "change `attention` to `{type: se, ratio: 0.5}`",
    )


def test_entries_that_are_not_a_network_are_counted() -> None:
    """The fault points at the name of the spec."""
    fault = explained({"a": (1, 2)})
    total = len(lower(loads(SPEC)).state) + 1 - sum("num_batches" in name for name in lower(loads(SPEC)).state)
    assert fault.message == f"`theirs.pt` has the weights of a different network: 0 of {total} entries match"
    assert fault.notes[0].startswith("no spec can describe the checkpoint's network: ")
    assert fault.notes[-1] == "one entry is only in the file: `a` [1, 2]"
    assert fault.span is not None
    assert fault.span.text == "ours"


@pytest.mark.parametrize(
    ("ours", "theirs", "overrides", "help_"),
    [
        (
            "resnet32",
            "resnet20",
            {},
            "the file has the names and shapes of the bundled `akamaster_resnet20`, `plain20` or `resnet20`",
        ),
        (
            "resnet50",
            "seresnet50",
            {},
            "the file has the names and shapes of the bundled `legacy_seresnet50` or `seresnet50`",
        ),
        ("resnet32", "resnet20", {"head.classes": 7}, "change `stages.depths` to `[3, 3, 3]`"),
    ],
)
def test_weights_of_another_bundled_network_name_it(ours: str, theirs: str, overrides: Overrides, help_: str) -> None:
    """If the spec is a bundled one and all names and shapes agree; nobody wants to change that spec itself."""
    spec = load(ours)
    graph, state = lower(spec), lower(load(theirs, overrides=overrides)).state
    fault = explain_mismatch(graph, state, compare(graph.state, state), file="theirs.pt", spec=spec)
    assert fault.helps[0] == help_


def test_other_specs_are_changed(tmp_path: Path) -> None:
    """Nobody who wrote a spec is sent to a bundled one."""
    path = tmp_path / "resnet32.yaml"
    path.write_text("name: resnet32\nextends: resnet32\n")
    spec = load(str(path))
    graph, state = lower(spec), lower(load("resnet20")).state
    fault = explain_mismatch(graph, state, compare(graph.state, state), file="theirs.pt", spec=spec)
    assert fault.helps == ("change `stages.depths` to `[3, 3, 3]`",)


@pytest.mark.parametrize(
    ("ours", "theirs", "note", "helps"),
    [
        (
            bottlenecks("expansion: 2"),
            bottlenecks(),
            "the checkpoint has `block.expansion: 4`; this spec has `block.expansion: 2`",
            ["change `block.expansion` to `4`"],
        ),
        (
            bottlenecks(),
            bottlenecks("expansion: 2"),
            "the checkpoint has `block.expansion: 2`; this spec has `block.expansion: 4`",
            ["change `block.expansion` to `2`"],
        ),
        (
            bottlenecks("groups: 2, width_per_group: 32"),
            bottlenecks(),
            "the checkpoint has `block.groups: 1`; this spec has `block.groups: 2`",
            ["change `block.groups` to `1`", "change `block.width_per_group` to `64`"],
        ),
        (
            bottlenecks("reduce_first: 2"),
            bottlenecks(),
            "the checkpoint has `block.reduce_first: 1`; this spec has `block.reduce_first: 2`",
            ["change `block.reduce_first` to `1`"],
        ),
        (
            bottlenecks("groups: 2, stride_in: 1x1"),
            SPEC,
            "the checkpoint has basic blocks with depths 1, 1 and 10 classes; "
            "this spec has bottlenecks with depths 1, 1 and 10 classes",
            ["change `block.type` to `basic`", "change `block.groups` to `1`", "change `block.stride_in` to `3x3`"],
        ),
        (
            SPEC + "norm: {type: batch, momentum: 0.01}\n",
            SPEC + "norm: {type: group, groups: 4}\n",
            "the checkpoint fits `norm.type: layer`; this spec has `norm.type: batch`",
            ["change `norm` to `layer`"],
        ),
        (
            SPEC.replace("[8, 16]", "[64, 128]") + "attention: {type: se, ratio: 0.5}\n",
            SPEC.replace("[8, 16]", "[64, 128]") + "attention: {type: se, ratio: 0.25}\n",
            "the checkpoint has `attention.ratio: 0.25`; this spec has `attention.ratio: 0.5`",
            ["change `attention` to `{type: se, ratio: 0.25}`"],
        ),
        (
            SPEC + "attention: [se, none]\n",
            SPEC + "attention: [none, eca]\n",
            "the checkpoint has `attention: [none, eca]`; this spec has `attention: [se, none]`",
            ["change `attention` to `[none, eca]`"],
        ),
        (
            SPEC.replace("[1, 1]", "[1, 2]") + "shortcut: {when: always}\n",
            SPEC.replace("[1, 1]", "[1, 2]"),
            "the checkpoint has `shortcut.when: shape_change`; this spec has `shortcut.when: always`",
            ["change `shortcut.when` to `shape_change`"],
        ),
        (
            SPEC.replace("[8, 16]", "8, strides: [1, 2]"),
            SPEC.replace("[8, 16]", "8, strides: [1, 1]"),
            "the checkpoint fits `stages.strides: [1, 1]`; this spec has `stages.strides: [1, 2]`",
            ["change `stages.strides` to `[1, 1]`"],
        ),
        (
            SPEC.replace("channels: 8", "channels: 8, strides: [2]"),
            SPEC.replace("channels: 8", "channels: [4, 8]"),
            "the checkpoint has `stem.channels: [4, 8]`; this spec has `stem.channels: 8`",
            ["change `stem.channels` to `[4, 8]`", "remove `stem.strides`"],
        ),
        (
            SPEC,
            SPEC.replace("classes: 10", "classes: 10, pool: catavgmax"),
            "the checkpoint has `head.pool: catavgmax`; this spec has `head.pool: avg`",
            [
                "`build` loads it with `--classes 10`, which keeps this spec and starts the classifier afresh",
                "change `head.pool` to `catavgmax`",
            ],
        ),
        (
            SPEC.replace("classes: 10", "classes: 0"),
            SPEC,
            "the checkpoint has basic blocks with depths 1, 1 and 10 classes; "
            "this spec has basic blocks with depths 1, 1 and no classifier",
            [
                "`build` loads it with `--classes 0`, which keeps this spec and leaves the file's classifier out",
                "change `head.classes` to `10`",
            ],
        ),
    ],
)
def test_the_helps_name_the_keys_that_differ_and_no_others(ours: str, theirs: str, note: str, helps: list[str]) -> None:
    """With what is written in this spec, and the values that the checkpoint needs."""
    fault = explained(theirs, ours)
    assert fault.notes[0] == note
    assert list(fault.helps) == helps


@pytest.mark.parametrize(
    "kept",
    [
        bottlenecks("expansion: 2"),
        bottlenecks("groups: 2, width_per_group: 48, reduce_first: 3"),
        SPEC + "norm: {type: group, groups: 8}\n",
        SPEC + "norm: {type: layer, eps: 0.001}\n",
        SPEC.replace("[8, 16]", "[64, 128]") + "attention: {type: se, ratio: 0.3}\n",
        SPEC.replace("depths", "dilations: [1, 2], depths").replace("[1, 1]", "[1, 3]"),
        SPEC.replace("basic", "[basic, basic], expansion: [1, 1]"),
        SPEC + "shortcut: {type: none}\nactivation: silu\nantialias: blur\nhead: {pool: max, classes: 10}\n",
    ],
)
def test_no_help_offers_another_form_of_what_the_spec_has(kept: str) -> None:
    """Only the depth differs; all else could be written otherwise, with the same weights."""
    kept = kept.replace("head: {classes: 10}\n", "") if kept.count("head:") == 2 else kept
    depths = "[1, 3]" if "[1, 3]" in kept else "[1, 1]"
    fault = explained(kept.replace(f"depths: {depths}", "depths: [2, 2]"), kept)
    assert fault.helps == ("change `stages.depths` to `[2, 2]`",)


def test_lists_of_one_value_per_stage_grow_with_the_number_of_stages() -> None:
    """Those that are written, with a value for the new stage; a single value and a default stay."""
    ours = bottlenecks("groups: [1, 1], expansion: 2").replace("16]}", "16], strides: [1, 2]}")
    fault = explained(bottlenecks("expansion: 2").replace("[1, 1]", "[1, 1, 1]").replace("16]", "16, 32]"), ours)
    assert fault.helps == (
        "change `stages.depths` to `[1, 1, 1]`",
        "change `stages.widths` to `[8, 16, 32]`",
        "change `block.groups` to `1`",
        "change `stages.strides` to `[1, 2, 2]`",
    )


@pytest.mark.parametrize(
    ("state", "message", "notes"),
    [
        (
            without(DEEP_STATE, "layer2.0.downsample"),
            "lacks 5 of the network's 109 entries",
            (
                "5 entries are missing from the file, all in `layer2.0.downsample`; "
                "the first is `layer2.0.downsample.0.weight` [64, 32, 1, 1]",
            ),
        ),
        (
            dict([*DEEP_STATE.items()][:70]),
            "lacks 33 of the network's 103 entries",
            (
                "33 entries are missing from the file, 31 in `layer2` and 2 in `fc`; "
                "the first is `layer2.0.downsample.1.running_var` [64]",
            ),
        ),
        (
            without(DEEP_STATE, "conv1."),
            "lacks 1 of the network's 110 entries",
            ("one entry is missing from the file: `conv1.weight` [8, 3, 7, 7]",),
        ),
        (
            {**DEEP_STATE, "layer2.1.conv1.weight": (12, 64, 1, 1), "layer2.1.conv2.weight": (16, 12, 3, 3)},
            "does not fit the network: 108 of 110 entries match",
            (
                "no spec can describe the checkpoint's network",
                "2 entries are different in shape, 1 in `layer2.1.conv1` and 1 in `layer2.1.conv2`; "
                "the first is `layer2.1.conv1.weight` [12, 64, 1, 1] in the file, [16, 64, 1, 1] here",
            ),
        ),
        (
            {**DEEP_STATE, "layer2.0.conv1.weight": (12, 32, 1, 1)},
            "does not fit the network: 109 of 110 entries match",
            (
                "no spec can describe the checkpoint's network: `layer2.0.conv2` reads 16 channels, and there are 12",
                "one entry is different in shape: `layer2.0.conv1.weight` [12, 32, 1, 1] in the file, "
                "[16, 32, 1, 1] here",
            ),
        ),
    ],
)
def test_single_blocks_that_differ_are_counted(state: State, message: str, notes: tuple[str, ...]) -> None:
    """Pruned, truncated or odd ones; the spec cannot be changed, so no help says so."""
    fault = explained(state, DEEP)
    assert (fault.message, fault.notes, fault.helps) == (f"`theirs.pt` {message}", notes, ())


def test_a_pre_activation_network_may_lack_its_last_norm() -> None:
    """It is recognised by its other norms, and a spec can say that there is none at the end."""
    state = without(lower(loads(PREACTIVATED)).state, "norm.")
    lacks = "the checkpoint has `head.norm: false`; this spec has `head.norm: true`"
    fault = explained(state, PREACTIVATED)
    assert fault.notes[0] == lacks
    assert fault.helps == ("change `head.norm` to `false`",)
    assert explained(state).helps == ("change `block.preactivation` to `true`", "change `head.norm` to `false`")


def test_a_network_without_pre_activation_is_not_known_by_a_last_norm_alone() -> None:
    """Its other norms have the channels that convolutions put out."""
    fault = explained(SPEC, PREACTIVATED)
    assert (
        fault.notes[0] == "the checkpoint has `block.preactivation: false`; this spec has `block.preactivation: true`"
    )


LINEAGE = """\
name: ours
stem: {channels: 8, kernel: 3, pool: none}
block: {type: bottleneck, expansion: 1, group_width: 8}
stages: {regnet: {depth: 5, initial: 16, slope: 16, multiplier: 2}, strides: 2}
attention: {type: se, ratio: 0.25, divisor: 1, of: input, position: inner}
"""
"""A RegNet of three stages: 1, 1 and 3 blocks with 16, 32 and 64 channels."""


@pytest.mark.parametrize(
    ("ours", "theirs", "helps"),
    [
        (LINEAGE, LINEAGE.replace("group_width: 8", "group_width: 16"), ["change `block.group_width` to `16`"]),
        (
            LINEAGE,
            LINEAGE.replace("of: input", "of: own"),
            ["change `attention` to `{type: se, ratio: 0.25, divisor: 1, position: inner}`"],
        ),
        (
            LINEAGE,
            LINEAGE.replace("depth: 5", "depth: 6"),
            [
                "change `stages.depths` to `[1, 1, 3, 1]`",
                "change `stages.widths` to `[16, 32, 64, 128]`",
                "remove `stages.regnet`",
            ],
        ),
        (
            bottlenecks(),
            bottlenecks("conv3x3: {type: res2, scale: 2}"),
            ["change `block.conv3x3` to `{type: res2, scale: 2}`"],
        ),
        (bottlenecks("conv3x3: split"), bottlenecks(), ["change `block.conv3x3` to `plain`"]),
        (bottlenecks("group_width: 8"), bottlenecks(), ["change `block.group_width` to `0`"]),
        (
            bottlenecks("groups: 2"),
            bottlenecks("group_width: 8"),
            ["change `block.groups` to `1`", "change `block.group_width` to `8`"],
        ),
        (SPEC + "conv: standardized\n", SPEC + "conv: {type: plain, bias: true}\n", ["change `conv.bias` to `true`"]),
        (
            SPEC,
            SPEC + "conv: {type: plain, bias: true}\n",
            ["change `conv.bias` to `true`", "change `conv.type` to `plain`"],
        ),
        (
            SPEC.replace("8}", "8, strides: [1]}", 1) + "conv: standardized\n",
            SPEC.replace("[8, 16]", "[8, 1]").replace("classes", "conv: 4, classes"),
            ["change `stages.widths` to `[8, 1]`", "change `head.conv` to `4`", "change `conv.type` to `plain`"],
        ),
        (SPEC, SPEC + "activation: prelu\n", ["change `activation` to `prelu`"]),
        (SPEC, SPEC + "shortcut: {norm: false}\n", ["change `shortcut.norm` to `false`"]),
        (SPEC, SPEC.replace("classes", "conv: 32, classes"), ["change `head.conv` to `32`"]),
        (SPEC, SPEC + "attention: cbam\n", ["change `attention` to `cbam`"]),
        (DEEP, DEEP + "blocks: {layer2.1: {first: 12}}\n", ["change `blocks` to `{layer2.1: {first: 12}}`"]),
        (DEEP + "blocks: {layer2.1: {first: 12}}\n", DEEP, ["remove `blocks`"]),
    ],
)
def test_the_keys_of_the_lineage_are_found_like_all_others(ours: str, theirs: str, helps: list[str]) -> None:
    """As few as there are; a rule goes together with the lists that stand for it, and a section with its type."""
    assert list(explained(theirs, ours).helps) == helps


def test_single_blocks_are_counted() -> None:
    """There may be many, and the help has them all."""
    fault = explained(DEEP + "blocks: {layer2.1: {first: 12}, layer2.2: {first: 20}}\n", DEEP)
    note = "single blocks have other values: the checkpoint needs 2 of them to be stated; this spec states none"
    assert fault.notes[0] == note
    assert fault.helps == ("change `blocks` to `{layer2.1: {first: 12}, layer2.2: {first: 20}}`",)


def test_twice_the_features_are_told() -> None:
    """They are what reveals the pooling."""
    fault = explained(SPEC.replace("classes: 10", "classes: 10, pool: catavgmax"))
    assert "the file's classifier takes twice as many features as the last stage has channels" in fault.notes


def test_entries_have_the_names_that_the_file_has() -> None:
    """And so have the modules."""
    fault = explained(without(DEEP_STATE, "layer2.0.downsample"), DEEP, shown=lambda name: f"backbone.{name}")
    assert fault.notes == (
        "5 entries are missing from the file, all in `backbone.layer2.0.downsample`; "
        "the first is `backbone.layer2.0.downsample.0.weight` [64, 32, 1, 1]",
    )


def test_a_classifier_that_may_differ_is_no_reason_for_a_help() -> None:
    """The file's depth is."""
    theirs = SPEC.replace("[1, 1]", "[1, 2]").replace("classes: 10", "classes: 3")
    assert explained(theirs, may_replace_classifier=True).helps == ("change `stages.depths` to `[1, 2]`",)


def test_a_spec_that_python_changed_counts_as_written_out() -> None:
    """Its own values are those after the change."""
    spec = loads(SPEC)
    spec = replace(spec, stages=tuple(replace(stage, depth=3) for stage in spec.stages))
    graph, state = lower(spec), lower(loads(SPEC)).state
    fault = explain_mismatch(graph, state, compare(graph.state, state), file="theirs.pt", spec=spec)
    assert fault.notes[0].endswith("this spec has basic blocks with depths 3, 3 and 10 classes")
    assert fault.helps == ("change `stages.depths` to `[1, 1]`",)


WIDE = SPEC.replace("[8, 16]", "[64, 128]")
SMALL_STATE = lower(loads(SPEC)).state


@pytest.mark.parametrize(
    ("theirs", "ours", "options", "marked", "message", "notes", "helps"),
    [
        (
            SPEC.replace("classes: 10", "classes: 1000"),
            SPEC,
            {},
            "10",
            "`theirs.pt` has the weights of a different network: 36 of 38 entries match",
            (
                "the checkpoint has basic blocks with depths 1, 1 and 1,000 classes; this spec has basic blocks "
                "with depths 1, 1 and 10 classes",
                "2 entries are different in shape, the first is `fc.weight` [1000, 16] in the file, [10, 16] here",
            ),
            (
                "`build` loads it with `--classes 10`, which keeps this spec and starts the classifier afresh",
                "change `head.classes` to `1000`",
            ),
        ),
        (
            SPEC.replace("classes: 10", "classes: 3").replace("kernel", "kernel"),
            SPEC,
            {"may_replace_classifier": True},
            "ours",
            "`theirs.pt` does not fit the network: 36 of 38 entries match",
            (
                "2 entries are different in shape, all in `fc`; the first is `fc.weight` [3, 16] in the file, "
                "[10, 16] here",
            ),
            ("`build` loads it with `--classes 10`, which keeps this spec and starts the classifier afresh",),
        ),
        (
            SPEC.replace("basic", "[basic, bottleneck]"),
            SPEC,
            {},
            "basic",
            "`theirs.pt` has the weights of a different network: 31 of 44 entries match",
            (
                "the checkpoint has basic blocks and bottlenecks with depths 1, 1 and 10 classes; this spec has "
                "basic blocks with depths 1, 1 and 10 classes",
                "6 entries are only in the file, the first is `layer2.0.conv3.weight` [64, 16, 1, 1]",
                "7 entries are different in shape, the first is `layer2.0.conv1.weight` [16, 8, 1, 1] in the "
                "file, [16, 8, 3, 3] here",
            ),
            ("change `block.type` to `[basic, bottleneck]`",),
        ),
        (
            SPEC,
            SPEC.replace("basic", "[basic, bottleneck]"),
            {},
            "[basic, bottleneck]",
            "`theirs.pt` has the weights of a different network: 31 of 43 entries match",
            (
                "the checkpoint has basic blocks with depths 1, 1 and 10 classes; this spec has basic blocks and "
                "bottlenecks with depths 1, 1 and 10 classes",
                "5 entries are missing from the file, the first is `layer2.0.conv3.weight` [64, 16, 1, 1]",
                "7 entries are different in shape, the first is `layer2.0.conv1.weight` [16, 8, 3, 3] in the "
                "file, [16, 8, 1, 1] here",
            ),
            ("change `block.type` to `basic`",),
        ),
        (
            WIDE + "attention: {type: se, ratio: 0.5}\n",
            WIDE + "attention: se\n",
            {},
            "se",
            "`theirs.pt` has the weights of a different network: 46 of 52 entries match",
            (
                "the checkpoint has `attention.ratio: 0.5`; this spec has `attention.ratio: 0.0625`",
                "6 entries are different in shape, the first is `layer1.0.se.fc1.weight` [32, 64, 1, 1] in the "
                "file, [8, 64, 1, 1] here",
            ),
            ("change `attention` to `{type: se, ratio: 0.5}`",),
        ),
        (
            WIDE + "attention: {type: se, ratio: 0.5}\n",
            WIDE,
            {},
            "ours",
            "`theirs.pt` has the weights of a different network: 44 of 52 entries match",
            (
                "the checkpoint has `attention: {type: se, ratio: 0.5}`; this spec has `attention: none`",
                "8 entries are only in the file, the first is `layer1.0.se.fc1.weight` [32, 64, 1, 1]",
            ),
            ("change `attention` to `{type: se, ratio: 0.5}`",),
        ),
        (
            WIDE,
            WIDE + "attention: {type: se, ratio: 0.5}\n",
            {},
            "attention",
            "`theirs.pt` has the weights of a different network: 44 of 52 entries match",
            (
                "the checkpoint has `attention.type: none`; this spec has `attention.type: se`",
                "8 entries are missing from the file, the first is `layer1.0.se.fc1.weight` [32, 64, 1, 1]",
            ),
            ("change `attention` to `none`",),
        ),
        (
            WIDE,
            WIDE + "attention: [se, none]\n",
            {},
            "[se, none]",
            "`theirs.pt` has the weights of a different network: 44 of 48 entries match",
            (
                "the checkpoint has `attention: none`; this spec has `attention: [se, none]`",
                "4 entries are missing from the file, the first is `layer1.0.se.fc1.weight` [8, 64, 1, 1]",
            ),
            ("change `attention` to `none`",),
        ),
        (
            SPEC + "norm: layer\n",
            SPEC + "norm: {type: batch, eps: 0.1}\n",
            {},
            "norm",
            "`theirs.pt` has the weights of a different network: 20 of 32 entries match",
            (
                "the checkpoint fits `norm.type: layer`; this spec has `norm.type: batch`",
                "12 entries are missing from the file, the first is `bn1.running_mean` [8]",
            ),
            ("change `norm` to `layer`",),
        ),
        (
            DEEP + "blocks: {layer2.1: {first: 12}}\n",
            DEEP + "blocks: {layer2.2: {first: 12}, layer2.0: {first: 7}}\n",
            {},
            "blocks",
            "`theirs.pt` has the weights of a different network: 92 of 110 entries match",
            (
                "single blocks have other values: the checkpoint needs 1 of them to be stated; this spec states "
                "2 of them",
                "18 entries are different in shape, the first is `layer2.0.conv1.weight` [16, 32, 1, 1] in the "
                "file, [7, 32, 1, 1] here",
            ),
            ("change `blocks` to `{layer2.1: {first: 12}}`",),
        ),
        (
            {**SMALL_STATE, "extra.weight": (3,)},
            SPEC,
            {},
            "ours",
            "`theirs.pt` does not fit the network: 38 of 39 entries match",
            (
                "no spec can describe the checkpoint's network",
                "one entry is only in the file: `extra.weight` [3]",
            ),
            (),
        ),
        (
            {**lower(loads(SPEC.replace("[1, 1]", "[1, 2]"))).state, "extra.weight": (3,), "more.weight": (4,)},
            SPEC,
            {},
            "[1, 1]",
            "`theirs.pt` has the weights of a different network: 38 of 52 entries match",
            (
                "the checkpoint has basic blocks with depths 1, 2 and 10 classes; this spec has basic blocks "
                "with depths 1, 1 and 10 classes",
                "no spec can describe the checkpoint's network",
                "14 entries are only in the file, the first is `layer2.1.conv1.weight` [16, 16, 3, 3]",
                "after the changes below, 2 entries, 1 in `extra` and 1 in `more`, would still differ",
            ),
            ("change `stages.depths` to `[1, 2]`",),
        ),
        (
            {**lower(loads(SPEC.replace("classes: 10", "classes: 3"))).state, "extra.weight": (3,)},
            SPEC,
            {"may_replace_classifier": True},
            "ours",
            "`theirs.pt` does not fit the network: 36 of 39 entries match",
            (
                "no spec can describe the checkpoint's network",
                "one entry is only in the file: `extra.weight` [3]",
                "2 entries are different in shape, all in `fc`; the first is `fc.weight` [3, 16] in the file, "
                "[10, 16] here",
            ),
            (),
        ),
        (
            without(SMALL_STATE, "layer1"),
            SPEC,
            {},
            "ours",
            "`theirs.pt` lacks 10 of the network's 36 entries",
            (
                "10 entries are missing from the file, all in `layer1.0`; the first is `layer1.0.conv1.weight` "
                "[8, 8, 3, 3]",
            ),
            (),
        ),
        (
            {},
            SPEC,
            {},
            "ours",
            "`theirs.pt` lacks 32 of the network's 32 entries",
            ("32 entries are missing from the file, the first is `conv1.weight` [8, 3, 7, 7]",),
            (),
        ),
        (
            {"a": (1,)},
            SPEC,
            {"shown": lambda n: "x." + n},
            "ours",
            "`theirs.pt` has the weights of a different network: 0 of 33 entries match",
            (
                "no spec can describe the checkpoint's network: it has no `layer1.0.conv1.weight`",
                "32 entries are missing from the file, the first is `x.conv1.weight` [8, 3, 7, 7]",
                "one entry is only in the file: `x.a` [1]",
            ),
            (),
        ),
        (
            {"features.0.weight": (1,)},
            SPEC,
            {},
            "ours",
            "`theirs.pt` has the weights of a different network: 0 of 33 entries match",
            (
                "no spec can describe the checkpoint's network: it looks like VGG or AlexNet, with its entry "
                "`features.0.weight`",
                "32 entries are missing from the file, the first is `conv1.weight` [8, 3, 7, 7]",
                "one entry is only in the file: `features.0.weight` [1]",
            ),
            (),
        ),
        (
            SPEC.replace("channels: 8", "channels: [4, 8]"),
            SPEC,
            {},
            "8",
            "`theirs.pt` has the weights of a different network: 37 of 45 entries match",
            (
                "the checkpoint has `stem.channels: [4, 8]`; this spec has `stem.channels: 8`",
                "one entry is missing from the file: `conv1.weight` [8, 3, 7, 7]",
                "7 entries are only in the file, the first is `conv1.0.weight` [4, 3, 7, 7]",
            ),
            ("change `stem.channels` to `[4, 8]`",),
        ),
        (
            SPEC,
            SPEC.replace("channels: 8", "channels: [4, 8], strides: [2, 1]"),
            {},
            "[4, 8]",
            "`theirs.pt` has the weights of a different network: 37 of 44 entries match",
            (
                "the checkpoint has `stem.channels: 8`; this spec has `stem.channels: [4, 8]`",
                "6 entries are missing from the file, the first is `conv1.0.weight` [4, 3, 7, 7]",
                "one entry is only in the file: `conv1.weight` [8, 3, 7, 7]",
            ),
            (
                "change `stem.channels` to `8`",
                "remove `stem.strides`",
            ),
        ),
        (
            SPEC.replace("[8, 16]", "8, strides: [1, 1]"),
            SPEC.replace("[8, 16]", "8, strides: [1, 2]"),
            {"shown": lambda n: "net." + n},
            "[1, 2]",
            "`theirs.pt` has the weights of a different network: 32 of 37 entries match",
            (
                "the checkpoint fits `stages.strides: [1, 1]`; this spec has `stages.strides: [1, 2]`",
                "5 entries are missing from the file, the first is `net.layer2.0.downsample.0.weight` [8, 8, 1, 1]",
            ),
            ("change `stages.strides` to `[1, 1]`",),
        ),
        (
            SPEC.replace("classes: 10", "classes: 10, pool: catavgmax"),
            SPEC,
            {},
            "head",
            "`theirs.pt` has the weights of a different network: 37 of 38 entries match",
            (
                "the checkpoint has `head.pool: catavgmax`; this spec has `head.pool: avg`",
                "the file's classifier takes twice as many features as the last stage has channels",
                "one entry is different in shape: `fc.weight` [10, 32] in the file, [10, 16] here",
            ),
            (
                "`build` loads it with `--classes 10`, which keeps this spec and starts the classifier afresh",
                "change `head.pool` to `catavgmax`",
            ),
        ),
        (
            SPEC,
            SPEC.replace("classes: 10", "classes: 10, pool: catavgmax"),
            {},
            "catavgmax",
            "`theirs.pt` has the weights of a different network: 37 of 38 entries match",
            (
                "the checkpoint fits `head.pool: avg`; this spec has `head.pool: catavgmax`",
                "one entry is different in shape: `fc.weight` [10, 16] in the file, [10, 32] here",
            ),
            (
                "`build` loads it with `--classes 10`, which keeps this spec and starts the classifier afresh",
                "change `head.pool` to `avg`",
            ),
        ),
        (
            SPEC.replace("classes: 10", "classes: 10, pool: attention"),
            SPEC,
            {},
            "head",
            "`theirs.pt` has the weights of a different network: 38 of 45 entries match",
            (
                "the checkpoint has `head.pool: attention`; this spec has `head.pool: avg`",
                "7 entries are only in the file, the first is `attnpool.positional_embedding` [17, 16]",
            ),
            ("change `head.pool` to `attention`",),
        ),
        (
            SPEC.replace("classes: 10", "classes: 9, pool: attention"),
            SPEC,
            {"may_replace_classifier": True},
            "head",
            "`theirs.pt` has the weights of a different network: 36 of 45 entries match",
            (
                "the checkpoint has `head.pool: attention`; this spec has `head.pool: avg`",
                "7 entries are only in the file, the first is `attnpool.positional_embedding` [17, 16]",
                "2 entries are different in shape, the first is `fc.weight` [9, 16] in the file, [10, 16] here",
            ),
            ("change `head.pool` to `attention`",),
        ),
        (
            SPEC,
            SPEC.replace("classes: 10", "classes: 9, pool: attention"),
            {"may_replace_classifier": True},
            "attention",
            "`theirs.pt` has the weights of a different network: 36 of 45 entries match",
            (
                "the checkpoint fits `head.pool: avg`; this spec has `head.pool: attention`",
                "7 entries are missing from the file, the first is `attnpool.positional_embedding` [17, 16]",
                "2 entries are different in shape, the first is `fc.weight` [10, 16] in the file, [9, 16] here",
            ),
            ("change `head.pool` to `avg`",),
        ),
        (
            SPEC.replace("classes: 10", "classes: 9, pool: catavgmax"),
            SPEC,
            {"may_replace_classifier": True},
            "ours",
            "`theirs.pt` does not fit the network: 36 of 38 entries match",
            (
                "2 entries are different in shape, all in `fc`; the first is `fc.weight` [9, 32] in the file, "
                "[10, 16] here",
            ),
            ("`build` loads it with `--classes 10`, which keeps this spec and starts the classifier afresh",),
        ),
        (
            SPEC.replace("size: 32", "channels: 1, size: 32"),
            SPEC,
            {},
            "input",
            "`theirs.pt` has the weights of a different network: 37 of 38 entries match",
            (
                "the checkpoint has `input.channels: 1`; this spec has `input.channels: 3`",
                "one entry is different in shape: `conv1.weight` [8, 1, 7, 7] in the file, [8, 3, 7, 7] here",
            ),
            ("change `input.channels` to `1`",),
        ),
        (
            bottlenecks("groups: 2"),
            bottlenecks("conv3x3: split"),
            {},
            "block",
            "`theirs.pt` has the weights of a different network: 32 of 82 entries match",
            (
                "the checkpoint has `block.groups: 2`; this spec has `block.groups: 1`",
                "26 entries are missing from the file, the first is `layer1.0.conv2.conv.weight` [16, 4, 3, 3]",
                "12 entries are only in the file, the first is `layer1.0.conv2.weight` [16, 8, 3, 3]",
                "12 entries are different in shape, the first is `layer1.0.conv1.weight` [16, 8, 1, 1] in the "
                "file, [8, 8, 1, 1] here",
            ),
            (
                "change `block.groups` to `2`",
                "change `block.conv3x3` to `plain`",
            ),
        ),
        (
            bottlenecks("conv3x3: {type: split, radix: 1}"),
            bottlenecks("conv3x3: split"),
            {},
            "split",
            "`theirs.pt` has the weights of a different network: 60 of 74 entries match",
            (
                "the checkpoint has `block.conv3x3.radix: 1`; this spec has `block.conv3x3.radix: 2`",
                "14 entries are different in shape, the first is `layer1.0.conv2.conv.weight` [8, 8, 3, 3] in "
                "the file, [16, 4, 3, 3] here",
            ),
            ("change `block.conv3x3` to `{type: split, radix: 1}`",),
        ),
        (
            SPEC + "conv: {type: plain, bias: true}\n",
            SPEC + "conv: standardized\n",
            {},
            "standardized",
            "`theirs.pt` has the weights of a different network: 38 of 44 entries match",
            (
                "the checkpoint has `conv.bias: true`; this spec has `conv.bias: false`",
                "6 entries are only in the file, the first is `conv1.bias` [8]",
            ),
            ("change `conv.bias` to `true`",),
        ),
        (
            SPEC + "conv: {type: plain, bias: true}\n",
            SPEC + "norm: none\n",
            {},
            "none",
            "`theirs.pt` has the weights of a different network: 14 of 44 entries match",
            (
                "the checkpoint has `norm: batch`; this spec has `norm: none`",
                "30 entries are only in the file, the first is `bn1.weight` [8]",
            ),
            (
                "change `norm` to `batch`",
                "change `conv.bias` to `true`",
                "change `conv.type` to `plain`",
            ),
        ),
    ],
)
def test_the_whole_diagnostic(
    theirs: str | State,
    ours: str,
    options: dict[str, Any],
    marked: str,
    message: str,
    notes: tuple[str, ...],
    helps: tuple[str, ...],
) -> None:
    """Message, notes and helps, and the value that is marked, for each kind of difference."""
    fault = explained(theirs, ours, **options)
    assert (fault.code, fault.message, fault.notes, fault.helps) == ("RD505", message, notes, helps)
    assert [label.span.text for label in fault.labels] == [marked]
