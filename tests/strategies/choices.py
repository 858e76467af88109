"""The forms in which the language lets one write a value."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

OMITTED: Any = object()
"""Stands for a key that is not written."""


def omitted_or(values: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.just(OMITTED) | values


def stated(draw: DrawFn, value: Any, default: Any) -> Any:
    """The value; left out now and then where it is the default."""
    return draw(omitted_or(st.just(value))) if value == default else value


def values(count: int, each: SearchStrategy[Any], default: list[Any] | None = None) -> SearchStrategy[list[Any]]:
    """One value per stage: all alike, all different, or the defaults."""
    uniform = each.map(lambda value: [value] * count)
    varied = st.lists(each, min_size=count, max_size=count)
    return uniform | varied if default is None else st.just(default) | uniform | varied


def per_stage(draw: DrawFn, chosen: list[Any], default: list[Any] | None = None) -> Any:
    """The values of the stages as one may write them: a list, a scalar where they are equal, nothing."""
    forms: list[Any] = [chosen]
    if all(value == chosen[0] for value in chosen):
        forms.append(chosen[0])
    if chosen == default:
        forms.append(OMITTED)
    return draw(st.sampled_from(forms))


def for_bottlenecks(draw: DrawFn, types: list[str], chosen: list[int], default: int) -> Any:
    """The values of the bottleneck stages, with the default for the basic ones between them."""
    rest = iter(chosen)
    forms: list[Any] = [[next(rest) if type_ == "bottleneck" else default for type_ in types]]
    if len(set(chosen)) == 1:
        forms.append(chosen[0])
    if set(chosen) <= {default}:
        forms += [default, OMITTED]
    return draw(st.sampled_from(forms))


def one_or_list(draw: DrawFn, chosen: list[int], default: list[int]) -> Any:
    """A list of any length, which may be written as a scalar where it has one entry."""
    forms: list[Any] = [chosen]
    if len(chosen) == 1:
        forms.append(chosen[0])
    if chosen == default:
        forms.append(OMITTED)
    return draw(st.sampled_from(forms))


def written(draw: DrawFn, table: dict[Any, Any]) -> dict[Any, Any]:
    """The table without what is omitted; an empty mapping is left out or stays."""
    result: dict[Any, Any] = {}
    for key, value in table.items():
        if value is OMITTED:
            continue
        if isinstance(value, dict):
            value = written(draw, value)
            if not value and draw(st.booleans()):
                continue
        result[key] = value
    return result
