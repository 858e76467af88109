"""PyYAML's complaints, in the words of people who write specs."""

import re

from .diagnostics import Diagnostic, Label
from .source import Source, Span

_PROBLEMS: tuple[tuple[str, str, str], ...] = (
    (r".*'\\t' that cannot start.*", "a tab cannot indent", "indent with spaces"),
    (
        "mapping values are not allowed here",
        "a second colon, or a key where none can be",
        "put a text with a colon in quotes; give each key a line of its own, indented like those beside it",
    ),
    ("could not find expected ':'", "a key without a colon", "a key is followed by a colon and a space: `name: net`"),
    (
        r"expected <block end>, but found .*",
        "this does not belong to what stands before it",
        "indent the keys of a mapping alike; nothing can follow a closed quote, list or mapping",
    ),
    (r"expected ',' or '([\]}])', but got .*", r"`,` or `\1` is missing here", ""),
    (
        r"found character .* that cannot start any token",
        "this character cannot begin a text",
        "put the text in quotes",
    ),
    ("found unexpected end of stream", "the text ends inside quotes", ""),
    (r"expected the node content, but found .*", "a value is missing here", ""),
)
"""What PyYAML says, what a user reads, and a help."""

_CONTEXTS = {
    "while parsing a flow sequence": "this list",
    "while parsing a flow mapping": "this mapping",
    "while parsing a flow node": "",
    "while parsing a block mapping": "this mapping",
    "while parsing a block collection": "this list",
    "while parsing a block node": "",
    "while scanning a quoted scalar": "these quotes",
    "while scanning a double-quoted scalar": "these quotes",
    "while scanning a simple key": "this key",
    "while scanning for the next token": "",
}


def syntax_fault(
    source: Source, problem: str, place: int | None, context: str, context_place: int | None
) -> Diagnostic:
    """The diagnostic for a text that is not YAML.

    Args:
        problem: what PyYAML says is wrong.
        place: the offset at which it is.
        context: what PyYAML was reading.
        context_place: the offset at which that begins.
    """
    message, help_ = _explained(problem)
    labels = [] if place is None else [Label(one_character(source, place))]
    around = _CONTEXTS.get(context, context)
    if context_place is not None and around:
        labels.append(Label(one_character(source, context_place), around))
    return Diagnostic(
        code="RD005", message=f"not YAML: {message}", labels=tuple(labels), helps=(help_,) if help_ else ()
    )


def _explained(problem: str) -> tuple[str, str]:
    for pattern, message, help_ in _PROBLEMS:
        if match := re.fullmatch(pattern, problem):
            return match.expand(message), help_
    return problem.replace("'", "`"), ""


def one_character(source: Source, offset: int) -> Span:
    """The character at an offset; the last one of the text where the offset lies behind it."""
    offset = min(offset, len(source.text))
    return Span(source, offset, min(offset + 1, len(source.text)))
