"""Rendered diagnostics, compared character by character."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label, SpecError, in_file_order
from resnet_dsl.diagnostics.render import as_github, as_json, as_line, as_record, as_text, printable
from resnet_dsl.diagnostics.source import Source, Span

SOURCE = Source("specs/mine.yaml", "name: mine\nstages:\n  dephts: [3, 4, 6, 3]\n")


def at(source: Source, text: str, label: str = "") -> Label:
    """A label at the first occurrence of a text."""
    start = source.text.index(text)
    return Label(Span(source, start, start + len(text)), label)


def diagnostic(*labels: Label, message: str = "wrong", **remarks: tuple[str, ...]) -> Diagnostic:
    return Diagnostic(code="RD999", message=message, labels=labels, **remarks)


def marked(text: str, part: str) -> list[str]:
    """The line of the text and the line of marks under it, without the gutter."""
    lines = as_text(diagnostic(at(Source("t", text), part))).splitlines()
    return [line[4:] for line in lines[3:]]


MISSPELT = Diagnostic(
    code="RD203",
    message="unknown key `dephts`",
    labels=(at(SOURCE, "dephts", "not a key of `stages`"),),
    helps=("a key with a similar name exists: `depths`",),
)


def test_a_diagnostic_shows_message_place_line_and_help() -> None:
    """The rendered text matches the documented layout exactly."""
    expected = """\
error[RD203]: unknown key `dephts`
 --> specs/mine.yaml:3:3
  |
3 |   dephts: [3, 4, 6, 3]
  |   ^^^^^^ not a key of `stages`
  |
  = help: a key with a similar name exists: `depths`
"""
    assert expected == as_text(MISSPELT)


def test_labels_are_shown_in_the_order_of_the_text() -> None:
    """The fault is marked with carets and related places with dashes; lines left out are noted, another file named."""
    other = Source("parent.yaml", "\n" * 9 + "block: {}\n")
    labels = (at(SOURCE, "4", "here"), at(SOURCE, "dephts"), at(SOURCE, "mine", "why"), at(other, "block", "inherited"))
    expected = """\
error[RD999]: wrong
  --> specs/mine.yaml:3:15
   |
 1 | name: mine
   |       ---- why
...
 3 |   dephts: [3, 4, 6, 3]
   |               ^ here
   |   ------
  ::: parent.yaml:10:1
   |
10 | block: {}
   | ----- inherited
   |
   = note: first
           second
   = note: third
   = help: do this
