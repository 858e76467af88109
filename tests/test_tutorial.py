"""docs/tutorial.md is followed word for word; its pictures and its notebook are made from it.

`UPDATE_DOCS=1 pytest tests/test_tutorial.py` draws the pictures and writes the notebook again.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory

import pytest

from .notebook import cells, notebook
from .test_docs import ROOT, UPDATE, Fence, fences, parts, same, sessions

PAGE = ROOT / "docs" / "tutorial.md"
NOTEBOOK = PAGE.with_suffix(".ipynb")
PICTURES = PAGE.with_suffix("")
SHOWN = re.findall(r'(?:src="|\]\()tutorial/(\w+\.svg)', PAGE.read_text("utf-8"))
STALE = "stale; `UPDATE_DOCS=1 pytest tests/test_tutorial.py` makes it again"
TERMINAL = {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONUTF8": "1"}
"""The reader's terminal, of the width that the page names."""


def test_the_pictures_are_what_the_commands_draw(tmp_path: Path) -> None:
    """Each picture shown is drawn by one command of the page, and the folder has no others."""
    for fence in fences(PAGE, "yaml"):
        (tmp_path / fence.words[1]).write_text(fence.body, "utf-8")
    draws = {command.split()[-1]: command for command, _ in commands(PAGE) if command.startswith("resnet-dsl draw ")}
    assert list(draws) == SHOWN
    environment = os.environ | {"PATH": "", "PYTHONPATH": str(ROOT)}  # no `dot`, so graphviz-pure draws
    for name, command in draws.items():
        arguments = command.removeprefix("resnet-dsl ").split()
        subprocess.run([sys.executable, "-m", "resnet_dsl", *arguments], cwd=tmp_path, env=environment, check=True)
        if UPDATE:
            shutil.copy(tmp_path / name, PICTURES / name)
        assert (PICTURES / name).read_bytes() == (tmp_path / name).read_bytes(), STALE
    assert {path.name for path in PICTURES.iterdir()} == set(SHOWN)


def test_the_notebook_is_made_from_the_page() -> None:
    """Its cells are the page's text, files, commands, pictures and Python, in the same order."""
    if UPDATE:
        NOTEBOOK.write_text(notebook(PAGE), "utf-8")
    assert NOTEBOOK.read_text("utf-8") == notebook(PAGE), STALE


@pytest.mark.slow
def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is valid, no cell raises an exception, and each gives the output that the page shows."""
    reason = "notebooks need nbclient and ipykernel"
    pytest.importorskip("ipykernel", reason=reason)
    nbclient, nbformat = (pytest.importorskip(name, reason=reason) for name in ("nbclient", "nbformat"))
    ran = nbformat.read(NOTEBOOK, as_version=nbformat.NO_CONVERT)
    nbformat.validate(ran)
    monkeypatch.setenv("PATH", f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}")
    for key, value in TERMINAL.items():
        monkeypatch.setenv(key, value)
    nbclient.NotebookClient(ran, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    for cell, wanted in zip(ran.cells, cells(PAGE), strict=True):
        if wanted.output is not None:
            given = "".join(output.get("text") or output["data"]["text/plain"] + "\n" for output in cell.outputs)
            given = re.sub(r"^drawing .*\n", "", given.replace("\r\n", "\n"), flags=re.MULTILINE)
            assert same(wanted.output, given), f"{wanted.source}\n{given}"
        elif wanted.source.startswith("from IPython"):
            assert "image/svg+xml" in cell.outputs[0]["data"], wanted.source


@pytest.mark.slow
def test_a_student_can_follow_the_page_word_for_word(tmp_path: Path) -> None:
    """In a copy of the project, a new environment and one shell, every command gives the output that the page shows."""
    with TemporaryDirectory() as folder:
        ignored = shutil.ignore_patterns(".*", "tests", "*.egg-info")
        shutil.copytree(ROOT, folder, ignore=ignored, dirs_exist_ok=True)
        keys = os.environ.keys() - {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
        environment = {key: os.environ[key] for key in keys} | TERMINAL
        script = "set -e\n" + "".join(steps(tmp_path))
        subprocess.run(["bash", "-c", script], cwd=folder, env=environment, check=True)
    for number, (command, shown) in enumerate(commands(PAGE)):
        output = (tmp_path / f"{number}.txt").read_text("utf-8")
        assert same(shown, output), f"{command}\n{output}"


def commands(document: Path) -> list[tuple[str, str]]:
    """All commands with the outputs shown for them."""
    return [session for fence in fences(document, "console") for session in sessions(fence.body)]


def steps(outputs: Path) -> Iterator[str]:
    """What the student types, as lines for a shell; the output of each command goes to a file of its own."""
    number = 0
    for part in parts(PAGE):
        match part:
            case Fence(words=["sh"], body=body):
                yield body
            case Fence(words=["yaml", name], body=body):
                yield f"cat > {name} <<'END OF FILE'\n{body}END OF FILE\n"
            case Fence(words=["console"], body=body):
                for command, _ in sessions(body):
                    yield f"{command} > {quote(str(outputs / f'{number}.txt'))} 2>&1 || true\n"
                    number += 1
    session = "".join(fence.body + "\n" for fence in fences(PAGE, "python"))
    yield f"cat > session.txt <<'END OF FILE'\n{session}END OF FILE\npython -m doctest session.txt\n"
