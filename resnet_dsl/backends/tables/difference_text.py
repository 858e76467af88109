"""The difference between two networks for people."""

from collections.abc import Collection, Sequence

from ...analysis.difference import NetworkDifference, Value
from ...diagnostics.render import printable
from . import Extra
from .difference_rows import NOT_SHOWN, figure_rows, fitting, format_value, names, weight_rows


def write(difference: NetworkDifference, extras: Collection[Extra] = ()) -> str:
    """The values that differ with their origins, a table of figures, and a table of weights; empty if none differ."""
    if not difference:
        return ""
    before, after = names(difference)
    parts = [f"--- {before}\n+++ {after}\n", *map(_value, difference.values)]
    if figures := figure_rows(difference, extras):
        parts.append(_table([("part", "figure", "before", "after", "change", ""), *figures], text=2))
    if difference.figures.before.macs is None:
        parts.append(f"{NOT_SHOWN}\n")
    rows = [(row.path, row.reason, f"{row.entries:,}", row.example) for row in weight_rows(difference.weights)]
    parts.append(f"{fitting(difference.weights)}\n{_table(rows, text=2, after=1)}")
    return "\n".join(parts)


def _value(value: Value) -> str:
    """The key, and below it both values with their origins."""
    texts = [format_value(each) for each in value.value]
    width = max(map(len, texts))
    lines = (
        f"{sign} {text.ljust(width)}  {printable(origin)}".rstrip()
        for sign, text, origin in zip("-+", texts, value.origin, strict=True)
    )
    return "".join(f"{line}\n" for line in (value.key, *lines))


def _table(rows: Sequence[Sequence[str]], *, text: int, after: int = 0) -> str:
    """Aligned rows: the first `text` columns and the last `after` to the left, those between to the right."""
    if not rows:
        return ""
    count = len(rows[0])
    widths = [max(len(row[column]) for row in rows) for column in range(count)]
    aligns = ["<"] * text + [">"] * (count - text - after) + ["<"] * after
    line = "  ".join(f"{{:{align}{width}}}" for align, width in zip(aligns, widths, strict=True))
    return "".join(f"{line.format(*row).rstrip()}\n" for row in rows)
