"""Runs the command line as a user does, but inside the test's process."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from resnet_dsl.cli import run

NO_MEMORY = "error[RD508]: out of memory; a smaller input needs less, and `build --device meta` almost none\n"
"""The message when anything runs out of memory."""

SMALL = """\
name: small
input: {size: 32}
stem: {channels: 8}
block: {type: basic}
stages: {depths: [1, 1], widths: [8, 16]}
head: {classes: 5}
"""
"""A network that is built in no time."""


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


CommandLine = Callable[..., Result]


@pytest.fixture
def resnet_dsl_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """`resnet_dsl_command("build", "resnet18")` in an empty directory: exit status, output, errors."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["resnet-dsl", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        status = run()
        out, err = capsys.readouterr()
        return Result(status, out, err)

    return command


@pytest.fixture
def small(resnet_dsl_command: CommandLine) -> str:
    """The name of a file with a small network, in the directory of the command."""
    Path("small.yaml").write_text(SMALL)
    return "small.yaml"
