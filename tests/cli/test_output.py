"""Option -o: what is said about the file, and `-` for standard output."""

import sys
from pathlib import Path

import pytest

from resnet_dsl.cli import shared
from tests.cli.conftest import CommandLine, Result


def test_a_replaced_file_is_called_replaced(resnet_dsl_command: CommandLine) -> None:
    """And a new one written; a device is neither old nor new."""
    command = ("draw", "resnet20", "-o")
    assert resnet_dsl_command(*command, "a.dot").out == "wrote a.dot\n"
    assert resnet_dsl_command(*command, "a.dot").out == "replaced a.dot\n"
    Path("link.dot").symlink_to("a.dot")
    assert resnet_dsl_command(*command, "link.dot").out == "replaced link.dot\n"
    weights = ("build", "test_resnet", "--device", "cpu", "-o", "a.pt")
    assert [resnet_dsl_command(*weights).out.splitlines()[-1] for _ in range(2)] == ["wrote a.pt", "replaced a.pt"]


def test_a_drawing_goes_to_standard_output(resnet_dsl_command: CommandLine) -> None:
    """As SVG, the same as in a file, and without a message."""
    resnet_dsl_command("draw", "resnet20", "-o", "a.svg")
    result = resnet_dsl_command("draw", "resnet20", "-o", "-")
    assert result == Result(0, Path("a.svg").read_text("utf-8"), "")
    assert [path.name for path in Path().iterdir()] == ["a.svg"]


def test_weights_are_not_written_to_a_terminal(
    resnet_dsl_command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is built for them either."""
    monkeypatch.setattr(shared, "_is_terminal", lambda stream: stream is sys.stdout)
    result = resnet_dsl_command("build", "test_resnet", "--device", "cpu", "-o", "-")
    message = "error[RD514]: refused to write binary data to a terminal\n"
    help_ = "  = help: send standard output to a file or a program\n"
    assert result == Result(2, "", message + help_)


def test_weights_of_no_device_are_refused_before_the_work(resnet_dsl_command: CommandLine) -> None:
    """A network on `meta` has none to write to standard output."""
    result = resnet_dsl_command("build", "test_resnet", "--device", "meta", "-o", "-")
    assert (result.status, result.out, result.err.splitlines()[0]) == (
        2,
        "",
        "error[RD503]: a network on `meta` has no weights to save",
    )
