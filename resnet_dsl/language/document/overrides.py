"""`--set key=value`: a document with one key and spans into the option."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault, Label
from ...diagnostics.source import Source, Span
from ...limits import MAX_NESTING
from ..text.reader import read_value
from ..text.tree import Entry, Path, Table, Tree, find
from .lineage import OPTION
from .python_data import plain_data

_ITEM = re.compile(r"(?<=.)(?:\.[0-9]+|\[[0-9]+\])(?=\.|$)")
"""The number of an item, as in `depths[2]` and `depths.2`."""
_YAML_BREAKS = {0x85: "\\x85", 0x2028: "\\u2028", 0x2029: "\\u2029"}
"""Line breaks in YAML 1.1 but not in JSON."""


def parse_override(option: str, name: str = OPTION) -> Table:
    """The document that `a.b=value` represents.

    Raises:
        EnvironmentFault: the option does not have that form.
        SpecError: the value is not YAML.
    """
    source = Source(name, option)
    key, equals, _ = option.partition("=")
    steps = key_steps(key.strip())
    item = _ITEM.search(".".join(step for index, step in enumerate(steps) if (steps[0], index) != ("blocks", 1)))
    if not equals or not all(steps) or item or steps == ["extends"] or len(steps) > MAX_NESTING:
        message, help_ = (
            f"an override must have the form `key=value`, found `{option}`",
            "write for example `--set stages.depths='[3, 4, 23, 3]'`",
        )
        if equals and item:
            message = "an override sets a whole list, not one item of it"
            help_ = "write the whole list, as in `--set stages.depths='[3, 4, 23, 3]'`"
        if steps == ["extends"]:
            message, help_ = "`extends` cannot be overridden", "name the other spec instead of this one"
        label = Label(Span(source, 0, len(option)))
        raise EnvironmentFault(Diagnostic(code="RD024", message=message, labels=(label,), helps=(help_,)))
    value: Tree = read_value(source, len(key) + 1)
    end = len(key.rstrip())
    for step in reversed(steps):
        start = end - len(step)
        value = Table({step: Entry(Span(source, start, end), value)}, Span(source, start, len(option)))
        end = start - 1
    assert isinstance(value, Table)
    return value


def key_steps(key: str) -> list[str]:
    """The keys that a dotted one consists of; the name of a block has a dot in it."""
    steps = key.split(".")
    if steps[0] == "blocks" and len(steps) > 2:
        steps[1:3] = [".".join(steps[1:3])]
    return steps


def format_override(key: str, value: Any) -> str:
    """The option that sets `key` to a Python value.

    Raises:
        SpecError: JSON cannot represent the value.
        EnvironmentFault: the key contains an equals sign.
    """
    if "=" in str(key):
        raise EnvironmentFault(Diagnostic(code="RD024", message=f"the key of an override contains `=`: `{key}`"))
    data = plain_data({key: value})[key]
    return f"{key}={json.dumps(data, ensure_ascii=False).translate(_YAML_BREAKS)}"


Overrides: TypeAlias = Sequence[str] | Mapping[str, Any]
"""Strings `"key=value"` as for `--set`, or values by dotted key; a value may be a mapping of further keys."""


def as_options(overrides: Overrides) -> tuple[str, ...]:
    """The overrides in the form of `--set`.

    Raises:
        SpecError: JSON cannot represent a value.
    """
    if isinstance(overrides, Mapping):
        return tuple(format_override(key, value) for key, value in overrides.items())
    return tuple(overrides)


def sets(overrides: Overrides, path: Path) -> bool:
    """Whether the overrides, already known to be readable, set the key at `path`."""
    patches = (parse_override(option) for option in as_options(overrides))
    return any(find(patch, path) is not None for patch in patches)
