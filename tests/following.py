"""Does what the help of a diagnostic says, as somebody who edits the spec would."""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.source import Source, Span
from resnet_dsl.language.text.reader import decode, read, read_value
from resnet_dsl.language.text.tree import Path, Sequence, Table, Tree, to_plain

_WRITE = re.compile(r"(?:.*, )?write (?:for example )?(`.*?`)(?: under `([\w.]+)`| (at the top level)|)")
_SIMILAR = re.compile(r"a (key|value|bundled spec) with a similar name exists: `(.*)`")
_SPACE = re.compile(r"put a space after the colon: `(.*)`")
_DEFAULT = re.compile(r"(?:remove the key|remove it with `\w+: null`), or set it to its default, `(.*)`")
_USE_KEY = re.compile(r"use `([\w.]+): (.*)`, which fits")
_USE_NUMBER = re.compile(r"use ([\d,]+)(?: or ([\d,]+))? groups? for .*")
_INDENT = re.compile(r"indent (.*) below it")
_CHANGE = re.compile(r"change `([\w.]+)` to `(.*)`")
_REMOVED = re.compile(r"remove `([\w.]+)`")
_REMOVED_ONE = re.compile(r"remove (`[\w.]+`(?:(?: and|,? or) `[\w.]+`)*)")
_REMOVE = re.compile(r"remove the key(, or write keys of .*)?")


def followed(text: str, fault: Diagnostic) -> Iterator[dict[str, Any]]:
    """The spec after what each of the helps says to do, as plain data; for each choice if it leaves one.

    Raises:
        ValueError: a help says nothing that could be done.
    """
    assert fault.span is not None
    tree = read(decode("test", text.encode()))
    for help_ in fault.helps:
        yield from _followed(tree, _path(tree, fault.span), _is_key(tree, fault.span), fault, help_)


def followed_together(text: str, fault: Diagnostic) -> dict[str, Any]:
    """The spec after what all the helps say to do, with the first choice where one leaves several."""
    first, *others = fault.helps
    document = next(followed(text, replace(fault, helps=(first,))))
    for help_ in others:
        match = _WRITE.fullmatch(help_)
        line = _line(match[1][1:-1]) if match else None
        assert match is not None, help_
        assert line is not None, help_
        document = _merged(document, tuple(match[2].split(".")) if match[2] else (), line)
    return document


def _followed(tree: Table, path: Path, is_key: bool, fault: Diagnostic, help_: str) -> Iterator[dict[str, Any]]:
    document: Any = to_plain(tree)
    if match := _SPACE.fullmatch(help_):
        yield _replaced(document, path, is_key, _line(match[1]))
    elif match := _SIMILAR.fullmatch(help_):
        value = _at(document, path)
        yield (
            _replaced(document, path, is_key, {match[2]: value})
            if match[1] == "key"
            else _set(document, path, match[2])
        )
    elif match := _DEFAULT.fullmatch(help_):
        yield _without(document, path)
        yield _set(document, path, _value(match[1]))
    elif match := _INDENT.fullmatch(help_):
        moved = {key: document[key] for key in re.findall(r"`(\w+)`", match[1])}
        rest: Any = {key: value for key, value in document.items() if key not in moved}
        yield _set(rest, path, moved)
    elif match := _REMOVED_ONE.fullmatch(help_):
        for side in re.split(",? or ", match[1]):
            rest = document
            for key in re.findall(r"[\w.]+", side.replace(" and ", " ")):
                rest = _without(rest, tuple(key.split(".")))
            yield rest
    elif _REMOVE.fullmatch(help_):
        yield _without(document, path)
    elif match := _USE_KEY.fullmatch(help_):
        yield _set(document, tuple(match[1].split(".")), _value(match[2]))
    elif match := _USE_NUMBER.fullmatch(help_):
        for number in filter(None, match.groups()):
            yield _set(document, path, int(number.replace(",", "")))
    elif match := _WRITE.fullmatch(help_):
        for choice in re.split(r"`, `|` or `", match[1][1:-1]):
            yield _written(document, path, is_key, fault, choice, match[2], bool(match[3]))
    else:
        raise ValueError(help_)


