"""Helps that give the line to write, at the place where it belongs."""

import shlex
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...text.tree import Path, Plain, dotted
from ...text.writer import flow
from ..wording import quoted

if TYPE_CHECKING:
    from .meaning import Fragment


def line_help(fragment: "Fragment", along: "Fragment", place: Path, document: Mapping[str, Any]) -> tuple[str, ...]:
    """``write `head: {classes: 10}` ``, or only the part of it that is missing.

    Args:
        fragment: what to write: one key of the top level.
        along: what it needs beside it.
        place: the mapping that the wrong key is in.
        document: the whole spec, as plain data.
    """
    return tuple(help_ for section in fragment for help_ in _section_help(section, fragment, along, place, document))


def _section_help(
    section: str, fragment: "Fragment", along: "Fragment", place: Path, document: Mapping[str, Any]
) -> tuple[str, ...]:
    inner, present = fragment[section], document.get(section)
    if section == "extends" and present is not None:
        return (f"change `extends` to `{inner}`",)
    if isinstance(inner, Mapping):
        needed = {key: value for key, value in along.get(section, {}).items() if key not in inner}
        if isinstance(present, Mapping):
            missing = {key: value for key, value in needed.items() if key not in present}
            where = "" if place[:1] == (section,) else f" under `{section}`"
            return lines_help([{**missing, **inner}], where=where)
        if "type" in needed and isinstance(present, str):
            needed |= {"type": present}
        inner = {**needed, **inner}
    return lines_help([{section: inner}], where=" at the top level" if place else "")


def option_help(fragment: "Fragment", along: "Fragment") -> tuple[str, ...]:
    """The help for options: ``write `--set head.classes=10` ``."""
    if "extends" in fragment:
        return (f"name `{fragment['extends']}` instead of this spec",)
    options: list[str] = []
    for section, inner in fragment.items():
        needed = along.get(section, {})
        if isinstance(inner, Mapping) and not needed:
            options += (_option((section, key), value) for key, value in inner.items())
        else:
            options.append(_option((section,), {**needed, **inner} if isinstance(inner, Mapping) else inner))
    return (f"write `{' '.join(options)}`",)


def options_help(path: Path, values: Iterable[Plain]) -> tuple[str, ...]:
    """The help with one of these values of an option, if there are any."""
    steps = tuple(step for step in path if isinstance(step, str))
    return _help("write", (_option(steps, value) for value in values))


def lines_help(mappings: Iterable[Mapping[Any, Any]], *, where: str = "") -> tuple[str, ...]:
    """The help with one of these lines, which are keys with their values, if there are any."""
    return _help("write", map(flow_line, mappings), where)


def example_help(mappings: Iterable[Mapping[Any, Any]]) -> tuple[str, ...]:
    """The help with one of these lines, if there are any; a list or number in one of them is an example."""
    lines = [*mappings]
    texts = [flow_line(mapping) for mapping in lines]
    is_example = any("[" in text for text in texts) or any(
        isinstance(value, int | float) for line in lines for value in line.values()
    )
    return _help("write for example" if is_example else "write", texts)


def values_help(values: Iterable[Plain]) -> tuple[str, ...]:
    """The help with one of these values, if there are any."""
    return _help("write", map(flow, values))


def _help(verb: str, texts: Iterable[str], where: str = "") -> tuple[str, ...]:
    choices = [*texts]
    return (f"{verb} {quoted(choices, 'or')}{where}",) if choices else ()


def _option(path: Path, value: Plain) -> str:
    """`--set key=value`, quoted for a shell."""
    key = dotted(path)
    return f"--set {shlex.quote(key) if '*' in key else key}={shlex.quote(flow(value))}"


def flow_line(data: Mapping[Any, Any]) -> str:
    """Keys and values as in a mapping in braces, without the braces."""
    return flow(dict(data))[1:-1]
