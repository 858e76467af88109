"""Finding the name that a misspelt one was meant to be."""

from collections.abc import Iterable

from ..limits import MAX_NAME

_MIN_RATIO = 0.75
"""Share of characters that two names have in common, in the same order."""
_DIFFERENCE = 2
"""Characters that one may have more than the other."""


def similar(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is most similar to `name`, or None if none is close.

    Case, `_`, `-` and spaces do not count. Digits do: `resnet51` is no misspelling of `resnet50`.
    """
    from difflib import SequenceMatcher  # imported only once a mistake has been made

    written = _letters(name[:MAX_NAME])
    matcher = SequenceMatcher(b=written)

    def ratio(candidate: str) -> float:
        letters = _letters(candidate)
        matcher.set_seq1(letters)
        is_alike = _digits(letters) == _digits(written) and abs(len(letters) - len(written)) <= _DIFFERENCE
        return matcher.ratio() if is_alike and matcher.quick_ratio() >= _MIN_RATIO else 0.0

    best, match = max(((ratio(candidate), candidate) for candidate in candidates), default=(0.0, None))
    return match if best >= _MIN_RATIO else None


def did_you_mean(name: str, candidates: Iterable[str], noun: str) -> tuple[str, ...]:
    """A help that names the most similar candidate, or no help."""
    match = similar(name, candidates)
    return () if match is None else (f"a {noun} with a similar name exists: `{match}`",)


def _letters(name: str) -> str:
    return "".join(character for character in name.casefold() if character not in "_- ")


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))
