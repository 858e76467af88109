"""Values of Python's and of its libraries as plain data, which YAML and JSON can say."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, SpecError
from ...limits import MAX_BYTES, MAX_DIGITS, MAX_NESTING, MAX_VALUES
from ..text.tree import Path, dotted


def plain_data(value: Any) -> Any:
    """The value in Python's own types, subclasses of them made plain.

    Raises:
        SpecError: it holds something that JSON cannot say, or more than a spec may hold.
    """
    return _Plain().of(value, ())


class _Plain:
    """Counts what it has seen."""

    def __init__(self) -> None:
        self.values = 0

    def of(self, value: Any, path: Path) -> Any:
        self.values += 1
        if len(path) > MAX_NESTING:
            raise _fault("RD006", f"values are nested more than {MAX_NESTING} levels deep")
        if self.values > MAX_VALUES:
            raise _fault("RD006", f"the mapping holds more than {MAX_VALUES:,} values")
        match value:
            case None | bool():
                return value
            case int() if abs(value) >= 10**MAX_DIGITS:
                raise _fault("RD011", f"`{dotted(path)}` is out of range")
            case int():
                return int(value)
            case float() if not isfinite(value):
                raise _fault("RD011", f"`{dotted(path)}` is out of range")
            case float():  # numpy's is one of Python's, and PyYAML writes no subclasses
                return float(value)
            case str() if len(value) > MAX_BYTES:
                raise _fault("RD003", f"`{dotted(path)}` is larger than {MAX_BYTES:,} characters")
            case str():
                return str.__str__(value)
            case Mapping():
                return {_key(key, path): self.of(item, (*path, str(key))) for key, item in value.items()}
            case list() | tuple():
                return [self.of(item, (*path, index)) for index, item in enumerate(value)]
            case _:
                raise _fault("RD201", f"`{dotted(path)}` is a `{type(value).__name__}`, which YAML cannot say")


def _key(key: Any, path: Path) -> str:
    if not isinstance(key, str):
        where = f" in `{dotted(path)}`" if path else ""
        raise _fault("RD010", f"a key is a string, found `{key!r}`{where}")
    return key


def _fault(code: str, message: str) -> SpecError:
    return SpecError(Diagnostic(code=code, message=message))
