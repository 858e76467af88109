"""How counts of channels are rounded, as the libraries do it."""


def round_to(number: float, divisor: int) -> int:
    """The multiple of `divisor` that is nearest to the number, at least one of it; a half goes up."""
    return max(divisor, int(number + divisor / 2) // divisor * divisor)
