"""The tables of `docs/weights.md`: the kinds of files that open, and those that do not."""

from collections.abc import Iterable, Iterator

from . import KINDS, Kind

OWN = " *"
"""Marks what a test opens a library's own file of."""


def tables() -> str:
    """Both, with their headings."""
    listed = [kind for kind in KINDS if not kind.like]
    opening = (_row(kind, _way(kind)) for kind in listed if kind.refused is None)
    refused = (_row(kind, kind.refused.why) for kind in listed if kind.refused is not None)
    return f"{_table('how it opens', opening)}\nThese do not open:\n\n{_table('why', refused)}"


def _table(last: str, rows: Iterable[str]) -> str:
    return f"| source | layout | {last} |\n|---|---|---|\n{''.join(rows)}"


def _row(kind: Kind, last: str) -> str:
    return f"| {kind.source}{OWN if _is_own(kind) else ''} | {kind.layout} | {last} |\n"


def _is_own(kind: Kind) -> bool:
    """Whether a library itself writes the file, or one like it, for the tests."""
    return any(each.needs for each in KINDS if kind.name in (each.name, each.like))


def _way(kind: Kind) -> str:
    return "; ".join(_ways(kind)) or "as it is"


def _ways(kind: Kind) -> Iterator[str]:
    for option, chosen in kind.choice:
        yield " or ".join(f"`--{option} {value}`" for value in (chosen, *kind.others))
    if kind.takes:
        yield f"{kind.takes} is taken"
    if kind.given:
        yield " ".join(f"`--set {key}={value}`" for key, value in kind.given.items())
