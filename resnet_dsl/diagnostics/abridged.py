"""The first faults of each kind, and how many more there are."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .diagnostic import Diagnostic

MOST = 10
"""Faults of one kind that are shown; whoever has more of them learns nothing from the others."""


def abridged(faults: "Iterable[Diagnostic]") -> "tuple[tuple[Diagnostic, ...], tuple[str, ...]]":
    """The first faults with each code, and a sentence about each code that has more."""
    kinds: dict[str, list[Diagnostic]] = {}
    for fault in (everything := [*faults]):
        kinds.setdefault(fault.code, []).append(fault)
    first = {id(fault) for kind in kinds.values() for fault in kind[:MOST]}
    rest = {code: len(kind) - MOST for code, kind in kinds.items() if len(kind) > MOST}
    shown = (fault for fault in everything if id(fault) in first)
    return tuple(shown), tuple(_sentence(code, count) for code, count in rest.items())


def _sentence(code: str, count: int) -> str:
    return f"{count} more {'fault' if count == 1 else 'faults'} of the kind {code}"
