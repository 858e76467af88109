"""How channel counts are rounded, as the libraries do it."""


def round_to(number: float, divisor: int, least: int = 0) -> int:
    """The multiple of `divisor` nearest to the number, but at least `least`, or else `divisor`; halves round up."""
    return max(least or divisor, int(number + divisor / 2) // divisor * divisor)


def round_to_not_much_less(number: float, divisor: int, least: int = 0) -> int:
    """The same, but one `divisor` more where the result would be less than nine tenths of the number."""
    rounded = round_to(number, divisor, least)
    return rounded + divisor if rounded < 0.9 * number else rounded
