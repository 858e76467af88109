"""Short forms are spelled out in one place."""

from hypothesis import given

from resnet_dsl.language.document.canonical import as_written, canonical, collapsed, expanded, is_for_all_stages
from resnet_dsl.language.text.reader import decode, read
from resnet_dsl.language.text.tree import Path, Table, find, find_value, to_plain
from resnet_dsl.language.text.writer import write

from ...strategies import Document, documents


def spelled_out(text: str) -> Table:
    return canonical(read(decode("test", text.encode())))


SHORT = """\
name: a
input: {size: 32}
stem: {channels: 8, pool: avg}
block: {type: basic, expansion: [1, 2], conv3x3: plain}
conv: plain
norm: group
attention: [se, {type: eca}]
stages: {depths: [1, 1], dilations: 2}
blocks: {layer1.0: {attention: gc}}
head: {pool: {type: max}}
"""


def test_each_short_form_has_its_long_form() -> None:
    """Types as mappings, one value for all stages as a list, one side as two, one convolution as a list."""
    assert to_plain(spelled_out(SHORT)) == {
        "name": "a",
        "input": {"size": [32, 32]},
        "stem": {"channels": [8], "pool": {"type": "avg"}},
        "block": {"type": ["basic", "basic"], "expansion": [1, 2], "conv3x3": [{"type": "plain"}, {"type": "plain"}]},
        "conv": {"type": "plain"},
        "norm": {"type": "group"},
        "attention": [{"type": "se"}, {"type": "eca"}],
        "stages": {"depths": [1, 1], "dilations": [2, 2]},
        "blocks": {"layer1.0": {"attention": {"type": "gc"}}},
        "head": {"pool": {"type": "max"}},
    }


def test_what_was_spelled_out_keeps_the_place_of_the_short_form() -> None:
    """So that a diagnostic points at what was written."""
    tree = spelled_out(SHORT)
    places: dict[Path, str] = {
        ("norm", "type"): "group",
        ("block", "type", 1): "basic",
        ("attention", 0, "type"): "se",
        ("stages", "dilations"): "2",
        ("input", "size", 1): "32",
    }
    for path, text in places.items():
        found = find(tree, path)
        assert found is not None
        assert found.span.text == text


def test_a_path_is_written_as_it_was() -> None:
    """An index only where there was a list, and a type only where there was a mapping."""
    tree = spelled_out(SHORT)
    assert as_written(tree, ("block", "type", 1)) == ("block", "type")
    assert as_written(tree, ("block", "expansion", 1)) == ("block", "expansion", 1)
    assert as_written(tree, ("attention", 1, "type")) == ("attention", 1, "type")
    assert as_written(tree, ("attention", 0, "type")) == ("attention", 0)
    assert as_written(tree, ("block", "conv3x3", 1, "type")) == ("block", "conv3x3")
    assert as_written(tree, ("norm", "type")) == ("norm",)
    assert as_written(tree, ("head", "pool", "type")) == ("head", "pool", "type")
    assert is_for_all_stages(find(tree, ("block", "type")))
    assert not is_for_all_stages(find(tree, ("block", "expansion")))


def test_without_depths_there_are_as_many_stages_as_the_longest_list_has_values() -> None:
    """What is wrong with single values can be found all the same."""
    tree = spelled_out("name: a\nblock: {type: basic, groups: [1, 2, 3]}\n")
    assert find_value(tree, ("block", "type")) == ["basic"] * 3
    assert find_value(spelled_out("name: a\nblock: {type: basic}\n"), ("block", "type")) == ["basic"]


def test_an_empty_list_was_written_as_a_list() -> None:
    """It has no items whose places could be compared."""
    assert not is_for_all_stages(find(spelled_out("name: a\nstages: {widths: []}\n"), ("stages", "widths")))


def test_equal_values_collapse_to_one() -> None:
    """The short form of a list with one value per stage."""
    assert collapsed([2, 2]) == 2
    assert collapsed([2, 3]) == [2, 3]


@given(documents())
def test_spelling_out_twice_changes_nothing(document: Document) -> None:
    """The long form is its own."""
    once = spelled_out(write(document))
    assert canonical(once) == once


def test_a_key_has_a_place_for_each_stage_or_block() -> None:
    """If it, or the mapping that it is in, has a value for each of them."""
    tree = spelled_out(SHORT)
    assert [*expanded(tree, ("attention", "type"))] == [("attention", 0, "type"), ("attention", 1, "type")]
    assert [*expanded(tree, ("block", "expansion"))] == [("block", "expansion", 0), ("block", "expansion", 1)]
    assert [*expanded(tree, ("blocks", "*", "attention"))] == [("blocks", "layer1.0", "attention")]
    assert [*expanded(tree, ("norm", "eps"))] == [("norm", "eps")]
