"""Numbers in the conversions."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from ...text.tree import Plain

Document: TypeAlias = Mapping[str, Any]
"""The rest of the spec, as plain data."""


def reciprocal(value: Any, _: Document) -> Plain:
    """A ratio from the factor that it divides by, or the other way round."""
    if not is_number(value) or value <= 0:
        return None
    return round(1 / value) if value < 1 else float(1 / value)


def is_number(value: Any) -> Any:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_count(value: Any) -> Any:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
