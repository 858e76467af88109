"""What differs from the version at the start, as a section of a page."""

from collections.abc import Iterable, Sequence

from ...analysis.difference import NetworkDifference, Value
from ..tables.difference_rows import figure_rows, fitting, format_value, weight_rows
from .markup import element, text


def change(difference: NetworkDifference) -> str:
    """The values that differ with their origins, the figures, and the weights that do not fit."""
    figures = [(row.part, row.figure, row.before, row.after, row.percent) for row in figure_rows(difference)]
    weights = [(row.path, row.reason, f"{row.entries:,}", row.example) for row in weight_rows(difference.weights)]
    return element(
        "section",
        element("header", element("h2", "Difference from the start")),
        _table("Values", ("key", "at the start", "now"), map(_value, difference.values)),
        _table("Figures", ("part", "figure", "at the start", "now", "change"), map(_escaped, figures)),
        element("p", text(f"{fitting(difference.weights).capitalize()}.")),
        _table("Weights", ("path", "change", "entries", "first"), map(_escaped, weights)),
        id="change",
        aria_label="Difference from the start",
    )


def _value(value: Value) -> Sequence[str]:
    before, after = (
        element(sign, text(format_value(each)), title=origin)
        for sign, each, origin in zip(("del", "ins"), value.value, value.origin, strict=True)
    )
    return text(value.key), before, after


def _escaped(row: Sequence[str]) -> Sequence[str]:
    return tuple(map(text, row))


def _table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are markup; nothing without rows."""
    lines = [element("tr", *(element("td", cell) for cell in row)) for row in rows]
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in header)))
    table = element("table", element("caption", title), head, element("tbody", *lines))
    return element("div", table, id=title.lower(), class_="scroll") if lines else ""
