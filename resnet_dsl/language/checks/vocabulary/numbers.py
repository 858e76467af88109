"""Numbers in the conversions."""

from collections.abc import Mapping
from math import isclose
from typing import Any, TypeAlias

from ...text.tree import Plain

Document: TypeAlias = Mapping[str, Any]
"""The rest of the spec, as plain data."""


def reciprocal(value: Any, _: Document) -> Plain:
    """A ratio from the factor that it divides by, or the other way round."""
    if not is_number(value) or value <= 0:
        return None
    if value >= 1:
        return float(1 / value)
    return round(1 / value) if isclose(1 / value, round(1 / value), abs_tol=1e-6) else None


def is_number(value: Any) -> Any:
    """Whether this is a number of a size that people write."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 1e-9 < abs(value) < 1e12


def is_count(value: Any) -> Any:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1e12


def section_of(document: Document, name: str) -> Mapping[str, Any]:
    """A mapping in the document; empty if there is none of this name."""
    section = document.get(name)
    return section if isinstance(section, Mapping) else {}
