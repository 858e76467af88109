"""Suggestions for misspelt names."""

import pytest

from resnet_dsl.diagnostics.similar import did_you_mean, similar


@pytest.mark.parametrize(
    ("name", "candidates", "best"),
    [
        ("dephts", ["widths", "depths", "strides"], "depths"),
        ("STEM", ["stem", "stage"], "stem"),
        ("zero-residual", ["zero_residual"], "zero_residual"),
        ("ec", ["SE", "eca"], "eca"),
        ("nmae", ["name"], "name"),  # 3 of 4 characters: just enough
        ("nxye", ["name"], None),
        ("ab", ["cd"], None),
        ("", ["a"], None),
        ("a", [], None),
        ("se", ["stem"], None),
        ("drop_block", ["block", "drop_path"], None),  # too many characters more, and too many others
        ("resnet", ["resnet18", "resnet50"], None),
        ("resnet51", ["resnet50", "resnet56", "resnet152"], None),
        ("ResNet-50", ["resnet50", "resnet56"], "resnet50"),
        ("resent50", ["resnet50", "resnext50_32x4d"], "resnet50"),
    ],
)
def test_the_most_similar_name(name: str, candidates: list[str], best: str | None) -> None:
    """Case and separators do not count, digits must be the same, and three quarters of the characters agree."""
    assert similar(name, candidates) == best
    assert similar(name, reversed(candidates)) == best


def test_only_the_first_64_characters_of_a_name_count() -> None:
    """Longer names are cut, so that a name of a megabyte takes no time."""
    assert similar("a" * 64 + "b" * 1000, ["a" * 64]) == "a" * 64


def test_the_help_names_the_suggestion() -> None:
    """There is no help without one."""
    assert did_you_mean("dephts", ["depths"], "key") == ("a key with a similar name exists: `depths`",)
    assert did_you_mean("xyz", ["depths"], "key") == ()
