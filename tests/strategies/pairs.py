"""Pairs of valid documents with one name: unrelated ones, and ones that differ in a single key."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from .choices import integer, one_of

_PROSE = ("$schema", "version", "name", "description", "reference", "expect")
"""Keys that do not change the network."""


@st.composite
def pairs(draw: DrawFn, documents: SearchStrategy[dict[Any, Any]]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Two documents; the second may be invalid, as it may be the first one with a value of an unrelated one."""
    first, other = draw(documents), draw(documents)
    first.pop("expect", None)
    other.pop("expect", None)
    other["name"] = first["name"]
    changes = list(_paths(other))
    if not changes or integer(draw, 0, 4) == 0:
        return first, other
    *table, key = one_of(draw, changes)
    second = copy.deepcopy(first)
    source, target = other, second
    for step in table:
        source = source[step]
        if not isinstance(target.setdefault(step, {}), dict):
            target[step] = {}
        target = target[step]
    target[key] = source[key]
    return first, second


def _paths(document: dict[Any, Any]) -> Iterator[tuple[str, ...]]:
    """Every key that changes the network, with all that is below it."""
    for key, value in document.items():
        if key not in _PROSE:
            yield (key,)
            if isinstance(value, dict):
                yield from ((key, *inner) for inner in _paths(value))
