"""Arguments in, text and files out; no logic of its own."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import StringIO
from typing import Any, TextIO, TypeAlias

import click

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault, SpecError
from ..diagnostics.render import printable
from ..diagnostics.similar import did_you_mean
from .inspecting import explain, list_, schema, show, summary, validate
from .producing import build, draw, infer, new
from .shared import ENVIRONMENT_IS_WRONG, SPEC_IS_WRONG, show_faults


@contextmanager
def _reporting_a_broken_pipe() -> Iterator[None]:
    """That nobody reads the output any more is no fault of a spec, as click's exit status 1 would say."""
    try:
        yield
    except BrokenPipeError as error:
        raise EnvironmentFault(_refusal(error)) from None


class _Group(click.Group):
    """Commands in the order of a person's work, and a word about misspelt ones."""

    @_reporting_a_broken_pipe()
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        return super().make_context(info_name, args, parent, **extra)

    @_reporting_a_broken_pipe()
    def invoke(self, ctx: click.Context) -> Any:
        return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.commands and not name.startswith("-"):
            hint = "".join(f" ({line})" for line in did_you_mean(name, self.commands, "command"))
            ctx.fail(f"No such command '{name}'.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="resnet-dsl", prog_name="resnet-dsl")
def cli() -> None:
    """A compiler for the ResNet family.

    SPEC is the path of a YAML file, - for standard input, or the name of a bundled spec such as resnet50.
    """


for command in (validate, show, summary, explain, draw, build, infer, list_, schema, new):
    cli.add_command(command)


_Outcome: TypeAlias = tuple[int, Callable[[], None]]
"""Exit status, and what shows the errors."""


def run() -> int:
    """Run the command line; the exit status is 0, 1 for a wrong spec, 2 for a wrong command or environment."""
    status, report = _run()  # all that led to the errors is gone now, and its memory free
    with suppress(OSError):  # nobody reads the errors either
        try:
            report()
        except (MemoryError, ImportError):  # nor is there any for showing them
            status, report = _NO_MEMORY
            report()
    for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
        _flush(stream, descriptor)
    return status


def _run() -> _Outcome:
    try:
        status = cli.main(prog_name="resnet-dsl", standalone_mode=False)
    except MemoryError:  # nothing can be made before it is left
        return _NO_MEMORY
    except SpecError as error:
        return SPEC_IS_WRONG, partial(show_faults, error.diagnostics)
    except EnvironmentFault as error:
        return ENVIRONMENT_IS_WRONG, partial(show_faults, error.diagnostics)
    except click.ClickException as error:
        return ENVIRONMENT_IS_WRONG, partial(_show_usage, error.with_traceback(None))
    except click.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        if os.environ.get("RESNET_DSL_TRACEBACK"):
            raise
        return _unexpected(error)
    return status if isinstance(status, int) else 0, lambda: None  # click returns the status of a command that exits


def _show_usage(error: click.ClickException) -> None:
    """What click says of a wrong command line; the arguments that it repeats may hold anything."""
    usage = StringIO()
    error.show(usage)
    head, word, _ = usage.getvalue().partition("Error: ")
    click.echo(f"{head}{word}{printable(error.format_message())}", err=True)


def _flush(stream: TextIO | None, descriptor: int) -> None:
    """Drop what cannot be written, or Python tries it again when it ends, and says so with a status of its own."""
    try:
        if stream is not None:
            stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


_OUT_OF_MEMORY = ("out of memory", "allocate memory", "not enough memory", "bad_alloc")
"""What torch says on its devices; only some of it are errors of a class of their own."""

_MEMORY = Diagnostic(
    code="RD508", message="out of memory; a smaller input needs less, and `build --device meta` almost none"
)
_NO_MEMORY: _Outcome = (
    ENVIRONMENT_IS_WRONG,
    partial(click.echo, f"error[{_MEMORY.code}]: {_MEMORY.message}", err=True),
)
"""Ready before it is needed, because nothing more can be made then."""


def _unexpected(error: Exception) -> _Outcome:
    """One line for an error that no part of the tool expected."""
    words = str(error).splitlines() or [""]
    if any(each in words[0].lower() for each in _OUT_OF_MEMORY):
        return _NO_MEMORY
    if isinstance(error, OSError):
        return ENVIRONMENT_IS_WRONG, partial(show_faults, [_refusal(error)])
    bug = Diagnostic(
        code="RD901",
        message=f"this is a bug of resnet-dsl: {type(error).__name__}: {words[0]}",
        helps=("set RESNET_DSL_TRACEBACK=1 to see where, and report it with the spec",),
    )
    return ENVIRONMENT_IS_WRONG, partial(show_faults, [bug])


def _refusal(error: OSError) -> Diagnostic:
    """What the system would not do, such as write to a full disk, where no part of the tool knows more of it."""
    return Diagnostic(code="RD507", message=f"the system refused: {(error.strerror or str(error)).lower()}")
