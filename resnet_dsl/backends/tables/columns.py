"""Columns of a table for people, and how they fit a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import fill

from ...graph.page import aligned

_GAP = 2
"""Spaces between two columns."""
_NOTE = 20
"""The least width of the note on what did not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    title: str
    cells: tuple[str, ...]
    total: str = ""
    rank: int | None = None
    """Columns with the lowest rank give way first; one without a rank never does."""
    usual: str = ""
    """A value that says nothing: a column without any other gives way before all others."""
    shortest: int | None = None
    """How short its text may be cut; None for numbers, which are never cut."""
    ends_matter: bool = False
    """Whether text is cut at its front, because the ends of the cells tell them apart."""

    @property
    def width(self) -> int:
        return max(map(len, (self.title, *self.cells, self.total)))

    def cut(self, width: int) -> "Column":
        """The column with what is too long for this width cut."""

        def shortened(text: str) -> str:
            return f"…{text[len(text) - width + 1 :]}" if self.ends_matter else f"{text[: width - 1]}…"

        cells = tuple(cell if len(cell) <= width else shortened(cell) for cell in self.cells)
        return replace(self, cells=cells)


def as_table(columns: Sequence[Column], width: int | None) -> str:
    """The columns, those of text first, as an aligned table that fits a width, with a note on what did not fit."""
    shown = list(columns) if width is None else _fitted(columns, width)
    rows = zip(*(column.cells for column in shown), strict=True)
    header, total = ([getattr(column, name) for column in shown] for name in ("title", "total"))
    table = aligned([header, *rows, total], numbers=sum(column.shortest is None for column in shown))
    note = "" if width is None else _note(columns, shown, width)
    return f"{table}\n{fill(note, max(width or 0, _NOTE, _width(shown)))}\n" if note else f"{table}\n"


def _note(columns: Sequence[Column], shown: Sequence[Column], width: int) -> str:
    """What a table of this width leaves out or shortens, and how wide it is if even so it does not fit."""
    titles = [column.title for column in shown]
    hidden = dict.fromkeys(column.title for column in columns if column.title not in titles)
    cut = [column.title for column in shown if column not in columns]
    fits = _width(shown) <= width
    parts = [f"left out{f' to fit {width} columns' if fits else ''}: {', '.join(hidden)}"] if hidden else []
    parts += [f"shortened: {', '.join(cut)}"] if cut else []
    parts += [] if fits else [f"the rest takes {_width(shown)} columns"]
    return "; ".join(parts)


def _fitted(columns: Sequence[Column], width: int) -> list[Column]:
    """The columns that fit: others give way by rank, then text is cut, then all of it but the first column goes."""
    shown = list(columns)
    for column in sorted((column for column in columns if column.rank is not None), key=_order):
        if _excess(shown, width) > 0:
            shown = [other for other in shown if other.title != column.title]
    for column in reversed([column for column in shown if column.shortest is not None]):
        excess, index = _excess(shown, width), shown.index(column)
        if excess > 0:
            shown[index] = column.cut(max(column.shortest or 0, len(column.title), column.width - excess))
        if _excess(shown, width) > 0 and index > 0:
            del shown[index]
    return shown


def _order(column: Column) -> int:
    return 0 if set(column.cells) <= {"", column.usual} else column.rank or 0


def _excess(columns: Sequence[Column], width: int) -> int:
    return _width(columns) - width


def _width(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + _GAP * (len(columns) - 1)
