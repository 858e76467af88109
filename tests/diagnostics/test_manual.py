"""The diagnostics page, split into sections."""

from pathlib import Path

import pytest

from resnet_dsl.diagnostics import manual
from resnet_dsl.diagnostics.manual import is_code, sections


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
    ("text", "expected"), [("RD203", True), ("rd2", True), ("RD2O3", True), ("RD", False), ("RD203.yaml", False)]
)
def test_texts_that_look_like_a_code(text: str, expected: bool) -> None:
    """A code is recognised even with a letter for a digit, or with a digit missing or too many."""
    assert is_code(text) is expected
    assert not is_code(f"./{text}")
