"""What a test of a recipe gets: the recipe, ready to run in a folder of its own."""

import os
import random
import runpy
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.peers.libraries import declare_torchvision_operators
from tests.recipes.page import recipes, rows, write_specs
from tests.test_docs import ROOT


class Recipe:
    """The program that the page shows, unchanged, as a file in the current folder."""

    def __init__(self, code: str) -> None:
        self.file = Path("recipe.py")
        self.file.write_text(code, "utf-8")

    def run(self) -> dict[str, Any]:
        """Run it in this process; the names that it defined."""
        return runpy.run_path(str(self.file))

    def launch(self, processes: int) -> str:
        """Run it by torchrun, in so many processes; what they printed."""
        torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        result = subprocess.run([*torchrun, self.file], env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return result.stdout


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ignore what libraries warn of: pytest-xdist would import the classes of their warnings in its own process."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.fixture
def recipe(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """The recipe whose row of the table names the test; skipped where a library of that row is not installed.

    torchvision's wheels are for builds of torch with CUDA, and Lightning and others import it wherever they find it. So
    its operators are declared first. No recipe calls one, and the code of the page imports torchvision as everywhere.
    """
    file, test = request.node.path.name, request.node.originalname
    row = next(row for row in rows() if (row.file, row.test) == (file, test))
    for library in row.versions:
        try:
            version(library)
        except PackageNotFoundError:
            pytest.skip(f"{library} is not installed")
    if find_spec("torchvision"):
        declare_torchvision_operators()
    monkeypatch.chdir(tmp_path)
    write_specs(tmp_path)
    for seed in (random.seed, np.random.seed, torch.manual_seed):
        seed(0)
    return Recipe(recipes()[row.anchor])
