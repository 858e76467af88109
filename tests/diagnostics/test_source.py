"""Lines and columns in texts."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resnet_dsl.diagnostics.source import Source, Span

TEXTS = st.text(st.sampled_from("ab\r\n\u2028é "), max_size=20)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_break_ends_a_line(line_break: str) -> None:
    """Unix, Windows and old Mac files have the same lines and columns."""
    source = Source("test", line_break.join(["ab", "", "c"]))
    assert [source.line_at(offset) for offset in (0, 2, source.text.index("c"))] == ["ab", "ab", "c"]
    assert source.line_at(2 + len(line_break)) == ""
    assert source.position(source.text.index("c")) == (3, 1)


def test_other_separators_do_not_end_a_line() -> None:
    """U+0085 and U+2028 are ordinary characters of a line, as in editors."""
    source = Source("test", "a\x85b\u2028c\fd")
    assert source.position(6) == (1, 7)
    assert source.text == source.line_at(6)


def test_columns_count_characters() -> None:
    """An accented letter or an emoji is one column, as in an editor."""
    assert Source("test", "a\né😀x").position(4) == (2, 3)


def test_the_end_of_the_text_has_a_position() -> None:
    """A fault at the end of a text can be located."""
    assert [Source("test", text).position(len(text)) for text in ("", "a", "a\n")] == [(1, 1), (1, 2), (2, 1)]


@given(TEXTS)
@example("aX\r\nXb\r\r\n\n\rX\r\n")
def test_every_place_is_on_its_line(text: str) -> None:
    """Lines are the parts between line breaks; a break of two characters belongs to the line before it."""
    source = Source("test", text)
    offset = 0
    for number, line in enumerate(re.split("(\r\n|\r|\n)", text)):
        for column in range(len(line) + (number % 2 == 0)):
            before = re.split("\r\n|\r|\n", text)[number // 2]
            expected = (number // 2 + 1, column + 1 + (len(before) if number % 2 else 0))
            assert (source.position(offset + column), source.line_at(offset + column)) == (expected, before)
        offset += len(line)


def test_a_span_has_a_text_and_a_start() -> None:
    """The line and column of a multi-line span are those of its start."""
    span = Span(Source("test", "a: [1,\n2]"), 3, 9)
    assert (span.text, span.line, span.column) == ("[1,\n2]", 1, 4)


def test_sources_are_equal_when_name_and_text_are() -> None:
    """Two readings of one file are one source; the same text in two files is two."""
    assert Source("a", "x") == Source("a", "x")
    assert Source("a", "x") != Source("b", "x")
