"""Bounds that `expect` sets, such as `<= 26e6`, `4.1e9 ± 1%` and `<= 8 GB at batch 64`."""

import re
from fractions import Fraction

from ...graph.amounts import UNITS

_NUMBER = r"\d+(?:\.\d+)?(?:[eE]\+?\d+)?"
_COMPARISON = re.compile(
    rf"(?P<sign>[<>]=?) *(?P<number>{_NUMBER}) *(?P<unit>[kKMGT]?i?B)?(?: at batch (?P<batch>\d+))?"
)
_RANGE = re.compile(rf"(?P<number>{_NUMBER}) *(?:±|\+/?-) *(?P<margin>{_NUMBER})(?P<percent>%?)")


def holds(bound: str, value: int) -> bool:
    """Whether a number is within a bound that the schema allows; a bound on memory is in bytes."""
    if (found := _COMPARISON.fullmatch(bound)) is not None:
        limit = Fraction(found["number"]) * UNITS[found["unit"] or "B"]
        match found["sign"]:
            case "<":
                return value < limit
            case "<=":
                return value <= limit
            case ">":
                return value > limit
            case _:
                return value >= limit
    found = _RANGE.fullmatch(bound)
    assert found is not None, bound
    middle, margin = Fraction(found["number"]), Fraction(found["margin"])
    return abs(value - middle) <= (middle * margin / 100 if found["percent"] else margin)


def batch_of(bound: str) -> int:
    """The batch size that a bound on memory names; 1 if it names none."""
    found = _COMPARISON.fullmatch(bound)
    return int(found["batch"] or 1) if found is not None else 1


def met_by(bound: str, value: int) -> str:
    """A bound of the same kind that a number meets."""
    if (with_margin := _RANGE.fullmatch(bound)) is not None:
        return f"{value} ± {with_margin['margin']}{with_margin['percent']}"
    found = _COMPARISON.fullmatch(bound)
    assert found is not None, bound
    unit = " B" * (found["unit"] is not None)
    batch = f" at batch {found['batch']}" if found["batch"] else ""
    return f"{found['sign'][0]}= {value}{unit}{batch}"
