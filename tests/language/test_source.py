"""Lines and columns."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.language.source import Source, Span

TEXTS = st.text(st.sampled_from("ab\r\n\u2028é "), max_size=20)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_break_ends_a_line(line_break: str) -> None:
    """Unix, Windows and old Mac files have the same lines and columns."""
    source = Source("test", line_break.join(["ab", "", "c"]))
    assert [source.line(number) for number in (1, 2, 3)] == ["ab", "", "c"]
    assert source.position(source.text.index("c")) == (3, 1)


def test_other_separators_end_no_line() -> None:
    """Editors count U+0085 and U+2028 as characters of a line, and so do diagnostics."""
    source = Source("test", "a\x85b\u2028c\fd")
    assert source.position(6) == (1, 7)
    assert source.text == source.line(1)


def test_columns_count_characters() -> None:
    """An accented letter or an emoji is one column, as in an editor."""
    assert Source("test", "a\né😀x").position(4) == (2, 3)


def test_the_end_of_the_text_has_a_position() -> None:
    """What is missing at the end can be pointed at."""
    assert [Source("test", text).position(len(text)) for text in ("", "a", "a\n")] == [(1, 1), (1, 2), (2, 1)]


@given(TEXTS)
def test_a_position_leads_back_to_its_character(text: str) -> None:
    """Line and column of each character name that character."""
    source = Source("test", text)
    for offset, character in enumerate(text):
        line, column = source.position(offset)
        if character not in "\r\n":
            assert character == source.line(line)[column - 1]


@given(TEXTS)
def test_lines_are_the_text_between_line_breaks(text: str) -> None:
    """No character of the text is lost, and none stands in two lines."""
    expected = re.split("\r\n|\r|\n", text)
    source = Source("test", text)
    assert expected == [source.line(number + 1) for number in range(len(expected))]


def test_a_span_knows_its_text_and_where_it_begins() -> None:
    """A span over several lines is placed where it starts."""
    span = Span(Source("test", "a: [1,\n2]"), 3, 9)
    assert (span.text, span.line, span.column) == ("[1,\n2]", 1, 4)


def test_sources_are_equal_when_name_and_text_are() -> None:
    """Two readings of one file are one source; the same text in two files is two."""
    assert Source("a", "x") == Source("a", "x")
    assert Source("a", "x") != Source("b", "x")
