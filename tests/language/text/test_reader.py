"""Reading YAML text: JSON's scalars and none of YAML's surprising features."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.diagnostics.diagnostic import EnvironmentFault
from resnet_dsl.diagnostics.source import Source
from resnet_dsl.language.text.reader import decode, read, read_value
from resnet_dsl.language.text.tree import Scalar, Sequence, Table, Tree, find, to_plain
from resnet_dsl.limits import MAX_BYTES, MAX_DIGITS, MAX_VALUES

from ...helpers import places, plain, read_faults
from ...strategies import documents, formatted


def test_json_words_and_numbers_are_values() -> None:
    """`true`, `false`, `null`, decimal integers and decimal floats are read as JSON reads them."""
    text = "[true, false, null, 0, 7, -12, 0.5, -1.25, 1e-5, 1E3, 2.5e+2, 12345678901234567890]"
    expected = [True, False, None, 0, 7, -12, 0.5, -1.25, 1e-5, 1000.0, 250.0, 12345678901234567890]
    assert repr({"a": expected}) == repr(plain(f"a: {text}"))


@pytest.mark.parametrize(
    "text",
    re.findall(
        r"\S+",
        """
        no yes on off y n True TRUE False Null NULL ~ 010 0o10 0x10 0b1 1_000 1:30 190:20:30 2001-01-01
        2001-12-14T21:59:43Z 1. .5 +1 +.5 1e 1e+ 1.5e .inf -.inf .nan .NaN NaN Infinity -Infinity -- 00
        -01 1,5 =
        """,
    ),
)
def test_every_other_plain_scalar_is_a_string(text: str) -> None:
    """Plain scalars that YAML 1.1 reads as booleans, numbers, dates or nulls are strings."""
    assert {"a": text} == plain(f"a: {text}")


@pytest.mark.parametrize("text", ["true", "null", "1", "0.5", "1e-5", "no", "", " a ", "a: b", "#", "é図😀"])
def test_a_quoted_scalar_is_a_string(text: str) -> None:
    """A quoted scalar is a string whatever its text."""
    assert {"a": text, "b": text} == plain(f"a: '{text}'\nb: \"{text}\"")


def test_block_scalars_are_strings() -> None:
    """Literal and folded block scalars are strings even if they look like numbers."""
    assert plain("a: |\n  1\nb: >-\n  x\n  y\n") == {"a": "1\n", "b": "x y"}


def test_an_omitted_value_is_the_empty_string() -> None:
    """An omitted value is an empty string; `null` must be written."""
    assert plain("a:\nb:\n-\nc: {d, ? : 1}\n") == {"a": "", "b": [""], "c": {"d": "", "": 1}}


def test_minus_zero() -> None:
    """`-0` is the integer 0; `-0.0` keeps its sign."""
    assert repr(plain("a: -0\nb: -0.0")) == "{'a': 0, 'b': -0.0}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", 3),
        ("x:\n  a: 1\n  'a': 2\n", 3),
        ("x: [1, {b: {a: 1,\nc: 2, a: 2}}]", 2),
        ('a: 1\n"\\x61": 2', 2),
        ("? a\n: 1\n? a\n: 2\n", 3),
    ],
)
def test_a_duplicate_key_is_a_fault(text: str, line: int) -> None:
    """Duplicates are found at any level and however quoted; both places are marked, the second one as primary."""
    (fault,) = read_faults(text)
    second, first = fault.labels
    assert (fault.code, fault.message) == ("RD009", "duplicate key `a`")
    assert (line, "defined again here", "first defined here") == (second.span.line, second.text, first.text)
    assert first.span.start < second.span.start


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1", "the anchor `&x` is not allowed"),
        ("a: &x [1]", "the anchor `&x` is not allowed"),
        ("&x a: 1", "the anchor `&x` is not allowed"),
        ("a: *x", "the alias `*x` is not allowed"),
        ("*x : 1", "the alias `*x` is not allowed"),
        ("a: !!int 1", "the tag `!!int` is not allowed"),
        ("a: !x 1", "the tag `!x` is not allowed"),
        ("a: ! 1", "the tag `!` is not allowed"),
        ("!!map {a: 1}", "the tag `!!map` is not allowed"),
        ("<<: {a: 1}", "the merge key `<<` is not allowed"),
        ("a: {<<: 1}", "the merge key `<<` is not allowed"),
    ],
)
def test_anchors_aliases_tags_and_merge_keys_are_faults(text: str, message: str) -> None:
    """Each is exactly one fault."""
    assert [("RD008", message)] == [(fault.code, fault.message) for fault in read_faults(text)]


def test_anchors_and_aliases_are_marked_in_place() -> None:
    """All anchors and aliases in a text are reported, in file order."""
    found = [fault.span.text for fault in read_faults("a: &b [1]\nc: *b") if fault.span and fault.code == "RD008"]
    assert found == ["&b [", "*b"]


def test_a_quoted_merge_key_is_an_ordinary_key() -> None:
    """A quoted `<<` is an ordinary key."""
    assert plain("'<<': 1") == {"<<": 1}


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("1", "keys must be strings, found the number `1`"),
        ("-0", "keys must be strings, found the number `-0`"),
        ("1.5", "keys must be strings, found the number `1.5`"),
        ("true", "keys must be strings, found `true`"),
        ("null", "keys must be strings, found `null`"),
        ("[a, b]", "keys must be strings, found a list"),
        ("{a: b}", "keys must be strings, found a mapping"),
    ],
)
def test_keys_must_be_strings(key: str, message: str) -> None:
    """A number, a JSON constant or a collection is rejected as a key."""
    assert [("RD010", message, key)] == [
        (fault.code, fault.message, fault.span.text if fault.span else "") for fault in read_faults(f"x: {{{key}: 1}}")
    ]


@pytest.mark.parametrize("text", ["a:\n\tb: 1", "a:\n  b: 1\n\tc: 2", "a:\n - 1\n\t- 2", "\ta: 1", "a: {\n\tb: 1}"])
def test_tabs_cannot_be_used_for_indentation(text: str) -> None:
    """The tab is marked, and the help says what to use instead."""
    (fault,) = read_faults(text)
    assert fault.span is not None
    assert (fault.code, fault.message, fault.span.text) == (
        "RD005",
        "not YAML: tabs cannot be used for indentation",
        "\t",
    )
    assert fault.helps == ("indent with spaces",)


def test_tag_directives_are_not_allowed() -> None:
    """A `%TAG` directive is a fault."""
    (fault,) = read_faults("%TAG ! x:\n---\na: 1")
    assert (fault.code, fault.message) == ("RD008", "the directive `%TAG` is not allowed")
    assert fault.helps == ("remove the directive",)
    assert fault.span is not None
    assert fault.span.text == "%TAG"


def test_places_after_a_harmless_tab_are_correct() -> None:
    """A tab that does not indent anything does not shift later places."""
    found = read_faults("a: 1\n\t\nb: &x 1\n  \t# c\nc: *y\n")
    assert [fault.span.text for fault in found if fault.span] == ["&x 1", "*y"]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a:\n- 1\n- 2\n\n# c\nb: 1", "- 1\n- 2"),
        ("a:\n  b: 1\n  c:\n    d: 2  # x\n\ne: 1", "b: 1\n  c:\n    d: 2"),
        ("a: [1, # x\n  2 ] # y\nb: 1", "[1, # x\n  2 ]"),
        ("a: |\n  x\n\n\n# c\nb: 1", "|\n  x"),
        ("a:\n- b:\n# c\nd: 1", "- b:"),
    ],
)
def test_a_value_ends_where_it_ends(text: str, span: str) -> None:
    """The place of a value excludes comments and blank lines after it."""
    value = find(read(decode("x", text.encode())), ("a",))
    assert value is not None
    assert value.span.text == span


def test_a_literal_block_scalar_keeps_its_tabs() -> None:
    """Tabs in a literal block scalar are kept, even before `#`, but cannot indent its first line."""
    assert plain("a: |\n  x\n  \t# y\n  \t\n  z\nb: 1\n") == {"a": "x\n\t# y\n\t\nz\n", "b": 1}
    assert places("a: |\n\t# x\n") == [("RD005", "\t")]


def test_the_first_tab_of_an_indentation_is_marked() -> None:
    """The first tab is marked after spaces and inside brackets."""
    (fault,) = read_faults("a: 1\nb: {\n  \t\tc: 1}")
    assert fault.span is not None
    assert (fault.span.start, fault.span.end) == (12, 13)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\tx", {"a": "x"}),
        ("a: 1\n\t\nb: 2\n\t", {"a": 1, "b": 2}),
        ("a: [\n \t \n1\n\t# one\n]", {"a": [1]}),
        ("a: x\t", {"a": "x"}),
        ("a:\t1 \t# why\nb:\t\t[1,\t2]\t\n", {"a": 1, "b": [1, 2]}),
        ("a: {b:\t1}", {"a": {"b": 1}}),
        ("a\t: x\ty \t z\t\n", {"a": "x\ty \t z"}),
        ("'a'\t: b\t\n  c\n", {"a": "b c"}),
        ("a:\t\n  b: 1", {"a": {"b": 1}}),
        ("é:\t1\nb:\t|\n  x\ty\n", {"é": 1, "b": "x\ty\n"}),
    ],
)
def test_a_tab_that_does_not_indent_is_white_space(text: str, expected: object) -> None:
    """Tabs are allowed between tokens, at the end of a line, and inside a plain scalar, which keeps them."""
    assert to_plain(read(decode("x", text.encode()))) == expected


def test_tabs_inside_text_are_kept() -> None:
    """A tab is a character like any other in a quoted string or a comment."""
    assert plain("a: 'x\ty' #\tc\n") == {"a": "x\ty"}


@pytest.mark.parametrize("text", ["", "  ", "\n\n", "# nothing", "---\n", "---\n...\n", "''"])
def test_a_text_without_a_value_is_not_a_spec(text: str) -> None:
    """A text without content is a fault."""
    assert [(each.code, each.message) for each in read_faults(text)] == [("RD007", "the text contains no spec")]


@pytest.mark.parametrize(
    ("text", "found"),
    [("abc", "the string `abc`"), ("5", "the number `5`"), ("[a]", "a list"), ("null", "`null`"), ("- a", "a list")],
)
def test_a_spec_must_be_a_mapping(text: str, found: str) -> None:
    """A scalar or a list is not a spec."""
    assert [("RD201", f"a spec must be a mapping, found {found}")] == [
        (each.code, each.message) for each in read_faults(text)
    ]


def test_a_line_without_a_space_after_its_colon_is_not_a_mapping() -> None:
    """The help shows the line with a space."""
    (fault,) = read_faults("name:mine")
    assert (fault.code, fault.helps) == ("RD201", ("put a space after the colon: `name: mine`",))


@pytest.mark.parametrize("rest", ["---\nb: 2\n", "...\n---\nb: 2", "--- b\n", "---\n[[[", "---\n"])
def test_a_second_document_is_a_fault(rest: str) -> None:
    """The marker of the second document is marked, and nothing after it is read."""
    assert places(f"a: 1\n{rest}") == [("RD007", "---")]


def test_document_markers_around_one_document_are_allowed() -> None:
    """`---` before and `...` after a single document and a YAML version directive have no effect."""
    assert plain("%YAML 1.1\n---\na: 1\n...\n# end\n") == {"a": 1}


@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ("{a: ", "}")], ids=["lists", "mappings"]
)  # the mapping around them is a level too
def test_32_levels_are_read_and_33_are_not(opening: str, closing: str) -> None:
    """Every list and mapping counts towards the limit."""
    assert isinstance(plain(f"x: {opening * 31}1{closing * 31}"), dict)
    text = f"x: {opening * 32}1{closing * 32}"
    (fault,) = read_faults(text)
    assert fault.span is not None
    assert (fault.code, fault.message) == ("RD006", "values are nested more than 32 levels deep")
    assert 3 + 31 * len(opening) == fault.span.start


def test_32_levels_of_indentation_are_read_and_33_are_not() -> None:
    """Levels of indentation count like levels of brackets."""

    def nested(depth: int) -> str:
        return "".join(f"{' ' * level}a:\n" for level in range(depth - 1)) + " " * (depth - 1) + "a: 1\n"

    assert isinstance(plain(nested(32)), dict)
    assert places(nested(33)) == [("RD006", "a")]


def test_10_000_values_are_read_and_one_more_is_not() -> None:
    """Keys, items and collections all count towards the limit."""
    items = MAX_VALUES - 3  # the mapping, its key and the list
    assert isinstance(plain(f"a: [{'1,' * items}]"), dict)
    assert [fault.code for fault in read_faults(f"a: [{'1,' * (items + 1)}]")] == ["RD006"]
    (fault,) = read_faults(f"a: [{'1,' * (items + 2)} LAST, {'2,' * items}]")
    assert (fault.code, fault.message) == ("RD006", "the text contains more than 10,000 values")
    assert fault.span is not None
    assert fault.span.text == "LAST"


def test_1_mib_is_read_and_a_larger_text_is_not() -> None:
    """The limit counts bytes, not characters, and is checked before decoding."""
    comment = "é" * ((MAX_BYTES - 8) // 2)
    text = f"a: 1\n# {comment} "
    assert len(text.encode()) == MAX_BYTES
    assert plain(text) == {"a": 1}
    (fault,) = read_faults(text + " ")
    assert (fault.code, fault.message) == ("RD003", "the text is larger than 1,048,576 bytes")
    assert fault.span is not None
    assert (fault.span.source.name, fault.span.line, fault.span.column) == ("test", 1, 1)


@pytest.mark.parametrize(
    ("data", "byte", "column"),
    [
        (b"a: \xff", "0xff", 4),
        ("é: ".encode() + b"\xc3", "0xc3", 4),
        (b"\xef\xbb\xbf" + "é図: ".encode() + b"\xed\xa0\x80", "0xed", 5),
        (b"a: \xc0\xaf", "0xc0", 4),
        (b"a: \xf5\x80\x80\x80", "0xf5", 4),
    ],
    ids=["invalid", "cut off", "surrogate after a byte order mark", "overlong", "beyond Unicode"],
)
def test_text_that_is_not_utf_8_is_a_fault_at_the_first_bad_byte(data: bytes, byte: str, column: int) -> None:
    """The message names the byte, and its column counts characters."""
    (fault,) = read_faults(data)
    assert fault.span is not None
    assert ("RD002", f"the text is not UTF-8: byte {byte}") == (fault.code, fault.message)
    assert (1, column) == (fault.span.line, fault.span.column)


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_utf_16_is_recognised_by_its_byte_order_mark(encoding: str, mark: str) -> None:
    """UTF-16 with a byte order mark gets a help of its own; without one, the NUL characters are the fault."""
    (fault,) = read_faults(f"{mark}a: 1".encode(encoding))
    if mark:
        assert (fault.code, fault.helps) == ("RD002", ("the file looks like UTF-16; save it as UTF-8",))
    else:
        assert (fault.code, fault.message) == ("RD004", "the character U+0000 is not allowed")


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    """A byte order mark does not change the text or its columns."""
    assert plain(b"\xef\xbb\xbfa: 1") == {"a": 1}
    source = decode("test", b"\xef\xbb\xbfa: 1")
    assert source.text == "a: 1"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_break_is_read(line_break: str) -> None:
    """Values and line numbers do not depend on the kind of line break."""
    text = line_break.join(["a: 1", "b:", "  c: [x, x]", "b: 2"])
    (fault,) = read_faults(text)
    assert fault.span is not None
    assert (fault.code, fault.span.line, fault.span.column) == ("RD009", 4, 1)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x80", "\ufffe", "\uffff"])
def test_a_control_character_is_a_fault(character: str) -> None:
    """Control characters are rejected in scalars, in comments and as escapes."""
    expected = [("RD004", f"the character U+{ord(character):04X} is not allowed")]
    texts = [f"a: 'x{character}'", f"a: 1 # {character}", f'a: "\\u{ord(character):04x}"']
    assert [expected] * 3 == [[(fault.code, fault.message) for fault in read_faults(text)] for text in texts]


def test_an_escaped_surrogate_is_a_fault() -> None:
    """Surrogate pairs, as escaped in JSON, are not valid in YAML."""
    assert places('a: "\\ud83d\\ude00"') == [("RD004", "\\ud83d")]


def test_escapes_are_read() -> None:
    """All of YAML's escapes are supported, for all of Unicode."""
    assert plain(r'a: "\x41\t\u00e9\L\U0001F600\/\\"') == {"a": "A\té\u2028😀/\\"}


