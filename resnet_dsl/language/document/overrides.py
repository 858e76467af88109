"""`--set key=value`: a document of one key, with spans into the option."""

import json
from collections.abc import Mapping
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault, Label
from ...diagnostics.source import Source, Span
from ..text.composer import MAX_DEPTH
from ..text.reader import read_value
from ..text.tree import OPTION, Entry, Table, Tree
from .python_data import plain_data

_YAML_BREAKS = {0x85: "\\x85", 0x2028: "\\u2028", 0x2029: "\\u2029"}
"""YAML 1.1 folds at these, JSON does not know them."""


def parse_override(option: str, name: str = OPTION) -> Table:
    """The document that `a.b=value` stands for.

    Raises:
        EnvironmentFault: the option is not of that form.
        SpecError: the value is not YAML.
    """
    source = Source(name, option)
    key, equals, _ = option.partition("=")
    steps = key.strip().split(".")
    if not equals or not all(steps) or steps == ["extends"] or len(steps) > MAX_DEPTH:
        message, help_ = (
            f"an override is `key=value`, found `{option}`",
            "for example `--set stages.depths='[3, 4, 23, 3]'`",
        )
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


def format_override(key: str, value: Any) -> str:
    """The option that sets `key` to a value of Python's.

    Raises:
        SpecError: JSON cannot say the value.
    """
    data = plain_data({key: value})[key]
    return f"{key}={json.dumps(data, ensure_ascii=False).translate(_YAML_BREAKS)}"


def format_overrides(overrides: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(format_override(key, value) for key, value in overrides.items())
