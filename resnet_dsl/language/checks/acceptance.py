"""JSON Schema -> whether a document satisfies it, as functions; what is wrong with one is for `validator.py` to say."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from .schema import schema

_Check: TypeAlias = Callable[[Any], bool]
_Part: TypeAlias = Mapping[str, Any]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}
_NUMBERS = (int, float)


@cache
def acceptance() -> _Check:
    """Whether a document, as plain data, satisfies the JSON Schema of the language."""
    return _check(schema())


def _check(part: _Part | bool) -> _Check:
    """Whether a value satisfies a part of the schema."""
    if isinstance(part, bool):
        return lambda _: part
    return _all([_KEYWORDS[keyword](value, part) for keyword, value in part.items() if keyword not in _REJECT_NOTHING])


def _all(checks: list[_Check]) -> _Check:
    if len(checks) == 1:
        return checks[0]

    def satisfies(value: Any) -> bool:
        for check in checks:  # noqa: SIM110  # this is faster
            if not check(value):
                return False
        return True

    return satisfies


def _type(names: str | list[str], _: _Part) -> _Check:
    types = {each for name in ([names] if isinstance(names, str) else names) for each in _TYPES[name]}
    return lambda value: type(value) in types


def _enum(values: list[Any], _: _Part) -> _Check:
    known = {(type(each), each) for each in values}  # True is not 1
    return lambda value: type(value) not in (list, dict) and (type(value), value) in known


def _of(types: tuple[type, ...], check: _Check) -> _Check:
    """A check of values of these types, which all others pass."""
    return lambda value: type(value) not in types or check(value)


def _properties(parts: Mapping[str, _Part], _: _Part) -> _Check:
    checks = {key: _check(part) for key, part in parts.items()}
    return _of((dict,), lambda value: all(key not in checks or checks[key](each) for key, each in value.items()))


def _additional(allowed: _Part | bool, part: _Part) -> _Check:
    check, known = _check(allowed), part.get("properties", {})
    patterns = [re.compile(pattern) for pattern in part.get("patternProperties", {})]

    def is_known(key: str) -> bool:
        return key in known or any(pattern.search(key) for pattern in patterns)

    return _of((dict,), lambda value: all(is_known(key) or check(each) for key, each in value.items()))


def _pattern_properties(parts: Mapping[str, _Part], _: _Part) -> _Check:
    checks = [(re.compile(pattern), _check(part)) for pattern, part in parts.items()]
    return _of(
        (dict,),
        lambda value: all(
            check(each) for key, each in value.items() for pattern, check in checks if pattern.search(key)
        ),
    )


def _if(condition: _Part, part: _Part) -> _Check:
    applies, then = _check(condition), _check(part.get("then", {}))
    return lambda value: not applies(value) or then(value)


def _not(part: _Part, _: _Part) -> _Check:
    check = _check(part)
    return lambda value: not check(value)


def _any_of(parts: list[_Part], _: _Part) -> _Check:
    checks = [_check(part) for part in parts]
    return lambda value: any(check(value) for check in checks)


def _items(part: _Part, _: _Part) -> _Check:
    check = _check(part)
    return _of((list,), lambda value: all(map(check, value)))


_KEYWORDS: Mapping[str, Callable[[Any, _Part], _Check]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda value, _: _enum([value], {}),
    "minimum": lambda bound, _: _of(_NUMBERS, lambda value: value >= bound),
    "maximum": lambda bound, _: _of(_NUMBERS, lambda value: value <= bound),
    "exclusiveMinimum": lambda bound, _: _of(_NUMBERS, lambda value: value > bound),
    "exclusiveMaximum": lambda bound, _: _of(_NUMBERS, lambda value: value < bound),
    "multipleOf": lambda factor, _: _of(_NUMBERS, lambda value: value % factor == 0),
    "minLength": lambda least, _: _of((str,), lambda value: len(value) >= least),
    "pattern": lambda pattern, _: _of((str,), lambda value: re.search(pattern, value) is not None),
    "minItems": lambda least, _: _of((list,), lambda value: len(value) >= least),
    "maxItems": lambda most, _: _of((list,), lambda value: len(value) <= most),
    "items": _items,
    "required": lambda keys, _: _of((dict,), lambda value: all(key in value for key in keys)),
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "$ref": lambda name, _: _check(schema()["$defs"][name.rpartition("/")[2]]),
    "allOf": lambda parts, _: _all([_check(part) for part in parts]),
    "anyOf": _any_of,
    "not": _not,
    "if": _if,
}
_REJECT_NOTHING = {
    *("$schema", "$id", "$comment", "$defs", "title", "description", "default", "then"),
    *("errorMessage", "patternErrorMessage", "defaultSnippets", "doNotSuggest"),
}
"""The other keywords of the schema, for editors, and those that others refer to."""
