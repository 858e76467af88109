"""The pictures in docs/drawings.md are what the commands above them draw without Graphviz.

`UPDATE_DOCS=1 pytest tests/test_drawings_page.py` draws them again.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .test_docs import ROOT, UPDATE, fences, sessions

PAGE = ROOT / "docs" / "drawings.md"
PICTURES = re.findall(r'(?:src="|\]\()(\w+\.svg)', PAGE.read_text("utf-8"))


def test_the_page_has_pictures() -> None:
    """Otherwise the test below would test nothing."""
    assert len(PICTURES) == 3


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_what_the_command_above_it_draws(picture: str, tmp_path: Path) -> None:
    """With `graphviz-pure`, which draws the same everywhere."""
    commands = [command for fence in fences(PAGE, "console") for command, _ in sessions(fence.body)]
    (command,) = (command for command in commands if command.endswith(f" -o {picture}"))
    arguments = command.removeprefix("resnet-dsl ").split()
    environment = os.environ | {"PATH": "", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "resnet_dsl", *arguments], cwd=tmp_path, env=environment, check=True)
    drawn = (tmp_path / picture).read_text("utf-8")
    path = PAGE.with_name(picture)
    if UPDATE:
        path.write_text(drawn, "utf-8")
    assert path.read_text("utf-8") == drawn, "stale; `UPDATE_DOCS=1 pytest tests/test_drawings_page.py` draws it again"
