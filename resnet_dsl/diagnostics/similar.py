"""Finding the name the user probably meant."""

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
"""Names for the same thing in other libraries and papers."""

_MIN_RATIO = 0.6
"""Minimum share of characters that two names have in common, in the same order."""


def similar(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is a synonym of `name` or most similar to it, or None if none is close."""
    from difflib import SequenceMatcher  # imported only once a mistake has been made

    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    written = name.casefold()[:64]
    if (synonym := SYNONYMS.get(written)) in by_folded:
        return synonym

    matcher = SequenceMatcher(b=written)

    def score(candidate: str) -> tuple[float, int]:
        matcher.set_seq1(candidate)
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < _MIN_RATIO:
            return 0.0, 0
        beginning = takewhile(lambda pair: pair[0] == pair[1], zip(candidate, written, strict=False))
        return matcher.ratio(), len(list(beginning))

    (ratio, _), best = max(((score(candidate), candidate) for candidate in by_folded), default=((0.0, 0), ""))
    return by_folded[best] if ratio >= _MIN_RATIO else None


def did_you_mean(name: str, candidates: Iterable[str], noun: str) -> tuple[str, ...]:
    """A help that names the most similar candidate, or no help."""
    match = similar(name, candidates)
    if match is None:
        return ()
    return (f"a {noun} with {'the same meaning' if name in SYNONYMS else 'a similar name'} exists: `{match}`",)
