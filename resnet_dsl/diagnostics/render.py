"""Rendering diagnostics: text for people, lines and JSON for programs."""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .source import Span
from .style import BLUE, BOLD, RED, Painter, painter

if TYPE_CHECKING:
    from .diagnostic import Diagnostic, Label

_TAB = "    "
_LONGEST_LINE = 120


def as_text(diagnostic: "Diagnostic", *, color: bool = False) -> str:
    """The diagnostic in the style of rustc: message, place, source line, notes and help."""
    paint = painter(color)
    head = paint(f"error[{diagnostic.code}]", RED) + paint(f": {printable(diagnostic.message)}", BOLD)
    lines = [head]
    gutter = " " * _gutter_width(diagnostic.labels)
    remarks = [("note", text) for text in diagnostic.notes] + [("help", text) for text in diagnostic.helps]
    if diagnostic.labels:
        lines += _excerpts(diagnostic.labels, paint)
        lines += [f"{gutter} {paint('|', BLUE)}"] if remarks else []
    for kind, text in remarks:
        first, *rest = printable(text, keep_newlines=True).split("\n")
        lines.append(f"{gutter} {paint('=', BLUE)} {paint(kind, BOLD)}: {first}")
        lines += [f"{gutter}         {line}" for line in rest]
    return "\n".join(lines) + "\n"


def as_line(diagnostic: "Diagnostic") -> str:
    """`file:line:column: code message`, on one line."""
    return f"{_location(diagnostic.span)}{diagnostic.code} {printable(diagnostic.message)}"


def as_github(diagnostic: "Diagnostic") -> str:
    """A GitHub Actions workflow command, which shows up as an annotation on the line."""
    text = "\n".join((diagnostic.message, *diagnostic.notes, *(f"help: {help_}" for help_ in diagnostic.helps)))
    properties = [f"title={diagnostic.code}"]
    if (span := diagnostic.span) is not None:
        end_line, end_column = span.source.position(max(span.start, span.end - 1))
        place = {"file": printable(span.source.name), "line": span.line, "col": span.column}
        place |= {"endLine": end_line, "endColumn": end_column + 1}
        properties = [f"{key}={_github_property(str(value))}" for key, value in place.items()] + properties
    return f"::error {','.join(properties)}::{_github_text(printable(text, keep_newlines=True))}"


def as_json(records: Iterable[dict[str, Any]]) -> str:
    """The records of all diagnostics (see `as_record`) as one JSON document."""
    return json.dumps({"version": 1, "diagnostics": list(records)}, indent=2)


def as_record(diagnostic: "Diagnostic") -> dict[str, Any]:
    """The diagnostic as plain data; offsets and columns count characters."""
    return {
        "code": diagnostic.code,
        "message": diagnostic.message,
        "labels": [_label_record(label) for label in diagnostic.labels],
        "notes": list(diagnostic.notes),
        "helps": list(diagnostic.helps),
    }


def printable(text: str, *, keep_newlines: bool = False) -> str:
    """The text with every character that a terminal would interpret instead of showing escaped."""
    return "".join(
        character if _is_shown(character) or (keep_newlines and character == "\n") else _escape(character)
        for character in text
    )


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _excerpts(labels: "Sequence[Label]", paint: Painter) -> list[str]:
    """Every label below its line, in the order of the text, after the place of the primary one.

    Labels on one line share it, the primary one first. Other texts come last, each after its own place.
    """
    primary = labels[0]
    gutter = " " * _gutter_width(labels)
    bar = paint("|", BLUE)
    lines: list[str] = []
    previous: Span | None = None
    for label in _in_reading_order(labels):
        span = label.span
        is_new = previous is None or span.source != previous.source
        if is_new:
            arrow, first = ("-->", primary.span) if previous is None else (":::", span)
            place = f"{printable(first.source.name)}:{first.line}:{first.column}"
            lines += [f"{gutter}{paint(arrow, BLUE)} {place}", f"{gutter} {bar}"]
        mark, style = ("^", RED) if label is primary else ("-", BLUE)
        shown, column, width = _visible_line(span)
        if is_new or previous is None or span.line != previous.line or len(shown) > _LONGEST_LINE:
            if not is_new and previous is not None and span.line > previous.line + 1:
                lines.append(paint("...", BLUE))
            number = str(span.line).rjust(len(gutter))
            lines.append(f"{paint(number, BLUE)} {bar} {shown}".rstrip())
        marks = paint(f"{mark * width} {printable(label.text)}".rstrip(), style)
        lines.append(f"{gutter} {bar} {' ' * column}{marks}")
        previous = span
    return lines


def _in_reading_order(labels: "Sequence[Label]") -> "list[Label]":
    """The labels by source, the primary one's first, then by line, the primary one first, then by column."""
    primary = labels[0]
    sources = list(dict.fromkeys(label.span.source for label in labels))
    return sorted(
        labels,
        key=lambda label: (
            sources.index(label.span.source),
            label.span.line,
            label is not primary,
            label.span.start,
        ),
    )


def _visible_line(span: Span) -> tuple[str, int, int]:
    """The span's first line as a terminal shows it, and the offset and width of the marks in terminal cells."""
    text = span.source.line_at(span.start)
    start = min(span.column - 1, len(text))
    end = max(start, min(len(text), start + span.end - span.start))
    cut, ellipsis = 0, ""
    if len(text) > _LONGEST_LINE:
        cut = max(0, min(start - 40, len(text) - _LONGEST_LINE))
        ellipsis = "…" if cut else ""
        tail = "…" if cut + _LONGEST_LINE < len(text) else ""
        text = text[cut : cut + _LONGEST_LINE]
        end = min(end, cut + _LONGEST_LINE)
    else:
        tail = ""
    before, marked = _shown(text[: start - cut]), _shown(text[start - cut : end - cut])
    after = _shown(text[end - cut :])
    shown = ellipsis + before + marked + after + tail
    return shown, _cells(ellipsis + before), max(1, _cells(marked))


def _shown(text: str) -> str:
    return printable(text.replace("\t", _TAB))


def _cells(text: str) -> int:
    """Width of the text in terminal cells."""
    return sum(map(_cell, text))


def _cell(character: str) -> int:
    """Two for wide characters, zero for combining ones, including the vowels and finals of decomposed Hangul."""
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _gutter_width(labels: "Sequence[Label]") -> int:
    return max((len(str(label.span.line)) for label in labels), default=1)


def _location(span: Span | None) -> str:
    return "" if span is None else f"{printable(span.source.name)}:{span.line}:{span.column}: "


def _label_record(label: "Label") -> dict[str, Any]:
    span = label.span

    def place(offset: int) -> dict[str, int]:
        line, column = span.source.position(offset)
        return {"offset": offset, "line": line, "column": column}

    return {
        "file": _encodable(span.source.name),
        "start": place(span.start),
        "end": place(span.end),
        "text": label.text,
    }


def _encodable(name: str) -> str:
    """The name of a file with the surrogates that represent bytes outside UTF-8 escaped."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _github_text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_property(text: str) -> str:
    return _github_text(text).replace(":", "%3A").replace(",", "%2C")
