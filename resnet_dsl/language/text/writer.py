"""Plain data -> YAML text that every YAML reader interprets the same way."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from .tree import Path, Plain

_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Characters that only YAML 1.1 treats as line breaks, and folds."""
_ALIGNED = 40
"""Longer lines have their comment right after them, so that the others stay near their values."""


class _Dumper(yaml.SafeDumper):
    """Quotes every string that some reader, including ours, might not read as a string."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][-+]?[0-9]+$"), list("-0123456789")
)
_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, '"' if _BREAKS.search(text) else None),
)
_Dumper.add_representer(
    list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)


def write(data: Plain) -> str:
    """The data as YAML: mappings with one key per line in their own order, lists in brackets."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=100
    )
    return text


def flow(data: Plain) -> str:
    """The data as YAML on one line: mappings in braces, lists in brackets."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=True, width=2**30
    )
    return text.removesuffix("\n").removesuffix("\n...")


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
