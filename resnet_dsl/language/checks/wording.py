"""Lists of words in a sentence."""


def quoted(names: list[str], last: str = "and") -> str:
    """`` `a`, `b` and `c` ``."""
    return joined([f"`{name}`" for name in names], last)


def joined(words: list[str], last: str = "and") -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(count: int, noun: str) -> str:
    """`1 value`, `2 values`."""
    return f"{count:,} {noun}{'s' * (count != 1)}"