@pytest.mark.parametrize("escape", [r"\q", r"\x4", r"\u12"])
def test_an_invalid_escape_is_a_fault(escape: str) -> None:
    """Unknown and incomplete escapes are faults."""
    assert [fault.code for fault in read_faults(f'a: "{escape}"')] == ["RD005"]


@pytest.mark.parametrize("escape", [r"\U00110000", r"\UFFFFFFFF", r"\uDC00"])
def test_an_escape_of_an_invalid_code_point_is_a_fault(escape: str) -> None:
    """Escapes beyond Unicode or of a lone surrogate are faults, marked as a whole."""
    (fault,) = read_faults(f'a: "x{escape}"')
    assert (fault.code, fault.message) == ("RD004", f"the escape `{escape}` is not a valid character")
    assert fault.span is not None
    assert fault.span.text == escape


def test_a_byte_order_mark_inside_the_text_is_a_fault() -> None:
    """A byte order mark is ignored at the start of the text and rejected elsewhere."""
    assert plain("\ufeffa: 1") == {"a": 1}
    assert places("\ufeffa: \ufeffb") == [("RD004", "\ufeff")]


def test_a_pyyaml_without_libyaml_is_an_environment_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML without libyaml is reported with a code of its own."""
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    with pytest.raises(EnvironmentFault, match="RD509"):
        plain("a: 1")


@pytest.mark.parametrize(
    ("number", "is_fine"),
    [
        ("9" * MAX_DIGITS, True),
        ("9" * (MAX_DIGITS + 1), False),
        ("9" * 5000, False),
        ("-" + "9" * 5000, False),
        ("0." + "1" * 5000, False),
        ("1e" + "0" * 5000, False),
        ("1e999", False),
        ("-1e999", False),
        ("1e-999", True),
    ],
)
def test_numbers_have_a_range(number: str, is_fine: bool) -> None:
    """A number too large for a float or too long is a fault, not an infinity or a crash."""
    assert ([] if is_fine else ["RD011"]) == [fault.code for fault in read_faults(f"a: {number}")]


def test_a_version_of_5_000_digits_is_a_fault() -> None:
    """A YAML version with thousands of digits is rejected."""
    assert [fault.code for fault in read_faults(f"%YAML 1.{'1' * 5000}\n---\na: 1")] == ["RD005"]


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("a: [1, 2", "expected `,` or `]`", ""),
        ("a: {b, c]", "expected `,` or `}`", "]"),
        ("a: 'x", "the text ends inside quotes", ""),
        ("a: b: c", "a second colon, or a key where none is allowed", ":"),
        ("a: @x", "this character cannot start an unquoted value", "@"),
        ("a: 1\n  b: 2", "a second colon, or a key where none is allowed", ":"),
        ("a: 'b' c", "unexpected text", "c"),
        ("a: 1\nb\nc: 2", "a key without a colon", "b"),
        ("a: ]", "expected a value", "]"),
        ("a:\n\tb: 1", "tabs cannot be used for indentation", "\t"),
        ("a: |\n\tb", "tabs cannot be used for indentation", "\t"),
        ("a: b\n\tc", "tabs cannot be used for indentation", "\t"),
        ("a: - b", "a list cannot start here", "-"),
        ("- a\nb: c", "not an item of the preceding list", "b"),
        ("a: 1\n...\nb: 2", "unexpected text", "b"),
        ("a: 'x\n---\ny'", "the document ends inside quotes", "-"),
        ('a: "\\q"', "invalid escape", "\\"),
        ('a: "\\xg"', "invalid escape", "g"),
        ("a: |0\n b", "found an indentation indicator equal to 0", "0"),
        ("a: !<x", "did not find the expected `>`", ""),
        ("%YAML 2.0\n---\na: 1", "found incompatible YAML document", "%"),
    ],
)
def test_a_syntax_error_is_reported_where_parsing_stops(text: str, message: str, marked: str) -> None:
    """The message is in plain words, at the character the parser rejects."""
    (fault,) = read_faults(text)
    assert fault.span is not None
    assert ("RD005", f"not YAML: {message}", marked) == (fault.code, fault.message, fault.span.text)


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("name:a\nblock: {type: basic}", "put a space after the colon: `name: a`"),
        ("a: 1\nstages:{depths: [1]}", "put a space after the colon: `stages: {depths: [1]}`"),
        ("block:\n  type: basic\n  groups:32\n", "put a space after the colon: `groups: 32`"),
        ("a:\n- b: 1\n- c:2\n  d: 3", "put a space after the colon: `c: 2`"),
    ],
)
def test_a_missing_space_after_a_colon_is_the_suggested_cause_of_syntax_errors(text: str, help_: str) -> None:
    """A missing space, the most common mistake, is suggested as the cause of other syntax errors."""
    (fault,) = read_faults(text)
    assert (fault.code, fault.helps) == ("RD005", (help_,))


def test_all_faults_of_a_text_are_reported_in_file_order() -> None:
    """All faults up to the one that stops the parser are reported."""
    text = "a: &x 1\na: 2\n1: 3\nb: 1e999\n<<: {}\nc: [}\nd: *x\n"
    assert [fault.code for fault in read_faults(text)] == ["RD008", "RD009", "RD010", "RD011", "RD008", "RD005"]


def test_reading_stops_after_a_hundred_faults() -> None:
    """Reading stops at a limit of faults."""
    assert len(read_faults("- &a 1\n" * 99)) == 99
    assert len(read_faults("- &a 1\n" * 5000)) == 100


def test_a_tab_counts_once_towards_the_limit_of_faults() -> None:
    """Whatever starts after it, as a mapping, its key and its value do here."""
    assert len(read_faults("a: [\n" + "\tb: 1,\n" * 99 + "]")) == 99


@pytest.mark.parametrize(
    "text",
    ["[\n" * 500_000, "- " * 500_000, "? " * 500_000, "&a " * 300_000, "!" * 1_000_000, '"\n' * 500_000, "'" * 999_999],
    ids=["brackets", "dashes", "question marks", "anchors", "tag", "quotes", "apostrophes"],
)
def test_a_mebibyte_of_one_character_is_a_fault(text: str) -> None:
    """Deep nesting does not reach Python's recursion limit, and reading stays fast."""
    assert read_faults(text)


