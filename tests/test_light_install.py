"""The installation without torch that docs/diagnostics.md describes: what works there, and what says what is missing.

The tests run the tool with `-S`, so that Python has no site-packages, and with one folder in their place. It contains
the package, laid out as in its wheel, and links to the packages that the documentation's `pip install` line names and
to whatever those depend on.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import numpy
import pytest
from packaging.requirements import Requirement
from safetensors.numpy import save_file

from resnet_dsl.cli import cli

from .helpers import lower
from .test_docs import PACKAGE, ROOT, fences

WORKING = (
    "validate resnet50",
    "validate --format json resnet50",
    "show resnet50",
    "summary resnet50",
    "summary --format torchsummary resnet50",
    "summary --by stage resnet50",
    "diff resnet50 resnet50 --format json",
    "diff resnet20 w.npz --format json",
    "infer w.npz",
    "explain resnet50",
    "explain RD203",
    "list resnext",
    "new mine --from resnet50",
    "export resnet50 -o net.py",
    "schema",
)

REFUSED = {
    "draw resnet50 -o resnet50.dot": ("graphviz",),
    "draw resnet50 -o resnet50.html": ("graphviz",),
    "view resnet50": ("starlette", "uvicorn", "watchfiles"),
    "build resnet50 --device meta": ("torch", "safetensors"),
    "bench resnet20": ("torch",),
    "convert w.npz --names pycls -o v.pth": ("torch", "safetensors"),
    "export resnet50 -o net.onnx": ("onnx", "numpy"),
    "export resnet50 -o net.pt2": ("torch", "safetensors"),
    "infer w.safetensors": ("safetensors", "numpy"),
    "diff resnet20 w.safetensors": ("safetensors", "numpy"),
}
"""Command -> the missing packages that its error names."""


def documented_packages() -> list[str]:
    """The packages in the documentation's `pip install` line."""
    (command,) = (line for fence in fences(ROOT / "docs" / "diagnostics.md", "sh") for line in fence.body.splitlines())
    found = re.fullmatch(r"pip install --no-deps \. && pip install -c constraints\.txt ([\w -]+)", command)
    assert found is not None, command
    return found[1].split()


def with_dependencies(name: str) -> Iterator[str]:
    """A distribution and, recursively, those it requires here."""
    yield name
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield from with_dependencies(requirement.name)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that contains what site-packages contains after the documented command."""
    folder = tmp_path_factory.mktemp("light") / "site"
    shutil.copytree(PACKAGE, folder / "resnet_dsl", ignore=shutil.ignore_patterns("__pycache__"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for source, target in project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"].items():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copyfile
        copy(ROOT / source, folder / target)
    metadata = folder / "resnet_dsl-0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: resnet-dsl\nVersion: {project['project']['version']}\n")
    for name in {name for package in documented_packages() for name in with_dependencies(package)}:
        installed = distribution(name)
        for top in {file.parts[0] for file in installed.files or ()} - {"..", "__pycache__"}:
            (folder / top).symlink_to(Path(str(installed.locate_file(top))))
    return folder


def run(command: str, site: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the tool in `folder`, with `site` for site-packages."""
    return subprocess.run(
        [sys.executable, "-S", "-m", "resnet_dsl", *command.split()],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(site), "PYTHONUTF8": "1", "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def write_weights(folder: Path) -> None:
    """Weights of resnet20, once in a file that needs no package and once in one that needs safetensors."""
    arrays = {name: numpy.zeros(shape, "f4") for name, shape in lower("resnet20").state.items()}
    numpy.savez(folder / "w.npz", **arrays)  # type: ignore[arg-type]
    save_file(arrays, folder / "w.safetensors")


def test_every_command_is_tried_without_torch() -> None:
    """Each command either works or is refused here, so a new one cannot be forgotten."""
    assert {command.split()[0] for command in (*WORKING, *REFUSED)} == set(cli.commands)


@pytest.mark.parametrize("command", WORKING)
def test_a_command_works_without_torch(command: str, site: Path, tmp_path: Path) -> None:
    """The commands that the documentation lists need only the packages in its `pip install` line."""
    write_weights(tmp_path)
    result = run(command, site, tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout


@pytest.mark.parametrize("command", REFUSED)
def test_a_command_names_the_package_that_is_missing(command: str, site: Path, tmp_path: Path) -> None:
    """The others end with RD512, exit status 2 and the line that installs what they need, and write nothing."""
    write_weights(tmp_path)
    before = {*tmp_path.iterdir()}
    result = run(command, site, tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "error[RD512]: " in result.stderr
    assert f"run `pip install {' '.join(REFUSED[command])}`" in result.stderr
    assert {*tmp_path.iterdir()} == before
