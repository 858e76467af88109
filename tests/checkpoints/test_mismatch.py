"""Diagnostics for a checkpoint that belongs to a different network."""

from pathlib import Path

import pytest

from resnet_dsl.checkpoints.comparison import State, compare
from resnet_dsl.checkpoints.mismatch import explain_mismatch
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


def explained(theirs: str | State) -> Diagnostic:
    """The diagnostic for a checkpoint of another spec's network, or with these entries, loaded into `SPEC`."""
    spec = loads(SPEC)
    graph = lower(spec)
    state = lower(loads(theirs)).state if isinstance(theirs, str) else theirs
    return explain_mismatch(graph, state, compare(graph.state, state), file="theirs.pt", spec=spec)


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
            ["change `head.classes` to `0`"],
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
        ("resnet32", "resnet20", {}, "the file has the names and shapes of the bundled `plain20` or `resnet20`"),
        ("resnet50", "seresnet50", {}, "the file has the names and shapes of the bundled `seresnet50`"),
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
