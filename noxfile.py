"""Tasks of the project: `nox --list` lists them, `nox --session NAME` runs one in an environment of its own.

`nox --no-venv` runs them in the environment that is active, which the README's second set-up command has made.
"""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import nox

nox.needs_version = ">=2025.10.14"
nox.options.sessions = ["tests", "slow", "lint", "types"]


def install(session: nox.Session, *what: str) -> None:
    """Install by the constraints; with --no-venv into the environment that is active."""
    arguments = ("-c", "constraints.txt", *what)
    if session.venv_backend == "none":
        session.run_install("python", "-m", "pip", "install", "--quiet", *arguments)
    else:
        session.install(*arguments)


def prepare(session: nox.Session, *what: str) -> None:
    """Install what the README's second set-up command installs too: with --no-venv it is there."""
    if session.venv_backend != "none":
        install(session, *what)


@nox.session
def tests(session: nox.Session) -> None:
    """The tests that run by default."""
    prepare(session, "-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """The tests marked `slow`, with the libraries that the project is compared with, and those of docs/recipes.md."""
    prepare(session, "-e", ".[test]")
    # Their own requirements would bring another torch, and what parts of them need that no test uses.
    libraries = (
        "torchvision timm segmentation-models-pytorch transformers keras lightning lightning-utilities torchmetrics "
        "fvcore iopath accelerate pytorch-ignite skorch captum grad-cam ttach torchinfo torchao executorch openvino"
    )
    install(session, "--no-deps", *libraries.split())
    required = (
        "huggingface_hub pillow psutil regex rich tokenizers absl-py h5py ml-dtypes namex optree "
        "opencv-python-headless portalocker ruamel.yaml scikit-learn tabulate termcolor yacs"
    )
    install(session, *required.split())
    session.run("pytest", "-m", "slow", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """What ruff finds, and its format."""
    prepare(session, "ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """What mypy finds."""
    prepare(session, "-e", ".[dev]")
    session.run("mypy", *session.posargs)


@nox.session(venv_backend="uv", python="3.11", default=False)
def lowest(session: nox.Session) -> None:
    """All tests, at the lowest versions that pyproject.toml allows."""
    session.install("--resolution", "lowest-direct", "-e", ".[test]")
    session.run("pytest", "-m", "", "--ignore", "tests/recipes", *session.posargs)


@nox.session(venv_backend="none", default=False)
def newcomer(session: nox.Session) -> None:
    """The README's set-up commands, in a fresh clone of what is committed."""
    fences = re.findall(r"^```sh\n(.*?)^```$", Path("README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    with TemporaryDirectory() as clone:
        session.run("git", "clone", "--quiet", ".", clone)
        with session.chdir(clone):
            for command in "".join(fences).splitlines():
                session.run("bash", "-c", command)
