"""docs/tutorial.md is followed word for word; its pictures and its notebook are made from it.

`UPDATE_DOCS=1 pytest tests/test_tutorial.py` draws the pictures and writes the notebook again.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from .test_docs import FENCE, ROOT, UPDATE, fences, parts, same, sessions

PAGE = ROOT / "docs" / "tutorial.md"
NOTEBOOK = PAGE.with_suffix(".ipynb")
PICTURES = PAGE.with_suffix("")
SHOWN = re.findall(r'(?:src="|\]\()tutorial/(\w+\.svg)', PAGE.read_text("utf-8"))
STALE = "stale; `UPDATE_DOCS=1 pytest tests/test_tutorial.py` makes it again"
ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
ENVIRONMENT |= {"NO_COLOR": "1", "COLUMNS": "100", "PYTHONUTF8": "1"}
"""For commands: the width that the page names, and nothing of the environment in which the tests run."""


def test_the_pictures_are_what_the_commands_draw(tmp_path: Path) -> None:
    """Each picture shown is drawn by one command of the page, and the folder has no others."""
    for fence in fences(PAGE, "yaml"):
        (tmp_path / fence.words[1]).write_text(fence.body, "utf-8")
    commands = [command for fence in fences(PAGE, "console") for command, _ in sessions(fence.body)]
    draws = {command.rpartition(" -o ")[2]: command for command in commands if command.startswith("resnet-dsl draw ")}
    assert list(draws) == SHOWN
    environment = os.environ | {"PATH": "", "PYTHONPATH": str(ROOT)}  # no `dot`, so graphviz-pure draws
    for name, command in draws.items():
        arguments = command.removeprefix("resnet-dsl ").split()
        subprocess.run([sys.executable, "-m", "resnet_dsl", *arguments], cwd=tmp_path, env=environment, check=True)
        if UPDATE:
            shutil.copy(tmp_path / name, PICTURES / name)
        assert (PICTURES / name).read_bytes() == (tmp_path / name).read_bytes(), STALE
    assert {path.name for path in PICTURES.iterdir()} == set(SHOWN)
