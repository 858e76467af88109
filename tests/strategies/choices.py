"""The forms in which a value can be written in the language.

Hypothesis takes longer to make a strategy than to draw from it, and a document is hundreds of small choices: so what is
here draws from a few strategies that are made once.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")

OMITTED: Any = object()
"""Marks a key that is not written."""


_BOOLEANS = st.booleans()


@cache
def _integers(least: int, most: int) -> SearchStrategy[int]:
    return st.integers(least, most)


def integer(draw: DrawFn, least: int, most: int) -> int:
    """One of these numbers, both included."""
    return draw(_integers(least, most))


def flip(draw: DrawFn) -> bool:
    return draw(_BOOLEANS)


def one_of(draw: DrawFn, options: Sequence[T]) -> T:
    return options[integer(draw, 0, len(options) - 1)]


def omitted_or(draw: DrawFn, value: Any) -> Any:
    """The value, or a mark that its key is not written."""
    return OMITTED if flip(draw) else value


def stated(draw: DrawFn, value: Any, default: Any) -> Any:
    """The value, sometimes omitted if it is the default."""
    return omitted_or(draw, value) if value == default else value


def values(draw: DrawFn, count: int, each: Callable[[], T], default: list[T] | None = None) -> list[T]:
    """One value per stage: all equal, independent, or the defaults.

    Args:
        each: draws a value.
    """
    if default is not None and one_of(draw, (True, False, False)):
        return default
    return [each()] * count if flip(draw) else [each() for _ in range(count)]


def per_stage(draw: DrawFn, chosen: list[Any], default: list[Any] | None = None) -> Any:
    """The values of the stages in any valid form: a list, a scalar if they are equal, or omitted."""
    forms: list[Any] = [chosen]
    if all(value == chosen[0] for value in chosen):
        forms.append(chosen[0])
    if chosen == default:
        forms.append(OMITTED)
    return one_of(draw, forms)


def for_bottlenecks(draw: DrawFn, types: list[str], chosen: list[int], default: int) -> Any:
    """The values of the bottleneck stages, with the default for the basic stages."""
    rest = iter(chosen)
    forms: list[Any] = [[next(rest) if type_ == "bottleneck" else default for type_ in types]]
    if len(set(chosen)) == 1:
        forms.append(chosen[0])
    if set(chosen) <= {default}:
        forms += [default, OMITTED]
    return one_of(draw, forms)


def one_or_list(draw: DrawFn, chosen: list[int], default: list[int]) -> Any:
    """A list of any length, which may be written as a scalar if it has one entry."""
    forms: list[Any] = [chosen]
    if len(chosen) == 1:
        forms.append(chosen[0])
    if chosen == default:
        forms.append(OMITTED)
    return one_of(draw, forms)


def written(draw: DrawFn, table: dict[Any, Any]) -> dict[Any, Any]:
    """The table without omitted keys; empty mappings are sometimes omitted too."""
    result: dict[Any, Any] = {}
    for key, value in table.items():
        if value is OMITTED:
            continue
        if isinstance(value, dict):
            value = written(draw, value)
            if not value and flip(draw):
                continue
        result[key] = value
    return result
