"""Names with numbers in them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.checkpoints.dialects.template import template


@pytest.mark.parametrize(
    ("text", "numbers", "name"),
    [
        ("conv1", {"index": 0}, "conv1"),
        ("conv1", {"index": 1}, None),
        ("conv1.{3*index+1}", {"index": 2}, "conv1.7"),
        ("s{stage}.b{block+1}.f.{number-1:letter}_bn", {"stage": 4, "block": 0, "number": 3}, "s4.b1.f.c_bn"),
        ("unit{block+1:02}", {"block": 8}, "unit09"),
        ("unit{block+1:02}", {"block": 98}, "unit99"),
        ("unit{block+1:02}", {"block": 99}, None),
        ("res2{block:letter}", {"block": 25}, "res2z"),
        ("res2{block:letter}", {"block": 26}, None),
        ("layer{stage=1}.{block}", {"stage": 1, "block": 2}, "layer1.2"),
        ("layer{stage=1}.{block}", {"stage": 2, "block": 2}, None),
        ("stages.{stage-1}", {"stage": 0}, None),
    ],
)
def test_a_name_is_written_or_there_is_none(text: str, numbers: dict[str, int], name: str | None) -> None:
    """None for numbers that the name has no place for, or no digits or letters."""
    assert template(text).write(numbers) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("conv1.{3*index+1}", "conv1.3"),
        ("conv1.{3*index+1}", "conv1.07"),
        ("conv1.{3*index+1}", "conv1.-2"),
        ("conv1.{3*index+1}", "conv1x1"),
        ("conv1.{3*index+1}", "conv1.٤"),
        ("conv1.{3*index+1}", "conv1.400000000000000000001"),
        ("res{stage+1}", "res0"),
        ("unit{block+1:02}", "unit1"),
        ("unit{block+1:02}", "unit00"),
        ("layer{stage=1}.{block}", "layer2.0"),
    ],
)
def test_what_would_not_have_been_written_is_not_read(text: str, name: str) -> None:
    """Two names are never the same place."""
    made = template(text)
    match = re.compile(made.pattern, re.ASCII).fullmatch(name)
    assert match is None or made.read(match.groups(), ("index", "stage", "block")) is None


@given(
    st.sampled_from(
        ["{index}", "a{index+1}b", "{3*index-3}", "{2*index+5}.", "{index:letter}", "_{index+1:02}", "{index=3}"]
    ),
    st.integers(0, 150),
)
def test_what_is_written_is_read_back(text: str, number: int) -> None:
    """Wherever there is a name."""
    made = template(text)
    name = made.write({"index": number})
    if name is None:
        return
    match = re.fullmatch(made.pattern, name)
    assert match is not None
    assert made.read(match.groups(), ("index",)) == (number,)
