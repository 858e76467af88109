"""What a wrong document still says of its network."""

import pytest

from resnet_dsl.language.document.inheritance import read_text
from resnet_dsl.language.load import examine
from resnet_dsl.language.spec import Spec
from resnet_dsl.lowering.kinds import KINDS

from ...helpers import TINY


def known(text: str) -> Spec | None:
    """The spec of a text with faults, as far as it is known."""
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
def test_what_says_nothing_of_the_network_leaves_it_known(line: str) -> None:
    """Prose, expectations, keys that are like none, nulls and keys without effect."""
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
def test_what_may_say_something_leaves_nothing_known(line: str) -> None:
    """A wrong value, a key that is like another, one item of a list, what could not be read."""
    key = line.partition(":")[0]
    rest = "".join(each for each in TINY.splitlines(keepends=True) if key == "name" or not each.startswith(key))
    assert known(f"{rest}{line}\n") is None


@pytest.mark.parametrize("name", ["", "name: 5\n", "name: my net\n"])
def test_a_network_without_a_name_is_known(name: str) -> None:
    """It gets one that nobody sees."""
    found = known(f"{name}block: {{type: basic}}\nstages: {{depths: [1]}}\n")
    assert found is not None
    assert found.name == "unnamed"


def test_what_is_missing_is_not_known() -> None:
    """Nothing stands in its place."""
    assert known("name: a\ndescription: 5\nblock: {type: basic}") is None
    assert known("{}") is None
