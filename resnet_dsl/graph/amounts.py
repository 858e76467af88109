"""Amounts of memory as people write them."""

import re
from collections.abc import Mapping
from fractions import Fraction

UNITS: Mapping[str, int] = {
    **{f"{prefix}B": 1000**power for power, prefix in enumerate(("", "k", "M", "G", "T"))},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate(("K", "M", "G", "T"), 1)},
    "KB": 1000,
}
"""Unit -> bytes."""

_AMOUNT = re.compile(r"(?P<number>\d{1,19}(?:\.\d{1,9})?) *(?P<unit>[A-Za-z]+)", re.ASCII)


def bytes_in(amount: str) -> int | None:
    """The bytes of an amount such as `24GB` or `16 GiB`, rounded down; None if it is none."""
    found = _AMOUNT.fullmatch(amount.strip())
    if found is None or found["unit"] not in UNITS:
        return None
    return int(Fraction(found["number"]) * UNITS[found["unit"]])
