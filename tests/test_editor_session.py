"""What editors show for specs, with the language server that they use: `tests/evidence/editor_session.py` as a test."""

from pathlib import Path

import pytest

from .evidence.editor_session import installed, session


@pytest.mark.slow
def test_an_editor_offers_shows_and_marks_what_it_should(tmp_path: Path) -> None:
    """All choices, every description, the right message for each mistake, and none for a bundled spec."""
    command = installed()
    if command is None:
        pytest.skip("yaml-language-server is not installed")
    assert [answer for answer in session(command, tmp_path) if answer.missing] == []
