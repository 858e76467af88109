"""What an invalid document still reveals about its network."""

import pytest

from resnet_dsl.language.document.inheritance import read_text
from resnet_dsl.language.load import examine
from resnet_dsl.language.spec import Spec
from resnet_dsl.lowering.kinds import KINDS

from ...helpers import TINY


def known(text: str) -> Spec | None:
    """The spec of a text with faults, if it is known."""
    reading = examine(read_text("test", text.encode()), (), KINDS)
    assert reading.faults
    return reading.spec


@pytest.mark.parametrize(
    "line",
    [
        "description: 5",
        "reference: [a]",
        "$schema: 1",
        "version: 2",
        "expect: {params: many}",
        "expect: {output: [many]}",
        "expect: 5",
        "colour: red",
        "head: {colour: red}",
        "norm: null",
        "head: {classes: null}",
        "shortcut: {type: none, pool: avg}",
        "block: {type: basic, groups: 32}",
    ],
)
def test_faults_that_cannot_affect_the_network_leave_it_known(line: str) -> None:
    """Faults in prose, expectations, unknown keys, nulls and ineffective keys leave the network known."""
    key = line.partition(":")[0]
    rest = "".join(each for each in TINY.splitlines(keepends=True) if not each.startswith(key))
    found = known(f"{rest}{line}\n")
    assert found is not None
    assert (found.name, found.stages[0].depth, found.head.classes) == ("tiny", 1, 1000)


@pytest.mark.parametrize(
    "line",
    [
        "activation: swish",
        "head: {clases: 10}",
        "head: {classes: ten}",
        "stem:\n  kernel:7",
        "stages: {depths: [1], width: 3}",
        "block: {type: [basic], groups: [32]}",
        "input: 5",
        "head: {dropout: 1e999}",
        "description: &a x",
        "name: again",
    ],
)
def test_faults_that_may_affect_the_network_leave_it_unknown(line: str) -> None:
    """Wrong values, misspelt keys, single list items and unreadable text make the network unknown."""
    key = line.partition(":")[0]
    rest = "".join(each for each in TINY.splitlines(keepends=True) if key == "name" or not each.startswith(key))
    assert known(f"{rest}{line}\n") is None


@pytest.mark.parametrize("name", ["", "name: 5\n", "name: my net\n"])
def test_a_network_without_a_name_is_known(name: str) -> None:
    """A missing or invalid name is replaced by a placeholder."""
    found = known(f"{name}block: {{type: basic}}\nstages: {{depths: [1]}}\n")
    assert found is not None
    assert found.name == "unnamed"


def test_a_network_with_missing_keys_is_unknown() -> None:
    """Required keys have no placeholder."""
    assert known("name: a\ndescription: 5\nblock: {type: basic}") is None
    assert known("{}") is None


@pytest.mark.parametrize(
    "attention",
    ["[{type: se, bottleneck: 1}]", "[{ratio: 0.5}]", "[{type: se, tpye: eca}]", "[{type: sse}]", "[{}]"],
)
def test_a_wrong_item_of_a_list_leaves_no_trace_of_itself(attention: str) -> None:
    """What is wrong in it is removed, or nothing is known of the network."""
    found = known(f"name: a\nblock: {{type: basic}}\nstages: {{depths: [1]}}\nattention: {attention}\n")
    assert found is None or [stage.block.attention.type for stage in found.stages] == ["se"]
