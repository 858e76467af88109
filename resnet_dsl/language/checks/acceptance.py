"""Whether a document satisfies the JSON Schema of the language, at once; only this file imports jsonschema_rs.

What is wrong with one that does not is for `validator.py` to say, which takes a hundred times as long.
"""

from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from .schema import schema


def is_accepted(document: Any) -> bool:
    """Whether plain data satisfies the schema for sure.

    Not sure is `64.0`, which JSON Schema takes for an integer, and a text that is no Unicode.
    """
    try:
        return not _has_whole_float(document) and _validator().is_valid(document)
    except UnicodeEncodeError:
        return False


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _has_whole_float(value: Any) -> bool:
    match value:
        case float():
            return value.is_integer()
        case dict():
            return any(map(_has_whole_float, value.values()))
        case list():
            return any(map(_has_whole_float, value))
        case _:
            return False
