"""`stem.strides` has one stride for each convolution of the stem."""

from pathlib import Path

import pytest

from resnet_dsl.compiler import find_faults
from resnet_dsl.language.text.writer import write

from ...following import followed
from ...helpers import TINY, faults, messages


@pytest.mark.parametrize(
    ("stem", "message", "marks", "help_"),
    [
        (
            "channels: [8, 8, 8], strides: [2, 1]",
            "`stem.strides` has 2 values for 3 convolutions",
            ["[2, 1]", "[8, 8, 8]"],
            "write `strides: [2, 1, 1]` under `stem`",
        ),
        (
            "channels: 8, strides: [2, 2]",
            "`stem.strides` has 2 values for 1 convolution",
            ["[2, 2]", "8"],
            "write `strides: [2]` under `stem`",
        ),
        (
            "strides: [2, 2]",
            "`stem.strides` has 2 values for 1 convolution",
            ["[2, 2]"],
            "write `strides: [2]` under `stem`",
        ),
    ],
)
def test_another_length_is_a_fault(stem: str, message: str, marks: list[str], help_: str) -> None:
    """The help cuts the list, or adds strides of 1."""
    text = f"{TINY}stem: {{{stem}}}\n"
    (fault,) = faults(text)
    assert (fault.code, fault.message) == ("RD301", message)
    assert [label.span.text for label in fault.labels] == marks
    assert fault.helps == (help_,)
    (document,) = followed(text, fault)
    assert messages(write(document)) == []


def test_what_was_there_before_is_blamed(tmp_path: Path) -> None:
    """With the child's place first, or an option's."""
    (tmp_path / "parent.yaml").write_text(f"{TINY}stem: {{channels: [8, 8], strides: [2, 2]}}\n")
    child = tmp_path / "child.yaml"
    child.write_text("name: b\nextends: parent.yaml\nstem: {channels: 8}\n")
    (fault,) = find_faults(child)
    assert fault.message == "the inherited `stem.strides` has 2 values for 1 convolution"
    assert [label.span.text for label in fault.labels] == ["8", "[2, 2]", "parent.yaml"]
    assert fault.helps == ("write `strides: [2]` under `stem`",)
    (fault,) = find_faults(tmp_path / "parent.yaml", ["stem.channels=[8, 8, 8]"])
    assert fault.helps == ("write `--set stem.strides='[2, 2, 1]'`",)


def test_a_faulty_list_of_channels_says_nothing_of_their_number() -> None:
    """One fault is enough."""
    assert [code for code, _ in messages(f"{TINY}stem: {{channels: eight, strides: [2, 2]}}\n")] == ["RD201"]
