"""Names that look like the one somebody wrote."""

from collections.abc import Iterable

SYNONYMS = {
    "layers": "depths",
    "blocks": "depths",
    "cardinality": "groups",
    "base_width": "width_per_group",
    "swish": "silu",
    "bn": "batch",
    "gn": "group",
    "ln": "layer",
    "gpu": "cuda",
    "half": "float16",
    "double": "float64",
}
"""What other libraries and papers call the same thing."""


def similar(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that means the same as `name` or is most like it, or None where none is close."""
    from difflib import get_close_matches  # only a mistake pays for the import

    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    if (synonym := SYNONYMS.get(name.casefold())) in by_folded:
        return synonym
    matches = get_close_matches(name.casefold()[:64], by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def did_you_mean(name: str, candidates: Iterable[str], noun: str) -> tuple[str, ...]:
    """A help line that names the most similar candidate, or no line."""
    match = similar(name, candidates)
    if match is None:
        return ()
    return (f"a {noun} with {'the same meaning' if name in SYNONYMS else 'a similar name'} exists: `{match}`",)
