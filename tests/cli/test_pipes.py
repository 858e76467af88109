"""Readers that close early, such as `head`: silence, and the same files and exit status as if they had read all."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from .test_exhaustion import COMMAND, ENVIRONMENT, run

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="pipes of bash")

WRONG = "name: wrong\nextends: resnet18\nhead: {classes: -1}\n"

WITHOUT_READER = {
    "list": 0,
    "list --json": 0,
    "summary resnet152": 0,
    "summary resnet18 --format json": 0,
    "show resnet50": 0,
    "explain resnet50": 0,
    "explain RD203": 0,
    "schema": 0,
    "validate resnet18 resnet50": 0,
    "validate resnet18 wrong.yaml": 1,
    "validate resnet18 resnet19": 2,
    "draw resnet18 -o -": 0,
    "build test_resnet --device cpu -q -o -": 0,
    "new mine --from resnet18": 0,
    "": 0,
    "--help": 0,
    "--version": 0,
    "draw --help": 0,
}
"""Command -> its exit status, which does not depend on who reads its output."""


@pytest.mark.parametrize(("arguments", "status"), WITHOUT_READER.items())
def test_output_that_nobody_reads_is_dropped(arguments: str, status: int, tmp_path: Path) -> None:
    """Even if the reader is gone before the first line."""
    (tmp_path / "wrong.yaml").write_text(WRONG)
    reader, writer = os.pipe()
    os.close(reader)
    try:
        result = run(*COMMAND, *arguments.split(), cwd=tmp_path, stdout=writer)
    finally:
        os.close(writer)
    assert (result.returncode, result.stderr) == (status, "")


def test_errors_that_nobody_reads_keep_the_exit_status(tmp_path: Path) -> None:
    """Neither a traceback of Python nor its own exit status for streams that cannot be flushed."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert run(*COMMAND, "show", "resnet19", cwd=tmp_path, stderr=writer).returncode == 2
    finally:
        os.close(writer)


def bash(line: str, cwd: Path) -> tuple[int, str, str]:
    """Exit status, output and errors of a line of bash in which `resnet-dsl` is the command."""
    script = f'set -o pipefail; resnet-dsl() {{ "{sys.executable}" -m resnet_dsl "$@"; }}; {line}'
    result = subprocess.run(["bash", "-c", script], cwd=cwd, env=ENVIRONMENT, capture_output=True, timeout=300)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


@pytest.mark.parametrize("buffering", ["unset PYTHONUNBUFFERED", "export PYTHONUNBUFFERED=1"])
@pytest.mark.parametrize(
    ("command", "status"),
    [("explain resnet1202", 0), ("summary resnet1202 --format csv", 0), ("validate resnet18 wrong.yaml", 1)],
)
def test_head_meets_silence(command: str, status: int, buffering: str, tmp_path: Path) -> None:
    """Whichever end of the pipe is faster: the same exit status under `pipefail`, and no message."""
    (tmp_path / "wrong.yaml").write_text(WRONG)
    rounds = 8
    line = f"{buffering}; for i in {{1..{rounds}}}; do resnet-dsl {command} | head -n 1; echo $?; done"
    _, out, err = bash(line, tmp_path)
    first, _, _ = out.partition("\n")
    assert (out, err) == (f"{first}\n{status}\n" * rounds, "")


def test_weights_are_written_although_nobody_reads_the_table(tmp_path: Path) -> None:
    """The same file as otherwise, and the check of every layer decides on the exit status."""
    command = "resnet-dsl build test_resnet --device cpu -o"
    assert bash(f"{command} a.safetensors | head -n 5 | wc -l", tmp_path) == (0, "5\n", "")
    assert bash(f"{command} b.safetensors > table", tmp_path) == (0, "", "")
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.safetensors", "b.safetensors", "table"]


def test_weights_go_through_a_pipe(tmp_path: Path) -> None:
    """Tables and messages go to standard error meanwhile, and `--quiet` leaves them out."""
    command = "resnet-dsl build test_resnet --device cpu"
    status, out, err = bash(f"{command} -o - > a.safetensors && {command} -o b.safetensors", tmp_path)
    assert (status, out) == (0, f"{err}wrote b.safetensors\n")
    assert bash(f"{command} -q -o - | cat > c.safetensors", tmp_path) == (0, "", "")
    assert load_file(tmp_path / "a.safetensors").keys() == load_file(tmp_path / "b.safetensors").keys()
    assert len({path.read_bytes() for path in tmp_path.glob("*.safetensors")}) == 1
