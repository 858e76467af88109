"""Python source that others take along: it imports torch alone, and passes the checks of this project."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings

import resnet_dsl
from resnet_dsl.backends.source import python_source

from ...helpers import lower
from ...strategies import Document, documents
from .written import ODD, SPECS, source

PROJECT = Path(__file__).parents[3]
SOME = ["resnet18", "resnet50", "resnetrs50", "regnety_032", "res2net50_26w_4s", "resnest50d", "skresnet50"]
SOME += ["resnet50_clip", "gcresnet50t", "ecaresnet50d_pruned", "resnetv2_50x1_bit", "resnetblur18", "resnet200"]

LONELY = """
import builtins, sys

for name in ("resnet_dsl", "torchvision", "timm"):
    sys.modules[name] = None
original = builtins.__import__

def guarded(name, globals=None, locals=None, fromlist=(), level=0):
    top = name.partition(".")[0]
    if globals and globals.get("__name__") == "net" and top != "torch" and top not in sys.stdlib_module_names:
        raise ImportError(f"the file imports {name}")
    return original(name, globals, locals, fromlist, level)

builtins.__import__ = guarded
sys.path.insert(0, sys.argv[1])
import net
import torch

print(tuple(net.ResNet()(torch.zeros(2, 3, 64, 64)).shape))
"""


@pytest.mark.parametrize("name", ["resnet18", "resnetv2_50x1_bit"])
def test_a_file_needs_nothing_but_torch(name: str, tmp_path: Path) -> None:
    """Where any other import fails."""
    (tmp_path / "net.py").write_text(source(name), "utf-8")
    command = [sys.executable, "-I", "-c", LONELY, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "(2, 1000)\n"


def test_files_pass_the_checks_of_this_project(tmp_path: Path) -> None:
    """Ruff's rules, its format, and strict types."""
    check({name: source(name) for name in SOME}.items(), tmp_path)


def test_files_with_unusual_specs_pass_ruff(tmp_path: Path) -> None:
    """The docstring that holds the spec has the only long lines of a file."""
    graph = lower("resnet20")
    for index, spec in enumerate(ODD):
        text = python_source(graph, spec=spec, version="1.2.3")
        (tmp_path / f"odd{index}.py").write_text(text, "utf-8", newline="\n")
    check_style(tmp_path)


@pytest.mark.slow
def test_the_files_of_all_bundled_specs_pass_the_checks_of_this_project(tmp_path: Path) -> None:
    """All of them."""
    check(((name, source(name)) for name in SPECS), tmp_path)


@pytest.mark.slow
def test_the_files_of_random_specs_pass_the_checks_of_this_project(tmp_path: Path) -> None:
    """Of any spec."""
    found: list[str] = []

    @settings(max_examples=60, database=None)
    @given(documents())
    def collect(document: Document) -> None:
        graph = resnet_dsl.lower(resnet_dsl.load(document))
        found.append(python_source(graph, spec=str(document), version="1.2.3"))

    collect()
    check(((f"random{index}", text) for index, text in enumerate(found)), tmp_path)


def check(files: Iterable[tuple[str, str]], folder: Path) -> None:
    """Run ruff and mypy on files."""
    pytest.importorskip("mypy")
    for name, text in files:
        (folder / f"{name}.py").write_text(text, "utf-8")
    check_style(folder)
    run("mypy", *map(str, folder.glob("*.py")))


def check_style(folder: Path) -> None:
    """Run ruff on a folder."""
    pytest.importorskip("ruff")
    run("ruff", "check", "--no-cache", "--config", "pyproject.toml", str(folder))
    run("ruff", "format", "--check", "--no-cache", "--config", "pyproject.toml", str(folder))


def run(*command: str) -> None:
    """Run a tool as this project configures it."""
    result = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=PROJECT)
    assert result.returncode == 0, result.stdout + result.stderr
