"""A recognised network -> the text of its spec, with comments on values that shapes do not reveal."""

import re
from collections.abc import Mapping

from ..language.text.writer import write
from ..limits import MAX_NAME
from .recognition import Recognised

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_KEY = re.compile(r"( *)([\w$]+):")


def transcribe(found: Recognised, file: str) -> str:
    """The spec as YAML.

    Args:
        found: the network.
        file: the name of the weights file, from which the spec's name is derived.
    """
    text = write({"name": _name(file), **found.document})
    source = _NOT_IN_NAMES.sub("_", file)
    head = f"# Inferred from the names and shapes in {source}. Values they do not reveal are marked: convention."
    return f"{head}\n{_commented(text, found.conventions)}"


def _name(file: str) -> str:
    """A name for the spec, derived from the file's."""
    name = _NOT_IN_NAMES.sub("_", file.rpartition(".")[0] or file)[:MAX_NAME]
    return name if name[:1].isalpha() else f"net_{name}"[:MAX_NAME]


def _commented(text: str, conventions: Mapping[str, str]) -> str:
    """The text with a comment after each key whose value is only conventional."""
    lines, section = [], ""
    for line in text.splitlines():
        match = _KEY.match(line)
        key = ""
        if match is not None:
            key = match[2] if not match[1] else f"{section}.{match[2]}"
            section = section if match[1] else match[2]
        reason = conventions.get(key)
        lines.append(f"{line}  # convention: {reason}" if reason else line)
    return "\n".join(lines) + "\n"
