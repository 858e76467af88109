"""What editors show for specs, with the language server that they use: `tests/evidence/editor_session.py` as a test."""

import json
from pathlib import Path

import pytest

from .evidence.editor_session import SETTINGS, installed, session
from .test_docs import ROOT, fences


@pytest.mark.slow
def test_an_editor_offers_shows_and_marks_what_it_should(tmp_path: Path) -> None:
    """All choices, every description, the right message for each mistake, and none for a bundled spec."""
    command = installed()
    if command is None:
        pytest.skip("yaml-language-server is not installed")
    assert [answer for answer in session(command, tmp_path) if answer.missing] == []


def test_the_session_has_the_settings_that_the_page_gives() -> None:
    """In the form of Visual Studio Code."""
    (shown,) = (fence.body for fence in fences(ROOT / "docs" / "editors.md", "text") if '"yaml.schemas"' in fence.body)
    assert json.loads(f"{{{shown}}}") == SETTINGS
