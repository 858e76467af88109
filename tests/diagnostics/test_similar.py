"""Suggestions for misspelt names."""

import pytest

from resnet_dsl.diagnostics.similar import SYNONYMS, did_you_mean, similar


@pytest.mark.parametrize(
    ("name", "candidates", "best"),
    [
        ("dephts", ["widths", "depths", "strides"], "depths"),
        ("STEM", ["stem", "stage"], "stem"),
        ("se", ["SE", "eca"], "SE"),
        ("abcde", ["abcxy"], "abcxy"),  # 3 of 5 characters: just enough
        ("abcde", ["abxyz"], None),
        ("ab", ["cd"], None),
        ("", ["a"], None),
        ("a", [], None),
        ("abcd", ["bcda", "abcx"], "abcx"),  # a tie: the one with the longer common prefix wins
        ("resnet", ["resnet18", "resnet50"], "resnet50"),
    ],
)
def test_the_most_similar_name(name: str, candidates: list[str], best: str | None) -> None:
    """The comparison ignores case, and finds no match if less than 60 % of the characters agree."""
    assert similar(name, candidates) == best
    assert similar(name, reversed(candidates)) == best


@pytest.mark.parametrize("word", sorted(SYNONYMS))
def test_synonyms_take_precedence_over_similar_names(word: str) -> None:
    """A synonym wins if its target is a candidate."""
    assert similar(word, [word[:-1], SYNONYMS[word]]) == SYNONYMS[word]
    assert similar(word.upper(), [SYNONYMS[word]]) == SYNONYMS[word]
    assert similar(word, [f"{word}s"]) == f"{word}s"


def test_only_the_first_64_characters_of_a_name_count() -> None:
    """Longer names are cut, so that a name of a megabyte takes no time."""
    assert similar("a" * 64 + "b" * 1000, ["a" * 64]) == "a" * 64
    assert similar("a" * 63 + "b" * 1000, ["a" * 63]) == "a" * 63


def test_the_help_names_the_suggestion() -> None:
    """The help names the match and says whether it is similar or synonymous."""
    assert did_you_mean("dephts", ["depths"], "key") == ("a key with a similar name exists: `depths`",)
    assert did_you_mean("layers", ["depths"], "key") == ("a key with the same meaning exists: `depths`",)
    assert did_you_mean("xyz", ["depths"], "key") == ()
