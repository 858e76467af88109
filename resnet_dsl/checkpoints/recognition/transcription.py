"""A recognised network -> the text of its spec, with comments on values that shapes do not reveal."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...language.text.writer import flow, write
from ...limits import MAX_NAME
from .recognition import Recognised
from .unseen import unseen

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_ENDING = re.compile(r"(?:\.\w+\.index\.json|\.pth?\.tar|\.[^.]*)\Z", re.ASCII)
_NAMELESS = re.compile(r"<.*>", re.DOTALL)
"""What stands for the name of weights that are in no file."""
_KEY = re.compile(r"( *)([\w$]+):")
_INDENT = 2


def transcribe(found: Recognised, file: str, *, library: str = "") -> str:
    """The spec as YAML.

    Args:
        found: the network.
        file: the name of the weights file, from which the spec's name is derived.
        library: the library whose networks have the preferred values.
    """
    text = "".join(_written(key, value) for key, value in {"name": _name(file), **found.document}.items())
    in_file = f"the names and shapes in {_NOT_IN_NAMES.sub('_', file)}"
    source = "names and shapes of weights" if _NAMELESS.fullmatch(file) else in_file
    head = f"# Inferred from {source}. Values they do not reveal are marked: convention."
    comments = {key: f"convention: {reason}" for key, reason in found.conventions.items()}
    if library:
        comments |= dict.fromkeys(found.preferred, f"convention of {library}")
    return "\n".join([head, *_commented(text, comments), *unseen(found), ""])


def _name(file: str) -> str:
    """A name for the spec, derived from the file's."""
    stem = _ENDING.sub("", "net" if _NAMELESS.fullmatch(file) else file) or file
    name = _NOT_IN_NAMES.sub("_", stem)[:MAX_NAME]
    return name if name[:1].isalpha() else f"net_{name}"[:MAX_NAME]


def _written(key: str, value: Any) -> str:
    """One key as YAML, with a line for each single block."""
    if key != "blocks":
        return write({key: value})
    return "".join([f"{key}:\n", *(f"  {name}: {flow(values)}\n" for name, values in value.items())])


def _commented(text: str, comments: Mapping[str, str]) -> Iterator[str]:
    """The lines of the text, each with the comment on its key."""
    path: list[str] = []
    for line in text.splitlines():
        match = _KEY.match(line)
        if match is not None:
            path = [*path[: len(match[1]) // _INDENT], match[2]]
        key = ".".join(path) if match is not None else ""
        yield f"{line}  # {comments[key]}" if key in comments else line
