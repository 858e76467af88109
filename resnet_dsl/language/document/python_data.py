"""Python values as plain data that YAML and JSON can represent."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, SpecError
from ...limits import MAX_BYTES, MAX_DIGITS, MAX_NESTING, MAX_VALUES
from ..text.tree import Path, dotted


def plain_data(value: Any) -> Any:
    """The value in built-in types, with instances of their subclasses converted.

    Raises:
        SpecError: it contains something that JSON cannot represent, or more than a spec may contain.
    """
    return _Converter().convert(value, ())


class _Converter:
    """Converts values and counts them."""

    def __init__(self) -> None:
        self.values = 0

    def convert(self, value: Any, path: Path) -> Any:
        self.values += 1
        if len(path) > MAX_NESTING:
            raise _fault("RD006", f"values are nested more than {MAX_NESTING} levels deep")
        if self.values > MAX_VALUES:
            raise _fault("RD006", f"the mapping contains more than {MAX_VALUES:,} values")
        match value:
            case None | bool():
                return value
            case int() if abs(value) >= 10**MAX_DIGITS:
                raise _fault("RD011", f"`{dotted(path)}` is out of range")
            case int():
                return int(value)
            case float() if not isfinite(value):
                raise _fault("RD011", f"`{dotted(path)}` is out of range")
            case float():  # numpy.float64 is a subclass of float, which PyYAML does not write
                return float(value)
            case str() if len(value) > MAX_BYTES:
                raise _fault("RD003", f"`{dotted(path)}` is larger than {MAX_BYTES:,} characters")
            case str():
                return str.__str__(value)
            case Mapping():
                return {_key(key, path): self.convert(item, (*path, str(key))) for key, item in value.items()}
            case list() | tuple():
                return [self.convert(item, (*path, index)) for index, item in enumerate(value)]
            case _:
                raise _fault(
                    "RD201", f"`{dotted(path)}` has type `{type(value).__name__}`, which YAML cannot represent"
                )


def _key(key: Any, path: Path) -> str:
    if not isinstance(key, str):
        where = f" in `{dotted(path)}`" if path else ""
        raise _fault("RD010", f"keys must be strings, found `{key!r}`{where}")
    return key


def _fault(code: str, message: str) -> SpecError:
    return SpecError(Diagnostic(code=code, message=message))
