"""Helps that give the line to write, at the place where it belongs."""

import shlex
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...text.tree import Path, Plain, dotted
from ...text.writer import flow
from ..wording import quoted

if TYPE_CHECKING:
    from .own_keys import Fragment

_BARE = ("plain", "none")
"""Types without settings."""
_SHARED = frozenset(("type", "eps", "ratio", "divisor", "of", "position", "activation", "kernel", "bias"))
"""Settings of several types."""


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
    if not isinstance(inner, Mapping):
        return lines_help([{section: inner}], where=" at the top level" if place else "")
    needed = {key: value for key, value in along.get(section, {}).items() if key not in inner}
    names = tuple(step for step in place if isinstance(step, str))
    if not isinstance(present, Mapping) and names[:1] != (section,):
        where = " at the top level" if place else ""
        return lines_help(
            [{section: {**(needed if "type" in inner else _typed(needed, inner, present)), **inner}}], where=where
        )
    here = _at(document, place)
    return _inner_help((section,), inner, needed, names, here if names == (section,) else present, here)


def _inner_help(
    path: tuple[str, ...], inner: "Fragment", needed: "Fragment", place: tuple[str, ...], there: Any, here: Any
) -> tuple[str, ...]:
    """What is missing in the mapping at a path, or in one inside it that is there already.

    Args:
        path: that of the mapping.
        inner: what to write in it.
        needed: what this needs beside it.
        place: the path of the mapping with the wrong key, without indices.
        there: the mapping at `path`.
        here: that at `place`.
    """
    (key, value), *others = inner.items()
    deeper = here if (*path, key) == place else there.get(key)
    if isinstance(value, Mapping) and isinstance(deeper, Mapping) and not others:
        return _inner_help((*path, key), value, {}, place, deeper, here)
    own = {
        key: _typed(value, value, there.get(key)) if isinstance(value, Mapping) else value
        for key, value in inner.items()
    }
    if len(path) > 1:
        own = {key: value for key, value in own.items() if key != "type" or key not in there} or own
    missing = {key: value for key, value in needed.items() if key not in there}
    changed = {key: value for key, value in own.items() if there.get(key) != value} or own
    return lines_help([{**missing, **changed}], where="" if path == place else f" under `{dotted(path)}`")


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _typed(settings: "Fragment", inner: "Fragment", present: Any) -> "Fragment":
    """Settings of a mapping with the type that is there instead of one, if that may have all in `inner`."""
    is_kept = isinstance(present, str) and present not in _BARE and _SHARED.issuperset(inner)
    return {**settings, "type": present} if is_kept and "type" in settings and [*inner] != ["type"] else settings


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
