"""The page of diagnostics, cut into sections."""

from pathlib import Path

import pytest

from resnet_dsl.diagnostics import manual
from resnet_dsl.diagnostics.manual import is_code, sections


def test_sections_are_found_where_the_page_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In `docs` of a checkout, inside the package once it is installed; each ends with one line break."""
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
def test_what_looks_like_a_code(text: str, expected: bool) -> None:
    """Also with a letter for a digit, or a digit too few or too many."""
    assert is_code(text) is expected
    assert not is_code(f"./{text}")
