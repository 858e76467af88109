"""Code shared by several commands: arguments, reading specs, showing faults, writing output."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..diagnostics.render import printable
from ..limits import MAX_BYTES
from . import completion
from .usage import usage_fault

if TYPE_CHECKING:
    from ..checkpoints.checkpoint import Checkpoint
    from ..compiler import Source
    from ..graph.graph import Graph
    from ..language.spec import Spec

SPEC_IS_WRONG, ENVIRONMENT_IS_WRONG = 1, 2
STDOUT = Path("-")
"""What `-o -` means; no file has this name, because its extension gives the format."""
SAFETENSORS = Path("-.safetensors")
"""A file in the format of weights on standard output."""
_QUIET = "resnet_dsl.quiet"
_STDIN_IS_READ = "resnet_dsl.stdin_is_read"
_STDOUT_IS_DATA = "resnet_dsl.stdout_is_data"


def with_overrides(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --set to a command."""
    help_ = "Override a key of the spec, such as stages.depths='[3,4,23,3]'. Repeatable."
    option = click.option(
        "--set", "overrides", multiple=True, metavar="KEY=VALUE", help=help_, shell_complete=completion.overrides
    )
    return option(command)


def with_spec(command: Callable[..., None]) -> Callable[..., None]:
    """Add the argument SPEC and the option --set to a command."""
    return click.argument("spec", metavar="SPEC", shell_complete=completion.specs)(with_overrides(command))


def with_quiet(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --quiet, which `say` and `progress` respect, to a command."""

    def remember(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.meta[_QUIET] = value

    help_ = "Print nothing but faults."
    option = click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=remember, help=help_)
    return option(command)


def with_batch_size(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --batch-size to a command."""
    help_ = "First dimension of every shape; MACs are those of one image."
    return click.option("--batch-size", type=click.IntRange(1, 2**31 - 1), help=help_)(command)


def with_device(*others: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the option --device to a command; `others` are devices on which nothing can be computed."""
    *names, last = ("auto", "cpu", "cuda", "cuda:N", "mps", *others)
    return click.option(
        "--device",
        default="auto",
        show_default=True,
        metavar="DEVICE",
        shell_complete=completion.words("auto", "cpu", "cuda", "cuda:0", "mps", *others),
        help=f"{', '.join(names)} or {last}.",
    )


def with_dtype(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --dtype to a command."""
    return click.option(
        "--dtype",
        default="float32",
        show_default=True,
        metavar="DTYPE",
        shell_complete=completion.words("float32", "float64", "float16", "bfloat16"),
        help="float32, float64, float16 or bfloat16.",
    )(command)


def with_output(help_: str, complete: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the option --output, a path for `write_output`, to a command; with `-o -`, `say` prints to standard error."""

    def remember(context: click.Context, _: click.Parameter, value: Path | None) -> Path | None:
        context.meta[_STDOUT_IS_DATA] = value == STDOUT
        return value

    path = click.Path(path_type=Path)
    return click.option(
        "-o", "--output", type=path, metavar="FILE", callback=remember, help=help_, shell_complete=complete
    )


def with_place(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which of several networks in a file of weights is meant to a command."""
    at = click.option(
        "--entry", metavar="KEY", help="The mapping in the file that the network is in, such as model_ema."
    )
    below = click.option("--prefix", metavar="PREFIX", help="What its names begin with, such as module.encoder_q.")
    return at(below(command))


def open_weights(reference: str, entry: str | None, prefix: str | None) -> "Checkpoint":
    """The weights in a file, or in one that is fetched, with progress on a terminal."""
    from ..weights.opening import open_weights as open_

    shows_progress = _is_terminal(sys.stderr) and not _recall(_QUIET)
    return open_(reference, entry=entry, prefix=prefix, progress=shows_progress)


def source(reference: str) -> "Source":
    """What SPEC means: `-` for standard input, else a path, a file at a revision or the name of a bundled spec.

    Raises:
        EnvironmentFault: standard input is closed, or has been read already.
    """
    if reference != "-":
        return reference
    from ..compiler import Text

    if sys.stdin is None:
        raise EnvironmentFault(Diagnostic(code="RD001", message="cannot read the spec `-`: standard input is closed"))
    if _recall(_STDIN_IS_READ):
        raise usage_fault("standard input can be read only once, but `-` is given more than once")
    click.get_current_context().meta[_STDIN_IS_READ] = True
    return Text(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>")


def compile_reference(reference: str, overrides: Sequence[str]) -> "tuple[Spec, Graph]":
    """The spec and its network; the faults of both are raised together."""
    from ..compiler import compile_spec

    return compile_spec(source(reference), overrides)


def show_faults(faults: Iterable[Diagnostic], *, to_stderr: bool = True, is_next: bool = False) -> None:
    """Print diagnostics as text, ten of a kind, in colour on a terminal unless `NO_COLOR` is set.

    Args:
        faults: the diagnostics, which are separated by blank lines.
        to_stderr: print to standard error rather than standard output.
        is_next: whether others have already been printed.
    """
    faults = tuple(faults)
    if not faults:
        return
    from ..diagnostics.abridged import abridged
    from ..diagnostics.render import as_text

    color = has_color(sys.stderr if to_stderr else sys.stdout)
    shown, rest = abridged(faults)
    blocks = [*(as_text(fault, color=color) for fault in shown), *(f"{sentence}\n" for sentence in rest)]
    text = "\n" * is_next + "\n".join(blocks)
    click.echo(text, err=to_stderr, nl=False, color=color)


def has_color(stream: TextIO | None) -> bool:
    """Whether to write to the stream in colour."""
    return _is_terminal(stream) and not os.environ.get("NO_COLOR")


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
    if not _recall(_QUIET):
        click.echo(message, err=_recall(_STDOUT_IS_DATA))


def reserve_stdout() -> None:
    """Let `say` print to standard error, because standard output is for programs."""
    click.get_current_context().meta[_STDOUT_IS_DATA] = True


def progress(message: str) -> None:
    """Print a progress message to a terminal."""
    if _is_terminal(sys.stderr) and not _recall(_QUIET):
        click.echo(message, err=True)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal, as a function that is told what goes on, how much is done and how much there is."""
    if not _is_terminal(sys.stderr) or _recall(_QUIET):
        yield lambda what, done, total: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr, item_show_func=lambda item: item) as bar:

        def show(what: str, done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos, what)
            bar.render_progress()

        yield show


def _recall(key: str) -> Any:
    return click.get_current_context().meta.get(key, False)


def check_output(path: Path, *, is_binary: bool = False) -> None:
    """Check that `write_output` can write to `path`, before rather than after long work.

    Raises:
        EnvironmentFault: there is no such folder, it is itself one, or a terminal would have to show binary data.
    """
    from ..files import check_writable

    if path != STDOUT:
        check_writable(path)
    elif is_binary and _is_terminal(sys.stdout):
        raise usage_fault("refused to write binary data to a terminal", "send standard output to a file or a program")


def write_output(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file atomically and report it, or write to standard output."""
    from ..files import write_file, write_stream

    if path == STDOUT:
        write_stream(sys.stdout.buffer, write)
        return
    verb = verb_for(path)
    write_file(path, write)
    say(f"{verb} {printable(str(path))}")


def verb_for(path: Path) -> str:
    """What writing a file is called, before it is written."""
    return "replaced" if path.is_file() else "wrote"
