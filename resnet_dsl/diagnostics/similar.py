"""Names that look like the one somebody wrote."""

from collections.abc import Iterable
from itertools import takewhile

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

_LIKE_ENOUGH = 0.6
"""Share of the characters that two names have in common, in the same order."""


def similar(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that means the same as `name` or is most like it, or None where none is close."""
    from difflib import SequenceMatcher  # only a mistake pays for the import

    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    written = name.casefold()[:64]
    if (synonym := SYNONYMS.get(written)) in by_folded:
        return synonym

    matcher = SequenceMatcher(b=written)

    def likeness(candidate: str) -> tuple[float, int]:
        matcher.set_seq1(candidate)
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < _LIKE_ENOUGH:
            return 0.0, 0
        beginning = takewhile(lambda pair: pair[0] == pair[1], zip(candidate, written, strict=False))
        return matcher.ratio(), len(list(beginning))

    (ratio, _), best = max(((likeness(candidate), candidate) for candidate in by_folded), default=((0.0, 0), ""))
    return by_folded[best] if ratio >= _LIKE_ENOUGH else None


def did_you_mean(name: str, candidates: Iterable[str], noun: str) -> tuple[str, ...]:
    """A help line that names the most similar candidate, or no line."""
    match = similar(name, candidates)
    if match is None:
        return ()
    return (f"a {noun} with {'the same meaning' if name in SYNONYMS else 'a similar name'} exists: `{match}`",)
