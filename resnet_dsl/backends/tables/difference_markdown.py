"""The difference between two networks for Markdown, such as a comment on a pull request."""

from collections.abc import Collection, Iterable, Sequence

from ...analysis.difference import NetworkDifference
from ...diagnostics.render import printable
from . import Extra
from .difference_rows import NOT_SHOWN, FigureRow, figure_rows, fitting, format_value, names, weight_rows


def write(difference: NetworkDifference, extras: Collection[Extra] = ()) -> str:
    """A title, and the tables that the text has; empty if nothing differs."""
    if not difference:
        return ""
    before, after = names(difference)
    parts = [f"{_code(before)} → {_code(after)}\n"]
    if difference.values:
        rows = [
            (_code(each.key), *(_with_origin(*pair) for pair in zip(each.value, each.origin, strict=True)))
            for each in difference.values
        ]
        parts.append(_table(("value", "before", "after"), rows, text=3))
    if figures := figure_rows(difference, extras):
        rows = [(row.part, row.figure, row.before, row.after, _change(row)) for row in figures]
        parts.append(_table(("part", "figure", "before", "after", "change"), rows, text=2))
    if difference.figures.before.macs is None:
        parts.append(f"{NOT_SHOWN[0].upper()}{NOT_SHOWN[1:]}.\n")
    parts.append(f"{fitting(difference.weights).capitalize()}.\n")
    if found := weight_rows(difference.weights):
        rows = [(_code(row.path), row.reason, f"{row.entries:,}", _code(row.example)) for row in found]
        parts.append(_table(("weights", "change", "entries", "first"), rows, text=4))
    return "\n".join(parts)


def _change(row: FigureRow) -> str:
    return f"{row.change} ({row.percent})" if row.percent else row.change


def _with_origin(value: object, origin: str) -> str:
    return f"{_code(format_value(value))}<br>{_code(printable(origin))}" if origin else _code(format_value(value))


def _code(text: str) -> str:
    """A code span in a table; what could end either is replaced."""
    return f"`{text.replace('`', 'ʼ').replace('|', '¦')}`"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], *, text: int) -> str:
    """A table whose columns after the first `text` are aligned to the right."""
    rule = ["---"] * text + ["---:"] * (len(header) - text)
    return "".join(f"| {' | '.join(row)} |\n" for row in (header, rule, *rows))
