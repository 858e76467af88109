"""What is pointed at for each fault of each part, and what else is pointed at once that is not in the text."""

import pytest

from resnet_dsl.diagnostics.source import Source, Span
from resnet_dsl.graph.builder import Place
from resnet_dsl.graph.shapes import Cause
from resnet_dsl.language.origins import Origins
from resnet_dsl.language.text.tree import Path
from resnet_dsl.lowering.places import block_place, head_place, input_place, stem_place

COMMON = {
    "size": "input.size antialias norm",
    "norm": "norm.group_width norm.groups",
    "standardization": "conv.type conv",
}
STEM = COMMON | {"channels": "stem.channels"}
HEAD = COMMON | {
    "channels": "head.conv head.pool",
    "heads": "head.pool.heads head.pool.type head.pool",
}
BLOCK = COMMON | {
    "channels": "stages.widths.2 stages.widths block.expansion.2 block.expansion",
    "groups": "block.reduce_first.2 block.reduce_first block.groups.2",
    "group_width": "block.group_width.2 block.group_width",
    "inner_width": "block.width_per_group.2",
    "halves": "block.conv3x3.2.split block.conv3x3.split",
    "shortcut": "shortcut.type",
}
SINGLE = BLOCK | {
    "channels": "blocks.A.first blocks.B.first blocks.A.inner blocks.B.inner " + BLOCK["channels"],
    "groups": "blocks.A.groups blocks.B.groups blocks.A.inner blocks.B.inner blocks.A.first blocks.B.first "
    + BLOCK["groups"],
    "group_width": "blocks.A.inner blocks.B.inner " + BLOCK["group_width"],
    "halves": "blocks.A.first blocks.B.first blocks.A.inner blocks.B.inner " + BLOCK["halves"],
}
"""For each cause all keys to point at, in the order of preference."""


def path_of(key: str) -> Path:
    return tuple(int(step) if step.isdecimal() else step for step in key.split("."))


def origins_of(keys: list[str]) -> Origins:
    """Those of a text that has these keys and a name."""
    return Origins({path_of(key): Span(Source("test", key), 0, len(key)) for key in [*keys, "name"]})


def place_of(part: str, origins: Origins) -> Place:
    match part:
        case "stem":
            return stem_place(origins)
        case "head":
            return head_place(origins)
        case "block":
            return block_place(origins, 2)
        case _:
            return block_place(origins, 2, ("A", "B"))


CAUSES = [
    (part, cause, keys.split())
    for part, causes in (("stem", STEM), ("head", HEAD), ("block", BLOCK), ("single", SINGLE))
    for cause, keys in causes.items()
]


@pytest.mark.parametrize(("part", "cause", "keys"), CAUSES)
def test_the_first_key_in_the_text_is_pointed_at(part: str, cause: Cause, keys: list[str]) -> None:
    """Of all that may cause the fault; at the name of the network if none is written."""
    every = [*keys, "decoy"]
    for index, key in enumerate(keys):
        labels = place_of(part, origins_of(every[index:])).labels(cause)
        assert [(label.span.text, label.text) for label in labels] == [(key, "")]
    (label,) = place_of(part, origins_of([])).labels(cause)
    assert label.span.text == "name"


@pytest.mark.parametrize(("part", "cause", "keys"), [each for each in CAUSES if each[0] != "single"])
def test_a_default_is_pointed_at_where_it_would_be_written(part: str, cause: Cause, keys: list[str]) -> None:
    """In the mapping or list around the first key."""
    outer = keys[0].rpartition(".")[0]
    if outer and outer not in keys:
        (label,) = place_of(part, origins_of([outer])).labels(cause)
        assert label.span.text == outer


@pytest.mark.parametrize(
    ("part", "name", "key"),
    [("stem", "the stem", "stem"), ("head", "the head", "head"), ("block", "stage 3", "stages.depths.2")],
)
def test_a_part_has_a_name_and_a_place(part: str, name: str, key: str) -> None:
    """The key that specifies it; only a fault of the shortcut has another choice."""
    place = place_of(part, origins_of([key]))
    assert (place.name, place.span and place.span.text) == (name, key)
    assert dict(place.helps) == {"shortcut": ("write `projection`",)}


def test_the_input_causes_no_fault() -> None:
    """It has a place all the same."""
    place = input_place(origins_of(["input"]))
    assert (place.name, place.span and place.span.text) == ("the input", "input")


def test_a_spec_without_text_has_no_places() -> None:
    """Nor labels."""
    place = block_place(Origins(), 0, ("A",))
    assert (place.span, place.labels("channels"), place.labels("size")) == (None, (), ())
