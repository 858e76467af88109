"""The first faults of each kind, and how many more there are."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .diagnostic import Diagnostic

MOST = 10
"""Faults of one kind that are shown; whoever has more of them learns nothing from the others."""


def abridged(faults: "Iterable[Diagnostic]") -> "tuple[tuple[Diagnostic, ...], tuple[str, ...]]":
    """The first faults with each code, and a sentence about each code that has more."""
    counts: Counter[str] = Counter()
    shown: list[Diagnostic] = []
    for fault in faults:
        counts[fault.code] += 1
        if counts[fault.code] <= MOST:
            shown.append(fault)
    rest = {code: count - MOST for code, count in counts.items() if count > MOST}
    return tuple(shown), tuple(_sentence(code, count) for code, count in rest.items())


def _sentence(code: str, count: int) -> str:
    return f"{count} more {'fault' if count == 1 else 'faults'} of the kind {code}"
