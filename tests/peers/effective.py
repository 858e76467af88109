"""Documents without what the compiler says has no effect; the comparison then shows that this is true."""

import copy
import re
from typing import Any

from resnet_dsl.compiler import find_faults

_MESSAGE = re.compile(r"`(.+)` has no effect here")


def effective(document: dict[str, Any]) -> dict[str, Any]:
    """The document without empty mappings and without keys that have no effect."""
    document = {key: value for key, value in document.items() if value != {}}
    found = [_MESSAGE.fullmatch(fault.message) for fault in find_faults(document) if fault.code == "RD302"]
    if not found:
        return document
    document = copy.deepcopy(document)
    for match in found:
        assert match is not None
        _remove(document, match[1])
    return effective(document)


def _remove(table: dict[str, Any], key: str) -> None:
    """Remove a dotted key; keys of `blocks` have a dot of their own."""
    if key in table:
        del table[key]
        return
    first = next(each for each in sorted(table, key=len, reverse=True) if key.startswith(f"{each}."))
    _remove(table[first], key.removeprefix(f"{first}."))