"""
    assert expected == as_text(diagnostic(*labels, notes=("first\nsecond", "third"), helps=("do this",)))


def test_a_diagnostic_without_a_place_shows_only_message_and_remarks() -> None:
    """No format makes up a location."""
    assert as_text(diagnostic(helps=("do this",))) == "error[RD999]: wrong\n  = help: do this\n"
    assert as_line(diagnostic()) == "RD999 wrong"
    assert as_github(diagnostic()) == "::error title=RD999::wrong"


def test_colours_mark_code_place_and_message() -> None:
    """Without the escape sequences, the coloured text equals the plain one."""
    text = as_text(MISSPELT, color=True)
    assert text.startswith("\x1b[1;31merror[RD203]\x1b[0m\x1b[1m: unknown key `dephts`\x1b[0m\n \x1b[1;34m-->\x1b[0m ")
    assert "\x1b[1;31m^^^^^^ not a key of `stages`\x1b[0m\n" in text
    for escape in ("\x1b[1;31m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"):
        text = text.replace(escape, "")
    assert text == as_text(MISSPELT)


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("a: bc", "bc", ["a: bc", "   ^^"]),
        ("a: 図面 bc", "bc", ["a: 図面 bc", "        ^^"]),
        ("a: 図面 bc", "図面", ["a: 図面 bc", "   ^^^^"]),
        ("e\u0301a: b", "b", ["e\u0301a: b", "    ^"]),
        ("a: e\u0301\u0302b", "e\u0301\u0302", ["a: e\u0301\u0302b", "   ^"]),
        ("a: 😀 b", "b", ["a: 😀 b", "      ^"]),
        ("\ta:\tb", "b", ["    a:    b", "          ^"]),
        ("a:\tb", "\t", ["a:    b", "  ^^^^"]),
        ("a: e\u20ddb", "b", ["a: e\u20ddb", "    ^"]),
        ("a: \u1112\u1160\u11ffb", "b", ["a: \u1112\u1160\u11ffb", "     ^"]),
        ("a: \u200bb", "b", ["a: \\u200bb", "         ^"]),
        ("a: \u202eb", "\u202e", ["a: \\u202eb", "   ^^^^^^"]),
        ("a: b   ", "b", ["a: b", "   ^"]),
        ("a: b   ", "  ", ["a: b", "    ^^"]),
    ],
    ids=["plain", "after wide", "wide", "after combining", "combining", "emoji", "tabs", "a tab", "enclosing",
         "Hangul", "invisible", "right to left", "blanks", "a blank"],
)  # fmt: skip
def test_marks_are_aligned_with_the_marked_text(text: str, part: str, expected: list[str]) -> None:
    """Widths are in terminal cells: wide characters take two, combining ones none, tabs four, escapes their length."""
    assert expected == marked(text, part)


def test_an_empty_place_gets_one_mark() -> None:
    """An empty span gets one mark at the end of a line, at the end of the text, and in an empty text."""
    for text, expected in {"": ["", "^"], "ab": ["ab", "  ^"], "ab\n": ["", "^"]}.items():
        span = Span(Source("t", text), len(text), len(text))
        assert expected == [line[4:] for line in as_text(diagnostic(Label(span))).splitlines()[3:]]


def test_a_multi_line_place_is_marked_to_the_end_of_its_first_line() -> None:
    """Only the first line of a multi-line place is shown."""
    assert marked("a: [1,\n2]", "[1,\n2]") == ["a: [1,", "   ^^^"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 118 + "ab", ["x" * 118 + "ab", " " * 118 + "^^"]),
        ("x" * 119 + "ab", ["…" + "x" * 118 + "ab", " " * 119 + "^^"]),
        ("ab" + "y" * 119, ["ab" + "y" * 118 + "…", "^^"]),
        ("x" * 200 + "ab" + "y" * 200, ["…" + "x" * 40 + "ab" + "y" * 78 + "…", " " * 41 + "^^"]),
        ("x" * 200 + "ab" + "y" * 10, ["…" + "x" * 108 + "ab" + "y" * 10, " " * 109 + "^^"]),
    ],
    ids=["at the length limit", "near the end", "at the start", "in the middle", "close to the end"],
)
def test_a_long_line_is_cut_around_the_mark(text: str, expected: list[str]) -> None:
    """At most 120 characters are shown, including the start of the marked text."""
    assert expected == marked(text, "ab")


def test_marks_end_with_the_shown_part_of_a_long_line() -> None:
    """A value of a mebibyte does not fill the terminal."""
    assert marked("z" * 1000, "z" * 1000) == ["z" * 120 + "…", "^" * 120]


def test_control_characters_are_escaped() -> None:
    """Control characters in a text, its name, a label, a message or a help are shown as escapes."""
    source = Source("a\x1b]0;b.yaml", "a: \x1b[31mred\x07\x9b")
    text = as_text(diagnostic(at(source, "red", "x\x1by"), message="bad\x1b[2J\n", helps=("\x1b", "a\nb\x08")))
    assert r"bad\x1b[2J\n" in text
    assert r"a\x1b]0;b.yaml:1:9" in text
    assert r"a: \x1b[31mred\x07\x9b" in text
    assert r"^^^ x\x1by" in text
    assert "= help: a\n          b\\x08\n" in text


@given(st.text(), st.text(), st.text(min_size=1), st.data())
def test_all_formats_print_only_printable_characters(message: str, name: str, text: str, data: st.DataObject) -> None:
    """Whatever a diagnostic contains, no rendering of it contains a control character."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, len(text)))
    fault = diagnostic(Label(Span(Source(name, text), start, end), message), message=message, notes=(message,))
    shown = [as_text(fault), as_line(fault), as_json([as_record(fault)])]
    unsafe = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert [c for each in shown for c in each if unicodedata.category(c) in unsafe and c != "\n"] == []
    assert "\n" not in as_line(fault)
    assert "\n" not in as_github(fault)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=300), st.data())
