"""Names in `blocks`."""

from pathlib import Path

import pytest

from resnet_dsl.compiler import find_faults
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.language.text.writer import write

from ...following import followed
from ...helpers import faults, messages

BASIC = "name: a\nblock: {type: basic}\nstages: {depths: [1, 2]}\n"


def named(name: str) -> str:
    return f'{BASIC}blocks: {{"{name}": {{dropout: 0.1}}}}\n'


def only(text: str, *overrides: str) -> Diagnostic:
    (fault,) = faults(text, *overrides)
    return fault


@pytest.mark.parametrize("name", ["layer1.0", "layer2.0", "layer2.1", "layer1.*", "layer2.*"])
def test_every_block_and_every_stage_has_a_name(name: str) -> None:
    """Stages are counted from 1 and blocks from 0, as in the paths of their modules."""
    assert messages(named(name)) == []


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("layer2.2", "stage 2 has 2 blocks, `layer2.0` to `layer2.1`"),
        ("layer1.1", "stage 1 has 1 block, `layer1.0`"),
        ("layer3.0", "the network has 2 stages"),
        ("layer16.*", "the network has 2 stages"),
        ("layer99.9999", "the network has 2 stages"),
    ],
)
def test_a_block_that_is_not_there_is_a_fault(name: str, there: str) -> None:
    """With what there is, and the place that says so."""
    fault = only(named(name))
    assert (fault.code, fault.message) == ("RD307", f"`blocks` names `{name}`, which is not there")
    assert [label.span.text.strip('"') for label in fault.labels] == [name, "[1, 2]"]
    assert fault.labels[0].text == there


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("layer1", "layer1.*"),
        ("layer2[1]", "layer2.1"),
        ("layer2_1", "layer2.1"),
        ("layer2.01", "layer2.1"),
        ("stage2.block1", "layer2.1"),
        ("2.1", "layer2.1"),
        ("layer2*", "layer2.*"),
        ("Layer2.1", "layer2.1"),
        ("layer2.1 ", "layer2.1"),
        ("layer*.1", None),
        ("layer0.1", None),
        ("*", None),
        ("conv1", None),
        ("head", None),
        ("layer100.1", None),
        ("layer2.1.conv1", None),
        ("", None),
    ],
)
def test_what_is_not_the_name_of_a_block_is_a_fault(name: str, meant: str | None) -> None:
    """With the name that was probably meant."""
    fault = only(named(name))
    assert (fault.code, fault.message) == ("RD307", f"`{name}` is not the name of a block")
    assert fault.helps == (() if meant is None else (f"write `{meant}`",))


def test_an_inherited_name_is_taken_away(tmp_path: Path) -> None:
    """Where a child has fewer blocks: its own place is shown first, and the help leads to a network."""
    (tmp_path / "parent.yaml").write_text(named("layer2.1"))
    text = "name: b\nextends: parent.yaml\nstages: {depths: [1, 1]}\n"
    child = tmp_path / "child.yaml"
    child.write_text(text)
    (fault,) = find_faults(child)
    assert fault.message == "the inherited `blocks` names `layer2.1`, which is not there"
    assert [label.text for label in fault.labels] == [
        "",
        "stage 2 has 1 block, `layer2.0`",
        "inherited here",
    ]
    assert fault.helps == ("write `blocks: {layer2.1: null}`",)
    (document,) = followed(text, fault)
    child.write_text(write(document))
    assert find_faults(child) == ()
    assert only(named("layer2.1"), "stages.depths=[1, 1]").helps == ("write `--set blocks.layer2.1=null`",)


def test_names_are_not_known_where_the_stages_are_not() -> None:
    """A fault of `depths` says enough."""
    assert [code for code, _ in messages(named("layer9.9").replace("[1, 2]", "[1, x]"))] == ["RD201"]
    assert [code for code, _ in messages(named("layer9.9").replace("depths", "depts"))] == ["RD203"]


def test_an_option_sets_values_of_a_block() -> None:
    """The name of the block has a dot, which does not separate keys."""
    assert faults(BASIC, "blocks.layer2.1.dropout=0.2", "blocks.layer1.*={dilation: 2}") == ()
    assert [code for code, _ in messages(BASIC, "blocks.layer2.7.dropout=0.2")] == ["RD307"]
    assert only(BASIC, "blocks.layer2.1.dropout=2").message == (
        "`blocks.layer2.1.dropout` must be less than 1, found the number `2`"
    )
    assert only(BASIC, "blocks.layer2.1.widht=2").message == "unknown key `widht`"
