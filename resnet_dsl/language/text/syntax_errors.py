"""libyaml's errors, reworded for people who write specs."""

import re
from collections.abc import Mapping

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.source import Source, Span
from .missing_space import missing_space_help

_UNEXPECTED = (
    "unexpected text",
    "indent all keys of a mapping equally, and write nothing after a closing quote, bracket or brace",
)
_BAD_ESCAPE = ("invalid escape", "write `\\\\` for a backslash, or use single quotes")

_NO_COLON = "could not find expected ':'"

_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "mapping values are not allowed in this context": (
        "a second colon, or a key where none is allowed",
        "quote text that contains a colon; put each key on its own line, indented like its siblings",
    ),
    "block sequence entries are not allowed in this context": (
        "a list cannot start here",
        "put each item on its own line, or write the list in brackets",
    ),
    _NO_COLON: ("a key without a colon", "write a colon and a space after the key: `name: net`"),
    "did not find expected key": _UNEXPECTED,
    "did not find expected <document start>": _UNEXPECTED,
    "did not find expected '-' indicator": ("not an item of the preceding list", "start every item with `- `"),
    "did not find expected ',' or ']'": ("expected `,` or `]`", ""),
    "did not find expected ',' or '}'": ("expected `,` or `}`", ""),
    "did not find expected node content": ("expected a value", ""),
    "found character that cannot start any token": (
        "this character cannot start an unquoted value",
        "put the value in quotes",
    ),
    "did not find expected comment or line break": (
        "an unquoted value that begins with `>` or `|` is a block of text, which starts on the next line",
        "put the value in quotes",
    ),
    "found unexpected end of stream": ("the text ends inside quotes", ""),
    "found unexpected document indicator": ("the document ends inside quotes", ""),
    "found unknown escape character": _BAD_ESCAPE,
    "did not find expected hexdecimal number": _BAD_ESCAPE,
}
"""libyaml's problem -> message and help."""

_CONTEXTS: Mapping[str, str] = {
    "while parsing a flow sequence": "the list starts here",
    "while parsing a flow mapping": "the mapping starts here",
    "while parsing a block mapping": "the mapping starts here",
    "while parsing a block collection": "the list starts here",
    "while scanning a quoted scalar": "the quotes open here",
    "while parsing a quoted scalar": "the quotes open here",
}
"""libyaml's context -> label at its start, where that helps."""

_INVALID_CODE_POINT = "found invalid Unicode character escape code"
_WORD = re.compile(r"[^\s:]*")
_HEX_DIGITS = re.compile(r"[0-9A-Fa-f]*")


def syntax_fault(
    source: Source, problem: str, place: int | None, context: str, context_place: int | None
) -> Diagnostic:
    """The diagnostic for a text that is not YAML.

    Args:
        problem: libyaml's description of the error.
        place: the offset of the error.
        context: libyaml's description of what it was reading.
        context_place: the offset at which the context starts.
    """
    if problem == _INVALID_CODE_POINT and place is not None:
        return _invalid_escape(source, place)
    labels = [] if place is None else [Label(one_character(source, place))]
    if labels and labels[0].span.text == "\t":
        return tab_indentation(labels[0].span)
    message, help_ = _PROBLEMS.get(problem, (problem.replace("'", "`"), ""))
    if problem == _NO_COLON and context_place is not None:
        labels = [Label(_word(source, context_place))]
    elif context_place is not None and context in _CONTEXTS:
        labels.append(Label(one_character(source, context_place), _CONTEXTS[context]))
    lines = [line for label in labels for line in _lines_up_to(source, label.span.start)]
    hints = filter(None, (missing_space_help(line.strip(" -")) for line in lines))
    helps = next(hints, (help_,) if help_ else ())
    return Diagnostic(code="RD005", message=f"not YAML: {message}", labels=tuple(labels), helps=helps)


def tab_indentation(tab: Span) -> Diagnostic:
    """The diagnostic for a tab before the first value on a line."""
    message = "not YAML: tabs cannot be used for indentation"
    return Diagnostic(code="RD005", message=message, labels=(Label(tab),), helps=("indent with spaces",))


def _invalid_escape(source: Source, digits: int) -> Diagnostic:
    r"""The diagnostic for an escape such as `\ud800`, whose digits start at the given offset."""
    match = _HEX_DIGITS.match(source.text, digits)
    assert match is not None
    span = Span(source, digits - 2, match.end())
    message = f"the escape `{span.text}` is not a valid character"
    return Diagnostic(code="RD004", message=message, labels=(Label(span),), helps=("write the character itself",))


def _lines_up_to(source: Source, offset: int) -> list[str]:
    """The line of an offset and the one before it, which a text without a colon may continue."""
    return [source.line_at(offset), *source.text[:offset].splitlines()[-2:-1]]


def _word(source: Source, offset: int) -> Span:
    match = _WORD.match(source.text, offset)
    assert match is not None
    return Span(source, *match.span())


def one_character(source: Source, offset: int) -> Span:
    """The character at an offset; the end of the last non-blank line if the offset is after it."""
    end = len(source.text.rstrip())
    return Span(source, min(offset, end), min(offset, end) + (offset < end))
