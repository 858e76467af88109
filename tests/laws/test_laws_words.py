"""Whatever is written for a word of another library, the result is a diagnostic."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.compiler import Text, find_faults
from resnet_dsl.language.checks.vocabulary.table import vocabulary
from resnet_dsl.language.text.writer import write

BASE = {"name": "any", "block": {"type": "bottleneck"}, "stages": {"depths": [3, 4, 6, 3]}}
WORDS = sorted({*vocabulary().keys, *vocabulary().lines, *vocabulary().notes})
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 8, 224, 10**300, -(10**399), 5e-324, 1e308, -0.5, 0.25, 0.3]),
    st.sampled_from(["", "BN", "nn.ReLU(inplace=True)", "3x3", "(", "1/0", "1e999", "resnet-50", "true", "A"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["type", "name", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
SECTIONS = ["input", "stem", "block", "shortcut", "norm", "attention", "stages", "head", "init"]


@given(st.sampled_from(WORDS), VALUES, st.dictionaries(st.sampled_from(SECTIONS), VALUES, max_size=2))
def test_any_value_of_a_word_gives_a_diagnostic(word: str, value: object, others: dict[str, object]) -> None:
    """Also where other parts of the spec are not what they should be."""
    mapping, _, name = word.rpartition(".")
    document = {**BASE, **others}
    if mapping:
        section = document.get(mapping)
        document[mapping] = {**(section if isinstance(section, dict) else {}), name: value}
    else:
        document[name] = value
    assert all(fault.code < "RD9" for fault in find_faults(Text(write(document))))  # type: ignore[arg-type]


PLACES = [
    ["block", "conv3x3"],
    ["stem", "pool"],
    ["head", "pool"],
    ["stages", "regnet"],
    ["blocks", "layer1.0"],
    ["blocks", "layer1.0", "attention"],
    ["attention", 1],
    ["block", "conv3x3", 0],
]


@given(st.sampled_from(WORDS), VALUES, st.sampled_from(PLACES), st.dictionaries(st.sampled_from(SECTIONS), VALUES))
def test_any_value_of_a_word_in_a_mapping_inside_a_section_gives_a_diagnostic(
    word: str, value: object, place: list[str | int], others: dict[str, object]
) -> None:
    """In mappings inside mappings, and in those in lists, too."""
    part: object = {word.rpartition(".")[2]: value}
    for step in reversed(place):
        part = {step: part} if isinstance(step, str) else ["none", part, "none", "none"][1 - step :]
    assert isinstance(part, dict)
    document: Any = {**BASE, **others, **part}
    assert all(fault.code < "RD9" for fault in find_faults(Text(write(document))))


@pytest.mark.parametrize(
    "key",
    ["use_" * 600 + "x", "use_" * 200_000 + "x", "no-" * 300_000, "_" * 900_000 + "layers", "(" * 100, "a." * 400_000],
)
def test_a_long_word_is_no_word(key: str) -> None:
    """It is reported as it is; prefixes are not taken off one by one."""
    text = write({"name": "any", "extends": "resnet50", "stem": {key: True}})
    (fault,) = find_faults(Text(text))
    assert (fault.code, fault.helps) == ("RD203", ())
