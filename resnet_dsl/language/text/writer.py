"""Plain data -> YAML text that every YAML reader interprets the same way."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import yaml

from .tree import Path, Plain

_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Characters that only YAML 1.1 treats as line breaks, and folds."""
_ALIGNED = 40
"""Longer lines have their comment right after them, so that the others stay near their values."""


class _Quoting:
    """Quotes every string that some reader, including ours, might not read as a string."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Dumper(_Quoting, yaml.SafeDumper):
    """Writes every printable character as it is."""


class _FastDumper(_Quoting, getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    r"""Writes the same many times as fast, but for escapes such as `\U0001F600` in place of rare characters."""


for _dumper in (_Dumper, _FastDumper):
    _dumper.add_implicit_resolver(
        "tag:yaml.org,2002:float", re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][-+]?[0-9]+$"), list("-0123456789")
    )
    _dumper.add_representer(
        str,
        lambda dumper, text: dumper.represent_scalar(
            "tag:yaml.org,2002:str", text, '"' if _BREAKS.search(text) else None
        ),
    )
    _dumper.add_representer(
        list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
    )


def write(data: Plain) -> str:
    """The data as YAML: mappings with one key per line in their own order, lists in brackets."""
    return _dump(data, flow_style=False, width=100)


def flow(data: Plain) -> str:
    """The data as YAML on one line: mappings in braces, lists in brackets."""
    return _dump(data, flow_style=True, width=2**30).removesuffix("\n").removesuffix("\n...")


def _dump(data: Plain, *, flow_style: bool, width: int) -> str:
    settings: dict[str, Any] = {
        "sort_keys": False,
        "allow_unicode": True,
        "default_flow_style": flow_style,
        "width": width,
    }
    text: str
    with suppress(UnicodeEncodeError):  # of half a surrogate pair
        text = yaml.dump(data, Dumper=_FastDumper, **settings)
        if "\\U" not in text:
            return text
    text = yaml.dump(data, Dumper=_Dumper, **settings)
    return text


def write_commented(data: Mapping[str, Plain], comments: Mapping[Path, str]) -> str:
    """The data as YAML with a comment of one line after each value that has one, aligned where values are short."""
    lines = list(_lines(data, (), comments))
    column = max((len(line) for line, comment in lines if comment and len(line) <= _ALIGNED), default=0)
    return "".join(f"{line.ljust(column)}  # {comment}\n" if comment else f"{line}\n" for line, comment in lines)


def _lines(data: Mapping[str, Plain], path: Path, comments: Mapping[Path, str]) -> Iterator[tuple[str, str]]:
    """The lines, and the comment that each ends with."""
    indent = "  " * len(path)
    for key, value in data.items():
        if isinstance(value, dict):
            yield f"{indent}{key}:", ""
            yield from _lines(value, (*path, key), comments)
        else:
            *others, last = write({key: value}).removesuffix("\n").split("\n")
            yield from ((f"{indent}{line}", "") for line in others)
            yield f"{indent}{last}", comments.get((*path, key), "")
