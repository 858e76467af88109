"""Code shared by several commands: arguments, reading specs, showing faults."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, TextIO

import click

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..diagnostics.render import printable
from ..limits import MAX_BYTES

if TYPE_CHECKING:
    from ..compiler import Source
    from ..graph.graph import Graph
    from ..language.spec import Spec

SPEC_IS_WRONG, ENVIRONMENT_IS_WRONG = 1, 2
_QUIET = "resnet_dsl.quiet"


def with_overrides(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --set to a command."""
    help_ = "Override a key of the spec, such as stages.depths='[3,4,23,3]'. Repeatable."
    return click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help=help_)(command)


def with_spec(command: Callable[..., None]) -> Callable[..., None]:
    """Add the argument SPEC and the option --set to a command."""
    return click.argument("spec", metavar="SPEC")(with_overrides(command))


def with_quiet(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --quiet, which `say` and `progress` respect, to a command."""

    def remember(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.meta[_QUIET] = value

    help_ = "Print nothing but faults."
    option = click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=remember, help=help_)
    return option(command)


def with_batch_size(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --batch-size to a command."""
    help_ = "First dimension of every output shape."
    return click.option("--batch-size", type=click.IntRange(1, 2**31 - 1), help=help_)(command)


def source(reference: str) -> "Source":
    """What SPEC means: `-` for standard input, else a path, a file at a revision or the name of a bundled spec.

    Raises:
        EnvironmentFault: standard input is closed.
    """
    if reference != "-":
        return reference
    from ..compiler import Text

    if sys.stdin is None:
        raise EnvironmentFault(Diagnostic(code="RD001", message="cannot read the spec `-`: standard input is closed"))
    return Text(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>")


def compile_reference(reference: str, overrides: Sequence[str]) -> "tuple[Spec, Graph]":
    """The spec and its network; the faults of both are raised together."""
    from ..compiler import compile_spec

    return compile_spec(source(reference), overrides)


def show_faults(faults: Iterable[Diagnostic], *, to_stderr: bool = True, is_next: bool = False) -> None:
    """Print diagnostics as text, in colour on a terminal unless `NO_COLOR` is set.

    Args:
        faults: the diagnostics, which are separated by blank lines.
        to_stderr: print to standard error rather than standard output.
        is_next: whether others have already been printed.
    """
    faults = tuple(faults)
    if not faults:
        return
    from ..diagnostics.render import as_text

    stream = sys.stderr if to_stderr else sys.stdout
    color = _is_terminal(stream) and not os.environ.get("NO_COLOR")
    text = "\n" * is_next + "\n".join(as_text(fault, color=color) for fault in faults)
    click.echo(text, err=to_stderr, nl=False, color=color)


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether the stream is a terminal; it is None if it was closed before the command started."""
    return stream is not None and stream.isatty()


def output_width() -> int | None:
    """The columns that a table has to fit: those of the terminal, or what COLUMNS says; None if there are no bounds."""
    if _is_terminal(sys.stdout) or os.environ.get("COLUMNS", "").isdecimal():
        return get_terminal_size().columns
    return None


def say(message: str) -> None:
    """Print a message for people, unless --quiet is set; file names in it must be `printable`."""
    if not click.get_current_context().meta.get(_QUIET):
        click.echo(message)


def progress(message: str) -> None:
    """Print a progress message to a terminal."""
    if _is_terminal(sys.stderr) and not click.get_current_context().meta.get(_QUIET):
        click.echo(message, err=True)


def write_output(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file atomically and report it."""
    from ..files import write_file

    write_file(path, write)
    say(f"wrote {printable(str(path))}")
