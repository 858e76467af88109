"""view: what it prints, where it listens, how it ends, and what it refuses."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

for _package in ("starlette", "uvicorn", "watchfiles"):
    pytest.importorskip(_package, reason="needs the extra `view`")


@contextmanager
def started(command: list[str], folder: Path, variables: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A process that can be interrupted, which a shell's background jobs cannot; it outlives no failure of its test."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_view_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    """It prints the address, listens on the loopback interface alone, and ends silently."""
    (tmp_path / "net.yaml").write_text("name: net\nextends: resnet18\n")
    command = [sys.executable, "-m", "resnet_dsl", "view", "net.yaml", "--no-open"]
    with started(command, tmp_path, {}) as process:
        assert process.stdout is not None
        found = re.fullmatch(r"serving net at http://127\.0\.0\.1:(\d+)/\n", process.stdout.readline())
        assert found is not None
        port = int(found[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/")
        response = connection.getresponse()
        assert (response.status, b"<title>net</title>" in response.read()) == (200, True)
        others = {str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)}
        for address in others - {"127.0.0.1"}:
            with pytest.raises(OSError):  # noqa: PT011  # refused, or not reachable
                socket.create_connection((address, port), timeout=2).close()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.strip()) == (130, "", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-",), "standard input cannot be followed"),
        (("missing.yaml",), "cannot read the spec `missing.yaml`"),
        (("resnet18", "--set", "nonsense"), "--set"),
    ],
)
def test_view_refuses_what_it_cannot_show(
    resnet_dsl_command: CommandLine, arguments: tuple[str, ...], words: str
) -> None:
    """With exit status 2, before it serves anything."""
    result = resnet_dsl_command("view", "--no-open", *arguments)
    assert (result.status, result.out) == (2, "")
    assert words in result.err


def test_a_port_that_is_taken_is_a_fault(resnet_dsl_command: CommandLine) -> None:
    """With what to do instead."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = resnet_dsl_command("view", "resnet18", "--no-open", "--port", str(other.getsockname()[1]))
    assert (result.status, result.out) == (2, "")
    assert "error[RD513]: cannot serve a page on port" in result.err
    assert "leave out the port" in result.err


@pytest.mark.parametrize("browser", ["false", '"%s', "./endless %s"])
def test_no_browser_is_needed(browser: str, tmp_path: Path) -> None:
    """Where none can be opened, or its command goes on, the page is served and Ctrl-C ends it all the same."""
    script = tmp_path / "endless"
    script.write_text("#!/bin/sh\nread line\n")  # until its input ends, with this test
    script.chmod(0o755)
    command = [sys.executable, "-m", "resnet_dsl", "view", "resnet18"]
    with started(command, tmp_path, {"BROWSER": browser, "PATH": ""}) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        found = re.fullmatch(r"serving resnet18 at http://127\.0\.0\.1:(\d+)/\n", process.stdout.readline())
        assert found is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=20)
        for _ in range(2):
            connection.request("GET", "/")
            response = connection.getresponse()
            assert (response.status, b"<title>resnet18</title>" in response.read()) == (200, True)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stdin is not None
        process.stdin.close()
        assert process.stderr.read().strip() == ""
