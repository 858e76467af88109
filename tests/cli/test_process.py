"""The command as a process: what it imports, and how it ends on interrupts and errors."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import resnet_dsl.cli.shared
from resnet_dsl.backends.tables.summary import summary
from tests.cli.conftest import NO_MEMORY, CommandLine


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120)


def test_a_spec_without_a_mistake_loads_nothing_that_helps_with_mistakes(tmp_path: Path) -> None:
    """The words of other libraries wait until somebody has used one."""
    (tmp_path / "tiny.yaml").write_text("name: tiny\nblock: {type: basic}\nstages: {depths: [1]}\n")
    code = (
        "import sys\nfrom resnet_dsl.cli import run\n"
        "sys.argv = ['resnet-dsl', 'validate', 'tiny.yaml']\n"
        "status = run()\nassert status == 0, status\n"
        "helpers = [name for name in sys.modules if '.vocabulary' in name or name.endswith('.suggestions')]\n"
        "assert not helpers, helpers"
    )
    result = python("-c", code, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    "command",
    [
        "validate resnet50",
        "show resnet50",
        "summary resnet50",
        "summary resnet50 --format torchsummary",
        "explain resnet50",
        "diff resnet50 resnet50",
        "draw resnet50",
        "list",
        "schema",
        "new mine --from resnet50",
        "--help",
    ],
)
def test_only_build_imports_torch(command: str, tmp_path: Path) -> None:
    """Commands that do not build load neither torch nor numpy."""
    code = (
        "import sys\nfrom resnet_dsl.cli import run\n"
        f"sys.argv = ['resnet-dsl', *{command.split()!r}]\n"
        "status = run()\nassert status == 0, status\n"
        "heavy = {'torch', 'torchsummary', 'numpy', 'safetensors'} & set(sys.modules)\nassert not heavy, heavy"
    )
    result = python("-c", code, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


def test_importing_the_package_imports_nothing_heavy(tmp_path: Path) -> None:
    """No torch, yaml or jsonschema; everything is imported on first use."""
    code = (
        "import sys, resnet_dsl\n"
        "assert not {'torch', 'yaml', 'jsonschema', 'networkx', 'click'} & set(sys.modules)\n"
        "resnet_dsl.lower(resnet_dsl.load('resnet50'))\n"
        "assert not {'torch', 'networkx'} & set(sys.modules)"
    )
    result = python("-c", code, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="POSIX terminals")
@pytest.mark.parametrize("columns", [60, 90, 200])
def test_a_table_fits_the_terminal_that_it_is_printed_to(columns: int, tmp_path: Path) -> None:
    """As wide as the terminal says it is."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [sys.executable, "-m", "resnet_dsl", "summary", "resnet20", "--by", "stage"]
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stdout=theirs, env=environment) as process:
        assert process.wait(60) == 0
    printed = os.read(ours, 1 << 16).decode().replace("\r\n", "\n")
    os.close(ours)
    os.close(theirs)
    assert printed == summary(resnet_dsl.lower("resnet20"), by="stage", width=columns)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_ctrl_c_ends_with_130_and_no_traceback(tmp_path: Path) -> None:
    """While waiting for input."""
    process = subprocess.Popen(
        [sys.executable, "-m", "resnet_dsl", "validate", "resnet18", "-"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in background jobs of a shell
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("resnet18: ok")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == ""


HALF_WAY = """
import pathlib, sys, time

def write_half(path, data):
    path.open("wb").write(data[:9])
    print("half", flush=True)
    time.sleep(60)

pathlib.Path.write_bytes = write_half
sys.argv = ["resnet-dsl", "draw", "resnet18", "-o", "a.dot"]
from resnet_dsl.__main__ import main
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_process_ended_while_writing_leaves_no_partial_file(name: str, tmp_path: Path) -> None:
    """After Ctrl-C, `kill` or a closed terminal: only the old file, and no output."""
    number = getattr(signal, name)
    (tmp_path / "a.dot").write_text("old")
    process = subprocess.Popen(
        [sys.executable, "-c", HALF_WAY],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # even if this process ignores it
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.strip()) == (128 + number, "")
    assert [path.name for path in tmp_path.iterdir()] == ["a.dot"]
    assert (tmp_path / "a.dot").read_text() == "old"


def test_an_unexpected_error_is_one_line_and_no_traceback(
    resnet_dsl_command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug is reported as such, and so is a lack of memory."""

    def raising(error: Exception) -> None:
        def broken(*_: object) -> None:
            raise error

        monkeypatch.setattr(resnet_dsl.cli.shared, "compile_reference", broken)

    raising(ValueError("oh\nno"))
    result = resnet_dsl_command("summary", "resnet18")
    assert result.status == 2
    assert result.err.startswith("error[RD901]: this is a bug in resnet-dsl: ValueError: oh\n")
    for error in (
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        RuntimeError("std::bad_alloc"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ):
        raising(error)
        result = resnet_dsl_command("summary", "resnet18")
        assert (result.status, result.err) == (2, NO_MEMORY)


def test_too_little_memory_to_report_errors_is_reported(
    resnet_dsl_command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If reporting an error fails, one line that needs no memory is printed."""

    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(resnet_dsl.cli, "show_faults", broken)
    result = resnet_dsl_command("show", "resnet19")
    assert (result.status, result.err) == (2, NO_MEMORY)
