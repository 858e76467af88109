"""How channel counts are rounded, as the libraries do it."""


def round_to(number: float, divisor: int) -> int:
    """The multiple of `divisor` nearest to the number, but at least `divisor`; halves round up."""
    return max(divisor, int(number + divisor / 2) // divisor * divisor)
