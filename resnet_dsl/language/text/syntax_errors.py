"""libyaml's complaints, in the words of people who write specs."""

import re
from collections.abc import Mapping

from ...diagnostics.diagnostic import Diagnostic, Label
from ...diagnostics.source import Source, Span
from .missing_space import glued_colon

_STRAY = (
    "this does not belong to what stands before it",
    "indent the keys of a mapping alike; nothing can follow a closed quote, list or mapping",
)
_ESCAPE = ("this is no escape", "write `\\\\` for a backslash, or put the text in single quotes")

_NO_COLON = "could not find expected ':'"

_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "mapping values are not allowed in this context": (
        "a second colon, or a key where none can be",
        "put a text with a colon in quotes; give each key a line of its own, indented like those beside it",
    ),
    "block sequence entries are not allowed in this context": (
        "a list cannot begin here",
        "give each item a line of its own, or write the list in brackets",
    ),
    _NO_COLON: ("a key without a colon", "a key is followed by a colon and a space: `name: net`"),
    "did not find expected key": _STRAY,
    "did not find expected <document start>": _STRAY,
    "did not find expected '-' indicator": ("this is no item of the list before it", "begin every item with `- `"),
    "did not find expected ',' or ']'": ("`,` or `]` is missing here", ""),
    "did not find expected ',' or '}'": ("`,` or `}` is missing here", ""),
    "did not find expected node content": ("a value is missing here", ""),
    "found character that cannot start any token": ("this character cannot begin a text", "put the text in quotes"),
    "found unexpected end of stream": ("the text ends inside quotes", ""),
    "found unexpected document indicator": ("the document ends inside quotes", ""),
    "found unknown escape character": _ESCAPE,
    "did not find expected hexdecimal number": _ESCAPE,
}
"""What libyaml says, what a user reads, and a help."""

_CONTEXTS: Mapping[str, str] = {
    "while parsing a flow sequence": "this list",
    "while parsing a flow mapping": "this mapping",
    "while parsing a block mapping": "this mapping",
    "while parsing a block collection": "this list",
    "while scanning a quoted scalar": "these quotes",
    "while parsing a quoted scalar": "these quotes",
}
"""What libyaml was reading, where it helps to see the beginning of it."""

_NO_CHARACTER = "found invalid Unicode character escape code"
_WORD = re.compile(r"[^\s:]*")
_ESCAPED = re.compile(r"[0-9A-Fa-f]*")


def syntax_fault(
    source: Source, problem: str, place: int | None, context: str, context_place: int | None
) -> Diagnostic:
    """The diagnostic for a text that is not YAML.

    Args:
        problem: what libyaml says is wrong.
        place: the offset at which it is.
        context: what libyaml was reading.
        context_place: the offset at which that begins.
    """
    if problem == _NO_CHARACTER and place is not None:
        return _no_character(source, place)
    labels = [] if place is None else [Label(one_character(source, place))]
    if labels and labels[0].span.text == "\t":
        return tab_indents(labels[0].span)
    message, help_ = _PROBLEMS.get(problem, (problem.replace("'", "`"), ""))
    if problem == _NO_COLON and context_place is not None:
        labels = [Label(_word(source, context_place))]
    elif context_place is not None and context in _CONTEXTS:
        labels.append(Label(one_character(source, context_place), _CONTEXTS[context]))
    lines = [line for label in labels for line in _lines_up_to(source, label.span.start)]
    glued = filter(None, (glued_colon(line.strip(" -")) for line in lines))
    helps = next(glued, (help_,) if help_ else ())
    return Diagnostic(code="RD005", message=f"not YAML: {message}", labels=tuple(labels), helps=helps)


def tab_indents(tab: Span) -> Diagnostic:
    """The diagnostic for a tab before the first value of a line."""
    message = "not YAML: a tab cannot indent"
    return Diagnostic(code="RD005", message=message, labels=(Label(tab),), helps=("indent with spaces",))


def _no_character(source: Source, digits: int) -> Diagnostic:
    r"""The diagnostic for an escape such as `\ud800`, whose digits begin at an offset."""
    match = _ESCAPED.match(source.text, digits)
    assert match is not None
    span = Span(source, digits - 2, match.end())
    message = f"the escape `{span.text}` is no character"
    return Diagnostic(code="RD004", message=message, labels=(Label(span),), helps=("write the character itself",))


def _lines_up_to(source: Source, offset: int) -> list[str]:
    """The line of an offset, and the one before it, which a text without a colon goes on from."""
    return [source.line_at(offset), *source.text[:offset].splitlines()[-2:-1]]


def _word(source: Source, offset: int) -> Span:
    match = _WORD.match(source.text, offset)
    assert match is not None
    return Span(source, *match.span())


def one_character(source: Source, offset: int) -> Span:
    """The character at an offset; the end of the last line that says something, where the offset lies behind it."""
    end = len(source.text.rstrip())
    return Span(source, min(offset, end), min(offset, end) + (offset < end))
