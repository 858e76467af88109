"""The files by which the project is kept: what stands in two of them is the same in both."""

import re
import tomllib
from typing import Any

import yaml

from .test_docs import ROOT


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def document(name: str) -> Any:
    return yaml.safe_load(text(name))


def lowest_python() -> str:
    found: str = tomllib.loads(text("pyproject.toml"))["project"]["requires-python"]
    return found.removeprefix(">=")


def pins() -> list[str]:
    return [line for line in text("constraints.txt").splitlines() if not line.startswith("#")]


def test_ruff_before_a_commit_is_the_ruff_of_ci() -> None:
    """Two versions could format a file in two ways, for ever."""
    (ruff,) = [repo for repo in document(".pre-commit-config.yaml")["repos"] if "ruff" in repo["repo"]]
    assert f"ruff=={ruff['rev'].removeprefix('v')}" in pins()


def test_every_version_is_pinned_once_in_the_order_of_the_alphabet() -> None:
    """So that a pin is found, and moved, in one place."""
    assert all(re.fullmatch(r"[\w.-]+==[\w.+]+", pin) for pin in pins())
    names = [re.sub(r"[-_.]+", "-", pin.partition("==")[0]).lower() for pin in pins()]
    assert len(set(names)) == len(names)
    assert pins() == sorted(pins(), key=str.casefold)


def test_ci_runs_all_default_tasks() -> None:
    """Those of the noxfile; the README's second command is the one that runs the tests."""
    (default,) = re.findall(r"^nox\.options\.sessions = \[(.*)\]$", text("noxfile.py"), re.MULTILINE)
    (called,) = re.findall(r"^nox --no-venv --session (.*)$", text(".ci/run"), re.MULTILINE)
    assert ["tests", *called.split()] == re.findall(r'"(\w+)"', default)


def test_github_runs_from_the_lowest_python() -> None:
    """The first Python is the lowest that pyproject.toml allows, and so is that of the lowest versions."""
    jobs = document(".github/workflows/ci.yml")["jobs"]
    assert jobs["all"]["strategy"]["matrix"]["python"][0] == lowest_python()
    assert jobs["all"]["steps"][-1] == {"run": ".ci/run"}
    (python,) = [step["with"] for step in jobs["lowest"]["steps"] if "setup-python" in step.get("uses", "")]
    assert python["python-version"] == lowest_python()
    assert jobs["lowest"]["steps"][-1] == {"run": "nox --session lowest"}
    assert f'python="{lowest_python()}"' in text("noxfile.py")


def test_a_source_distribution_is_all_that_is_committed() -> None:
    """As it is unless a list says otherwise: a list would have to name every new file that the tests read."""
    hatch = tomllib.loads(text("pyproject.toml"))["tool"]["hatch"]["build"]
    assert hatch["targets"].keys() == {"wheel"}
    assert hatch.keys() == {"targets"}
