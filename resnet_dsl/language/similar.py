"""Names that look like the one somebody wrote."""

from collections.abc import Iterable


def similar(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `name`, or None where none is close."""
    from difflib import get_close_matches  # only a mistake pays for the import

    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    matches = get_close_matches(name.casefold()[:64], by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def did_you_mean(name: str, candidates: Iterable[str], noun: str) -> tuple[str, ...]:
    """A help line that names the most similar candidate, or no line."""
    match = similar(name, candidates)
    return () if match is None else (f"a {noun} with a similar name exists: `{match}`",)
