"""What the bundled specs say of themselves, and the words that find them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from resnet_dsl.language.document import gallery
from resnet_dsl.language.document.bundled import FAMILIES, bundled_specs, families
from resnet_dsl.language.document.gallery import entries

from ...helpers import load

FOUND = {
    ("regnet",): (*families()["regnet"], *families()["regnet_torchvision"]),
    ("SE-ResNeXt", "anti-aliased"): ("seresnextaa101d_32x8d", "seresnextaa201d_32x8d"),
    ("group norm",): ("resnet50_gn", "resnetv2_50d_gn", *families()["bit"], "regnety_040_sgn"),
    ("pre activation", "resnetv2"): families()["resnetv2"],
    ("split attention",): families()["resnest"],
    ("cifar", "preactivation"): (
        *(f"kuangliu_preactresnet{depth}" for depth in (18, 34, 50, 101, 152)),
        *(f"wide_resnet{size}" for size in ("16_8", "28_10", "40_2")),
    ),
    ("cifar", "DROPOUT"): ("wide_resnet16_8", "wide_resnet28_10", "wide_resnet40_2"),
    ("1912.11370",): families()["bit"],
    ("akamaster",): tuple(f"akamaster_resnet{depth}" for depth in (20, 32, 44, 56, 110, 1202)),
    ("64x4d", "seresnext"): ("senet154", "seresnext101_64x4d"),
    ("pruned",): ("ecaresnet50d_pruned", "ecaresnet101d_pruned"),
    ("50_32x4d", "legacy"): ("legacy_seresnext50_32x4d",),
}
"""Words -> the specs that they find."""


def test_every_spec_is_an_entry_of_its_family() -> None:
    """Without words, all are there in the order of their families."""
    found = [(each.family, each.name) for each in entries()]
    assert found == [(FAMILIES[family], name) for family, names in families().items() for name in names]


def test_an_entry_says_what_its_spec_says() -> None:
    """Prose and expectations, though the file is not compiled."""
    for entry in entries():
        spec = load(entry.name)
        assert (entry.description, entry.reference) == (spec.description, spec.reference)
        assert (entry.depth, entry.parameters, entry.macs) == (spec.expect.depth, spec.expect.params, spec.expect.macs)


@pytest.mark.parametrize("words", FOUND)
def test_words_find_specs(words: Sequence[str]) -> None:
    """In any part of a name, or where a word of the description or reference begins; all of them, in any order."""
    assert tuple(entry.name for entry in entries(words)) == FOUND[tuple(words)]
    assert list(entries(words)) == list(entries([*reversed(words)]))


def test_a_word_is_not_found_inside_the_words_of_prose() -> None:
    """`volution` is in every other description, and in no name."""
    assert list(entries(["volution"])) == []
    assert list(entries(["convolution"])) != []


def test_signs_have_no_meaning() -> None:
    """Words are no patterns."""
    assert list(entries([".*"])) == []
    assert list(entries(["(32×4d)"])) != []
    assert list(entries(["", " "])) == list(entries())


def test_a_spec_without_figures_is_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundled specs state them; one that does not is not listed with others'."""
    path = tmp_path / "silent.yaml"
    path.write_text("name: silent\nextends: resnet18\n")
    monkeypatch.setattr(gallery, "bundled_specs", lambda: dict.fromkeys(bundled_specs(), path))
    with pytest.raises(ValueError, match="the bundled spec `plain18` states no description, reference or figures"):
        list(entries())
