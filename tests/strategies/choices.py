"""The forms in which a value can be written in the language."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

OMITTED: Any = object()
"""Marks a key that is not written."""


_BOOLEANS = st.booleans()


def omitted_or(values: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.just(OMITTED) | values


def stated(draw: DrawFn, value: Any, default: Any) -> Any:
    """The value, sometimes omitted if it is the default."""
    return OMITTED if value == default and draw(_BOOLEANS) else value


def values(count: int, each: SearchStrategy[Any], default: list[Any] | None = None) -> SearchStrategy[list[Any]]:
    """One value per stage: all equal, independent, or the defaults."""
    uniform = each.map(lambda value: [value] * count)
    varied = st.lists(each, min_size=count, max_size=count)
    return uniform | varied if default is None else st.just(default) | uniform | varied


def per_stage(draw: DrawFn, chosen: list[Any], default: list[Any] | None = None) -> Any:
    """The values of the stages in any valid form: a list, a scalar if they are equal, or omitted."""
    forms: list[Any] = [chosen]
    if all(value == chosen[0] for value in chosen):
        forms.append(chosen[0])
    if chosen == default:
        forms.append(OMITTED)
    return draw(st.sampled_from(forms))


def for_bottlenecks(draw: DrawFn, types: list[str], chosen: list[int], default: int) -> Any:
    """The values of the bottleneck stages, with the default for the basic stages."""
    rest = iter(chosen)
    forms: list[Any] = [[next(rest) if type_ == "bottleneck" else default for type_ in types]]
    if len(set(chosen)) == 1:
        forms.append(chosen[0])
    if set(chosen) <= {default}:
        forms += [default, OMITTED]
    return draw(st.sampled_from(forms))


def one_or_list(draw: DrawFn, chosen: list[int], default: list[int]) -> Any:
    """A list of any length, which may be written as a scalar if it has one entry."""
    forms: list[Any] = [chosen]
    if len(chosen) == 1:
        forms.append(chosen[0])
    if chosen == default:
        forms.append(OMITTED)
    return draw(st.sampled_from(forms))


def written(draw: DrawFn, table: dict[Any, Any]) -> dict[Any, Any]:
    """The table without omitted keys; empty mappings are sometimes omitted too."""
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
