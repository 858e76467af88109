"""Out of memory, disk full, output closed from the start: one line, exit status 2, and files as they were."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import NO_MEMORY

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | {
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""Buffering as for a user; no threads, which need their own memory, and no compiled modules."""

COMMAND = (sys.executable, "-m", "resnet_dsl")

SMALL_FILES = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from resnet_dsl.__main__ import main
main()
"""
"""Runs the command with a limit on the size of files."""

LITTLE_MEMORY = """
import resource, sys
limit = int(sys.argv.pop(1))
import resnet_dsl.cli, resnet_dsl.backends.tables.summary
resnet_dsl.lower("resnet18")
if sys.argv[1] == "build":
    import resnet_dsl.backends.pytorch.check, resnet_dsl.backends.pytorch.network
with open("/proc/self/statm") as file:
    limit += int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
from resnet_dsl.__main__ import main
main()
"""
"""Runs the command with a limit on the memory available after all imports."""

FULL_DISK = """
mount -t tmpfs -o size=64k none . && cd "$PWD" || exit 99
file=$1
shift
printf old > "$file"
"$@"
status=$?
cat "$file"
ls -A
exit $status
"""
"""Runs the command on a file system of 64 kB, then lists its files."""

DEEP = "name: deep\nblock: {type: bottleneck}\nstages: {depths: [2500, 2500, 2500, 2500]}\n"
"""A network whose graph takes tens of megabytes."""

PRODUCTS = [
    ("build", "w.safetensors"),
    ("build", "w.pt"),
    ("draw", "a.svg"),
    ("draw", "a.png"),
    ("draw", "a.dot"),
]


def run(
    *command: str | Path, cwd: Path, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, stdout=stdout, stderr=stderr, text=True, env=ENVIRONMENT, timeout=300)


def making(command: str, file: str) -> list[str]:
    """Arguments that create a file of more than 16 kB."""
    device = ["--device", "cpu"] if command == "build" else ["--detail", "layer"]
    return [command, "resnet20", *device, "-o", file]


@pytest.mark.skipif(os.name == "nt", reason="POSIX limits")
@pytest.mark.parametrize(("command", "file"), PRODUCTS)
def test_a_file_that_cannot_grow_gives_one_line(command: str, file: str, tmp_path: Path) -> None:
    """The old file stays, and no temporary files are left."""
    (tmp_path / file).write_text("old")
    result = run(sys.executable, "-c", SMALL_FILES, "8192", *making(command, file), cwd=tmp_path)
    assert (result.returncode, result.stderr) == (2, f"error[RD507]: cannot write `{file}`: file too large\n")
    assert [path.name for path in tmp_path.iterdir()] == [file]
    assert (tmp_path / file).read_text() == "old"


@pytest.mark.parametrize(("command", "file"), [("build", "w.safetensors"), ("build", "w.pt"), ("draw", "a.svg")])
def test_a_full_disk_gives_one_line(command: str, file: str, tmp_path: Path) -> None:
    """A real one, if the system lets users mount one; the old file stays, and no temporary files are left."""
    if (
        not shutil.which("unshare")
        or run("unshare", "-rm", "mount", "-t", "tmpfs", "none", ".", cwd=tmp_path).returncode
    ):
        pytest.skip("file systems cannot be mounted here")
    result = run("unshare", "-rm", "sh", "-c", FULL_DISK, "sh", file, *COMMAND, *making(command, file), cwd=tmp_path)
    assert (result.returncode, result.stderr) == (2, f"error[RD507]: cannot write `{file}`: no space left on device\n")
    assert result.stdout.endswith(f"old{file}\n")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks the system how much memory is used")
@pytest.mark.parametrize(
    ("megabytes", "arguments"),
    [
        (16, ["validate", "deep.yaml"]),
        (16, ["summary", "deep.yaml"]),
        (128, ["build", "resnet20", "--set", "stages.widths=8192", "--device", "cpu", "-o", "w.safetensors"]),
    ],
)
def test_too_little_memory_gives_one_line(megabytes: int, arguments: list[str], tmp_path: Path) -> None:
    """For the graph or for the network; no traceback and no file."""
    (tmp_path / "deep.yaml").write_text(DEEP)
    result = run(sys.executable, "-c", LITTLE_MEMORY, str(megabytes << 20), *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", NO_MEMORY)
    assert [path.name for path in tmp_path.iterdir()] == ["deep.yaml"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    "arguments", ["summary resnet18", "list", "draw --help", "validate resnet19", "draw resnet18 -o -"]
)
def test_output_to_a_full_device_gives_one_line(arguments: str, tmp_path: Path) -> None:
    """No traceback, and no second message when Python exits."""
    with Path("/dev/full").open("wb") as full:
        result = run(*COMMAND, *arguments.split(), cwd=tmp_path, stdout=full.fileno())
    assert (result.returncode, result.stderr) == (2, "error[RD507]: system error: no space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(("spec", "status"), [("resnet19", 2), ("wrong.yaml", 1)])
def test_errors_that_cannot_be_written_keep_the_exit_status(spec: str, status: int, tmp_path: Path) -> None:
    """It is the only report that remains."""
    (tmp_path / "wrong.yaml").write_text("name: wrong\n")
    with Path("/dev/full").open("wb") as full:
        assert run(*COMMAND, "show", spec, cwd=tmp_path, stderr=full.fileno()).returncode == status


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
def test_closed_streams_are_not_a_bug(tmp_path: Path) -> None:
    """Reading closed standard input is an error; for closed standard error, only the exit status remains."""

    def shell(line: str) -> subprocess.CompletedProcess[str]:
        return run("sh", "-c", f'"$@" {line}', "sh", *COMMAND, cwd=tmp_path)

    result = shell("show - <&-")
    assert (result.returncode, result.stderr) == (
        2,
        "error[RD001]: cannot read the spec `-`: standard input is closed\n",
    )
    assert shell("show resnet19 2>&-").returncode == 2
    assert shell("draw resnet20 -o a.dot 2>&-").returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
@pytest.mark.parametrize(
    "arguments", ["summary resnet18", "list", "draw --help", "validate resnet19", "build -q -o - test_resnet"]
)
def test_closed_standard_output_gives_one_line(arguments: str, tmp_path: Path) -> None:
    """What should be printed there is lost."""
    result = run("sh", "-c", '"$@" >&-', "sh", *COMMAND, *arguments.split(), cwd=tmp_path)
    assert (result.returncode, result.stderr) == (2, "error[RD507]: system error: bad file descriptor\n")
