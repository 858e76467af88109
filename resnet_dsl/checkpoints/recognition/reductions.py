"""Numbers of channels, and what they were reduced to -> the ratios that do that, of which shapes reveal only the
rounded products."""

from collections.abc import Collection, Iterable, Iterator
from math import ceil, gcd

_MOST_DIGITS = 9
_FEW = 0.9
"""Where a result would be less than this part of the product, some roundings add one divisor."""


def divisors(reduced: Collection[int]) -> Iterator[int]:
    """The numbers that all reduced channels are multiples of."""
    common = gcd(*reduced)
    return (number for number in range(1, common + 1) if common % number == 0)


def ratios(pairs: Iterable[tuple[int, int]], divisor: int, *, not_much_less: bool = False) -> Iterator[float]:
    """Ratios with few digits that make of each first number the second, but for how halves are rounded.

    Args:
        pairs: channels, and what they are reduced to.
        divisor: what the reduced channels are multiples of.
        not_much_less: whether a divisor is added where the result would be much less than the product.
    """
    low, high = 0.0, 1.0
    for channels, reduced in dict.fromkeys(pairs):
        least, most = reduced - divisor / 2, reduced + divisor / 2
        if not_much_less:
            least, most = min(least, (reduced - divisor) / _FEW), min(most, reduced / _FEW)
        low = max(low, least / channels if reduced > divisor else 0.0)
        high = min(high, most / channels)
    for digits in range(1, _MOST_DIGITS + 1):
        first = max(1, ceil(low * 10**digits))
        yield from (number / 10**digits for number in (first, first + 1) if number / 10**digits <= high)