@given(documents().flatmap(formatted))
def test_the_place_of_a_value_contains_its_text(text: str) -> None:
    """The text at the place of a scalar, a key or a bracketed collection reads as that value."""
    tree = read(decode("test", text.encode()))
    for value in _values(tree):
        if isinstance(value, Scalar) or value.span.text[0] in "[{":
            assert to_plain(value) == to_plain(read_value(Source("part", value.span.text), 0))
        if isinstance(value, Table):
            keys = [to_plain(read_value(Source("part", entry.key.text), 0)) for entry in value.entries.values()]
            assert list(value.entries) == keys


@given(st.data())
def test_places_are_ordered_like_the_text(data: st.DataObject) -> None:
    """Every value is inside its collection, after its key and after its preceding siblings."""
    tree = read(decode("test", data.draw(formatted(data.draw(documents()))).encode()))
    for value in _values(tree):
        spans = [value.span]
        if isinstance(value, Table):
            spans = [span for entry in value.entries.values() for span in (entry.key, entry.value.span)]
        if isinstance(value, Sequence):
            spans = [item.span for item in value.items]
        ends = [offset for span in spans for offset in (span.start, span.end)]
        assert ends == sorted(ends)
        assert all(value.span.start <= offset <= value.span.end for offset in ends)


def _values(tree: Tree) -> list[Tree]:
    match tree:
        case Table():
            return [tree, *(value for entry in tree.entries.values() for value in _values(entry.value))]
        case Sequence():
            return [tree, *(value for item in tree.items for value in _values(item))]
        case Scalar():
            return [tree]
