"""What several commands share: arguments, reading specs, showing faults."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
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


def overridable(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option --set."""
    help_ = "Override a key of the spec, as in stages.depths='[3,4,23,3]'. Repeatable."
    return click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help=help_)(command)


def taking_spec(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the argument SPEC and the option --set."""
    return click.argument("spec", metavar="SPEC")(overridable(command))


def quietable(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option --quiet, which `say` and `progress` obey."""

    def remember(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.meta[_QUIET] = value

    help_ = "Print nothing but faults."
    option = click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=remember, help=help_)
    return option(command)


def with_batch_size(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option --batch-size."""
    help_ = "Put this before every output shape."
    return click.option("--batch-size", type=click.IntRange(1, 2**31 - 1), help=help_)(command)


def source(reference: str) -> "Source":
    """What SPEC means: a path, `-` for standard input, or the name of a bundled spec.

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
    """The spec and its network; all that is wrong with either is raised at once."""
    from ..compiler import compile_spec

    return compile_spec(source(reference), overrides)


def show_faults(faults: Iterable[Diagnostic], *, to_stderr: bool = True, is_next: bool = False) -> None:
    """Print diagnostics as text, in colour where a terminal reads them and `NO_COLOR` is not set.

    Args:
        faults: what to print, with blank lines between them.
        to_stderr: whether they go there, or to standard output.
        is_next: whether others were printed before.
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
    """Not where the stream was closed before the command began."""
    return stream is not None and stream.isatty()


def say(message: str) -> None:
    """Print what a person may want to know, unless it is to be quiet; names of files in it are `printable`."""
    if not click.get_current_context().meta.get(_QUIET):
        click.echo(message)


def progress(message: str) -> None:
    """Say what takes a while, where somebody watches."""
    if _is_terminal(sys.stderr) and not click.get_current_context().meta.get(_QUIET):
        click.echo(message, err=True)


def write_output(path: Path, write: Callable[[Path], object]) -> None:
    """Write a whole file or none, and say so."""
    from ..files import write_file

    write_file(path, write)
    say(f"wrote {printable(str(path))}")
