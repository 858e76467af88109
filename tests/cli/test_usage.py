"""Faults of the command line: the same form as all diagnostics, for every command and every kind of fault."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from resnet_dsl.cli import cli
from tests.cli.conftest import CommandLine, Result


def wrong_command_lines() -> Iterator[tuple[str, ...]]:
    """Each command with each kind of fault that its arguments allow."""
    yield from (("--no-such-option",), ("-x",), ("no-such-command",), ("--version=3",), ("-",))
    for name, command in cli.commands.items():
        arguments = [each for each in command.params if isinstance(each, click.Argument)]
        yield (name, "--no-such-option")
        yield (name, "--no-such-option=3")
        yield (name, "-x")
        yield (name, "--help=3")
        if any(argument.required for argument in arguments):
            yield (name,)
        if all(argument.nargs == 1 for argument in arguments):
            yield (name, *["spec"] * (len(arguments) + 1))
        for argument in arguments:
            if isinstance(argument.type, click.Choice):
                yield (name, "no-such-choice")
        needed = [*["resnet18"] * len(arguments)]
        for option in command.params:
            if not isinstance(option, click.Option):
                continue
            if option.is_flag:
                yield (name, *needed, f"{option.opts[-1]}=value")
                continue
            if option.required:
                yield (name, *needed)
            for form in option.opts:
                yield (name, *needed, form)
                if isinstance(option.type, click.Choice):
                    yield (name, *needed, form, "no-such-choice")
                if isinstance(option.type, click.IntRange):
                    yield from (
                        (name, *needed, form, value) for value in ("-1", "99999999999999999999", "1.5", "x", "")
                    )


def is_diagnostic(result: Result) -> bool:
    """Whether all output is one diagnostic in the house style."""
    first, *rest = result.err.splitlines()
    return (
        re.fullmatch(r"error\[RD514\]: [^A-Z'\"].*[^.]", first) is not None
        and all(line.startswith("  = help: ") for line in rest)
        and not re.search(r"Usage:|Error:|'|No such|Got ", result.err)
    )


@pytest.mark.parametrize("arguments", [*wrong_command_lines()], ids=" ".join)
def test_every_wrong_command_line_gives_a_diagnostic(
    arguments: tuple[str, ...], resnet_dsl_command: CommandLine
) -> None:
    """Exit status 2, one fault, in lower case and without a full stop, names in backquotes; nothing is written."""
    result = resnet_dsl_command(*arguments)
    assert (result.status, result.out) == (2, "")
    assert is_diagnostic(result), result.err
    assert not [*Path().iterdir()]


@pytest.mark.parametrize(
    ("line", "message", "help_"),
    [
        ("--detial", "unknown option `--detial`", "`resnet-dsl --help` lists the options"),
        ("draw a --detial stage", "unknown option `--detial`", "an option with a similar name exists: `--detail`"),
        ("draw a -x", "unknown option `-x`", "`resnet-dsl draw --help` lists the options"),
        ("validat a", "unknown command `validat`", "a command with a similar name exists: `validate`"),
        ("frobnicate", "unknown command `frobnicate`", "`resnet-dsl --help` lists the commands"),
        (
            "resnet50",
            "unknown command `resnet50`",
            "give a command before the spec, such as `resnet-dsl validate resnet50`",
        ),
        ("validate", "missing argument `SPEC...`", "write `resnet-dsl validate [OPTIONS] SPEC...`"),
        ("new a", "missing option `--from`", "add `--from SPEC`"),
        ("show a b", "unexpected argument `b`", "write `resnet-dsl show [OPTIONS] SPEC`"),
        ("show a b c", "unexpected arguments `b c`", "write `resnet-dsl show [OPTIONS] SPEC`"),
        ("show a --set", "`--set` needs a value", "write `--set KEY=VALUE`"),
        ("draw a -o", "`-o` needs a value", "write `-o FILE`"),
        ("draw a --quiet=no", "`--quiet` takes no value", None),
        (
            "draw a --detail blok",
            "`--detail` must be `stage`, `block` or `layer`, found `blok`",
            "a value with a similar name exists: `block`",
        ),
        ("schema of", "the argument must be `spec` or `diagnostics`, found `of`", None),
        ("build a --classes many", "`--classes` must be an integer from 0 to 65,536, found `many`", None),
        ("build a --classes -1", "`--classes` must be an integer from 0 to 65,536, found `-1`", None),
        ("list vgg", "no bundled spec matches `vgg`", "`resnet-dsl list` shows them all"),
    ],
)
def test_a_wrong_command_line_is_named_with_what_to_write(
    line: str, message: str, help_: str | None, resnet_dsl_command: CommandLine
) -> None:
    """The word that is wrong, what would be right, and what the user may have meant."""
    shown = f"error[RD514]: {message}\n" + (f"  = help: {help_}\n" if help_ else "")
    assert resnet_dsl_command(*line.split()) == Result(2, "", shown)


def test_a_file_without_a_command_is_recognised(resnet_dsl_command: CommandLine) -> None:
    """The help says to give a command first."""
    Path("mine.yaml").touch()
    assert "such as `resnet-dsl validate mine.yaml`" in resnet_dsl_command("mine.yaml").err


def test_what_click_says_in_other_cases_is_a_diagnostic_too(
    resnet_dsl_command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In lower case, without a full stop, and with names in backquotes."""
    messages = {
        click.UsageError("Can't use 'a' with 'b-c'."): "can't use `a` with `b-c`",
        click.BadParameter(
            "File 'a' is odd.", param=cli.commands["show"].params[0]
        ): "invalid value for `SPEC`: file `a` is odd",
        click.FileError("a", "No such thing."): "could not open file `a`: No such thing",
    }
    for error, message in messages.items():

        def fail(error: click.ClickException = error) -> None:
            raise error

        monkeypatch.setattr(cli.commands["schema"], "callback", lambda **_: fail())
        assert resnet_dsl_command("schema").err == f"error[RD514]: {message}\n"


def test_without_arguments_the_help_is_printed_once(resnet_dsl_command: CommandLine) -> None:
    """To standard output, as with `--help`."""
    result = resnet_dsl_command()
    assert (result.status, result.err) == (0, "")
    assert result.out.count("Usage: resnet-dsl [OPTIONS] COMMAND [ARGS]...\n") == 1
    assert result == resnet_dsl_command("--help")