def _written(
    document: Any, path: Path, is_key: bool, fault: Diagnostic, choice: str, section: str | None, is_top: bool
) -> dict[str, Any]:
    line = _line(choice)
    if line is None:
        return _set(document, path, _value(choice))
    if fault.code == "RD202":
        missing = fault.message.removeprefix("missing key `").removesuffix("`").replace("[", ".").replace("]", "")
        return _merged(document, _steps(missing)[:-1], line)
    place = tuple(section.split(".")) if section else ()
    if fault.code in ("RD301", "RD306", "RD307"):
        return _merged(document, place, line)
    rest = _without(document, path)
    if section or is_top:
        return _merged(rest, place, line)
    return _merged(rest, path[:-1], line)


def _steps(dotted: str) -> Path:
    """The steps of a path as messages write it; the names of blocks have dots, and indices are in brackets."""
    found = re.findall(r"layer\d+\.(?:\*|\d+)|[^.\[\]]+", dotted)
    return tuple(int(step) if step.isdigit() else step for step in found)


def _line(text: str) -> dict[str, Any] | None:
    """Keys and values as they stand in braces, or None if the text is a value."""
    if not re.match(r"[\w$]+: ", text):
        return None
    value: Any = _value(f"{{{text}}}")
    return dict(value)


def _value(text: str) -> Any:
    return to_plain(read_value(Source("help", text), 0))


def _path(tree: Tree, span: Span) -> Path:
    """The path of the key or value at a place."""
    return min((path for path, place, _ in _places(tree, ()) if place == span), key=len, default=())


def _is_key(tree: Tree, span: Span) -> bool:
    return any(place == span and is_key for _, place, is_key in _places(tree, ()))


def _places(tree: Tree, path: Path) -> Iterator[tuple[Path, Span, bool]]:
    yield path, tree.span, False
    match tree:
        case Table():
            for key, entry in tree.entries.items():
                yield (*path, key), entry.key, True
                yield from _places(entry.value, (*path, key))
        case Sequence():
            for index, item in enumerate(tree.items):
                yield from _places(item, (*path, index))


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _set(document: Any, path: Path, value: Any) -> dict[str, Any]:
    result = deepcopy(document)
    place = result
    for step in path[:-1]:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    place[path[-1]] = value
    return dict(result)


def _without(document: Any, path: Path) -> dict[str, Any]:
    result = deepcopy(document)
    del _at(result, path[:-1])[path[-1]]
    return dict(result)


def _replaced(document: Any, path: Path, is_key: bool, line: Any) -> dict[str, Any]:
    if not is_key:
        return _set(document, path, line)
    return _merged(_without(document, path), path[:-1], line)


def _merged(document: Any, path: Path, line: Mapping[str, Any]) -> dict[str, Any]:
    """The document with these keys in the mapping at a path, mappings among them merged."""
    result = deepcopy(document)
    place = result
    for step in path:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    for key, value in line.items():
        if isinstance(value, dict) and isinstance(place.get(key), dict):
            place[key] = place[key] | value
        else:
            place[key] = value
    return dict(result)


def changed(document: Mapping[str, Any], helps: Iterable[str]) -> dict[str, Any]:
    """The spec after all the changes that helps ask for, at once."""
    result: Any = deepcopy(dict(document))
    for help_ in helps:
        if match := _CHANGE.fullmatch(help_):
            *sections, key = match[1].split(".")
            table = result
            for section in sections:
                if not isinstance(inner := table.setdefault(section, {}), dict):
                    table[section] = {"type": inner}  # a short form
                table = table[section]
            table[key] = _value(match[2])
        elif match := _REMOVED.fullmatch(help_):
            result = _without(result, tuple(match[1].split(".")))
    return dict(result)
