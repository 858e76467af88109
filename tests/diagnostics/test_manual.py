"""The diagnostics page, split into sections."""

from pathlib import Path

import pytest

from resnet_dsl.diagnostics import manual
from resnet_dsl.diagnostics.manual import as_code, ranges, sections


def test_sections_are_read_from_checkout_or_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is in `docs` of a checkout or inside an installed package; each section ends with one line break."""
    package = tmp_path / "package"
    monkeypatch.setattr(manual, "_PACKAGE", package)
    (tmp_path / "docs").mkdir()
    package.mkdir()
    page = tmp_path / "docs" / "diagnostics.md"
    page.write_text("# Page\n\n## RD001: öne\n\nText.\n\n## Other\n\n## RD202: two\n\nMore.\n\n\n", "utf-8")
    try:
        sections.cache_clear()
        assert sections() == {"RD001": "## RD001: öne\n\nText.\n\n## Other\n", "RD202": "## RD202: two\n\nMore.\n"}
        (package / "diagnostics.md").write_text("## RD303: three\n", "utf-8")
        sections.cache_clear()
        assert sections() == {"RD303": "## RD303: three\n"}
    finally:
        sections.cache_clear()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RD203", "RD203"),
        ("rd203", "RD203"),
        ("203", "RD203"),
        ("rd2", "RD2"),
        ("RD2O3", "RD2O3"),
        ("RD", None),
        ("20", None),
        ("2030", None),
        ("RD203.yaml", None),
        ("./203", None),
    ],
)
def test_texts_that_look_like_a_code(text: str, expected: str | None) -> None:
    """A code is recognised without its letters, with a letter for a digit, or with a digit missing or too many."""
    assert as_code(text) == expected


def test_ranges_of_codes() -> None:
    """Three or more in a row are written with a dash."""
    assert ranges(["RD001", "RD002", "RD003", "RD009", "RD022", "RD023"]) == "RD001 – RD003, RD009, RD022, RD023"
