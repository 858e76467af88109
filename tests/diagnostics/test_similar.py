"""Which name somebody may have meant."""

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
        ("abcd", ["bcda", "abcx"], "abcx"),  # equally many characters: the one that begins like it
        ("resnet", ["resnet18", "resnet50"], "resnet50"),
    ],
)
def test_the_most_similar_name(name: str, candidates: list[str], best: str | None) -> None:
    """In either case; none where less than 60 % of the characters agree."""
    assert similar(name, candidates) == best
    assert similar(name, reversed(candidates)) == best


@pytest.mark.parametrize("word", sorted(SYNONYMS))
def test_what_others_call_it_comes_before_what_looks_like_it(word: str) -> None:
    """Where the language has the word that means the same."""
    assert similar(word, [word[:-1], SYNONYMS[word]]) == SYNONYMS[word]
    assert similar(word.upper(), [SYNONYMS[word]]) == SYNONYMS[word]
    assert similar(word, [f"{word}s"]) == f"{word}s"


def test_of_a_long_name_the_first_64_characters_count() -> None:
    """So that a megabyte costs nothing."""
    assert similar("a" * 64 + "b" * 1000, ["a" * 64]) == "a" * 64
    assert similar("a" * 63 + "b" * 1000, ["a" * 63]) == "a" * 63


def test_a_help_names_what_was_meant() -> None:
    """And says why it is thought to be."""
    assert did_you_mean("dephts", ["depths"], "key") == ("a key with a similar name exists: `depths`",)
    assert did_you_mean("layers", ["depths"], "key") == ("a key with the same meaning exists: `depths`",)
    assert did_you_mean("xyz", ["depths"], "key") == ()