def test_the_text_above_the_marks_is_the_marked_text(text: str, data: st.DataObject) -> None:
    """In lines of any length, the characters above the carets are the first characters of the place."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    _, _, _, line, marks = as_text(diagnostic(Label(Span(Source("t", text), start, end)))).splitlines()
    above = "".join(character for character, mark in zip(line, marks, strict=False) if mark == "^")
    assert above
    assert text[start:end].startswith(above)


def test_the_concise_format() -> None:
    """A diagnostic is one line of the form `file:line:column: code message`."""
    assert as_line(MISSPELT) == "specs/mine.yaml:3:3: RD203 unknown key `dephts`"


def test_the_github_format_is_a_workflow_command() -> None:
    """The end column is exclusive, and characters special to the command syntax are escaped."""
    assert as_github(MISSPELT) == (
        "::error file=specs/mine.yaml,line=3,col=3,endLine=3,endColumn=9,title=RD203::"
        "unknown key `dephts`%0Ahelp: a key with a similar name exists: `depths`"
    )
    odd = diagnostic(at(Source("a,b:c%d", "x\ny"), "x\ny"), message="100%", notes=("one",))
    assert as_github(odd) == ("::error file=a%2Cb%3Ac%25d,line=1,col=1,endLine=2,endColumn=2,title=RD999::100%25%0Aone")


def test_the_json_format_is_complete() -> None:
    """JSON contains every part; offsets count from 0, lines and columns from 1, and ends are exclusive."""
    label = {
        "file": "specs/mine.yaml",
        "start": {"offset": 21, "line": 3, "column": 3},
        "end": {"offset": 27, "line": 3, "column": 9},
        "text": "not a key of `stages`",
    }
    record = {
        "code": "RD203",
        "message": "unknown key `dephts`",
        "labels": [label],
        "notes": [],
        "helps": ["a key with a similar name exists: `depths`"],
    }
    assert {"version": 1, "diagnostics": [record]} == json.loads(as_json([as_record(MISSPELT)]))
    assert as_json([]) == '{\n  "version": 1,\n  "diagnostics": []\n}'


def test_a_file_name_that_is_not_utf_8_is_escaped() -> None:
    """Bytes of a file name outside UTF-8 become escapes in JSON."""
    odd = diagnostic(at(Source("a\udcff", "x"), "x"))
    assert as_record(odd)["labels"][0]["file"] == "a\\udcff"


def test_an_error_prints_all_its_diagnostics() -> None:
    """A blank line separates them, and no line break follows the last, as with other exceptions."""
    assert f"{as_text(MISSPELT)}\n{as_text(diagnostic())}" == f"{SpecError([MISSPELT, diagnostic()])}\n"


def test_file_order() -> None:
    """Diagnostics are sorted by place within a file, files by first mention, without duplicates."""
    a, b = Source("a", "xyz"), Source("b", "xyz")
    first, second, third = diagnostic(at(a, "x")), diagnostic(at(a, "z")), diagnostic(at(b, "y"))
    assert (diagnostic(), first, second, third) == in_file_order([second, third, first, diagnostic(), second])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("é図😀 ~", "é図😀 ~"),
        ("\x00\x1b\x7f\x9f", "\\x00\\x1b\\x7f\\x9f"),
        ("\ud800\u2028\u2029\u200f", "\\ud800\\u2028\\u2029\\u200f"),
    ],
)
def test_printable(text: str, expected: str) -> None:
    """Visible characters are kept, control and format characters become escapes."""
    assert expected == printable(text)
