"""Helps that change values, wherever they were written."""

from collections.abc import Mapping
from typing import Any

from ..text.tree import Path, Plain, Table, dotted, find, key_span


def change(tree: Table, values: Mapping[Path, Plain], *, is_option: bool) -> tuple[str, ...]:
    """The help that gives keys of one section other values, in this file or by `--set`; null takes them away."""
    from .vocabulary.lines import flow_line, option_help  # only once a mistake has been made

    if is_option:
        return option_help(_fragment(values), {})
    inside = _deepest_own(tree, next(iter(values)))
    where = f" under `{dotted(inside)}`" if inside else ""
    line = flow_line(_fragment({path[len(inside) :]: value for path, value in values.items()}))
    return (f"write `{line}`{where}",)


def _deepest_own(tree: Table, path: Path) -> Path:
    """The innermost mapping around a value that is written in this file, not only in one that it extends."""
    inside: Path = ()
    for length in range(1, len(path)):
        key, found = key_span(tree, path[:length]), find(tree, path[:length])
        if key is None or key.source != tree.span.source or not isinstance(found, Table):
            break
        inside = path[:length]
    return inside


def _fragment(values: Mapping[Path, Plain]) -> Mapping[str, Any]:
    """The part of a spec that has these values."""
    whole: dict[str, Any] = {}
    for path, value in values.items():
        place = whole
        for step in path[:-1]:
            place = place.setdefault(str(step), {})
        place[str(path[-1])] = value
    return whole
