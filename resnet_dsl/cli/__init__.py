"""The command line: arguments in, text and files out; no logic of its own."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TextIO, TypeAlias

import click

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault, SpecError
from .benching import bench
from .building import build
from .drawing import draw
from .explaining import explain
from .exporting import export
from .inspecting import schema, show
from .listing import list_
from .shared import ENVIRONMENT_IS_WRONG, SPEC_IS_WRONG, show_faults
from .shells import register_shells
from .starting import new
from .tables import diff, summary
from .usage import fault_of, unknown_command
from .validating import validate
from .viewing import view
from .weights import convert, infer


class _Group(click.Group):
    """Lists the commands in workflow order, and reports faults of the command line as diagnostics."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.ClickException as error:
            raise fault_of(error, self, click.Context(self)) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            command = self.commands.get(ctx.invoked_subcommand or "", self)
            raise fault_of(error, command, click.Context(command)) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.commands and not name.startswith("-") and not ctx.resilient_parsing:
            raise unknown_command(name, self.commands)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Group,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="resnet-dsl", prog_name="resnet-dsl")
@click.pass_context
def cli(context: click.Context) -> None:
    """A compiler for the ResNet family.

    SPEC is the path of a YAML file, the name of a bundled spec such as resnet50, - for standard input, or
    git:REVISION:PATH for a file as it was at a revision.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (
    *(validate, show, summary, explain, diff, draw, view),
    *(build, bench, export, infer, convert, list_, schema, new),
):
    cli.add_command(command)

register_shells()


_Outcome: TypeAlias = tuple[int, Callable[[], None]]
"""Exit status, and a function that reports the errors."""


def run() -> int:
    """Run the command line and return the exit status: 0, 1 for a wrong spec, 2 for a wrong command or environment."""
    status, report = _run()  # everything that led to the errors has been freed by now
    with suppress(OSError):  # standard error may be closed as well
        try:
            report()
        except (MemoryError, ImportError):  # not enough memory to report them
            status, report = _NO_MEMORY
            report()
    for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
        _flush(stream, descriptor)
    return status


def _run() -> _Outcome:
    try:
        status = cli.main(prog_name="resnet-dsl", standalone_mode=False)
    except MemoryError:  # nothing can be allocated inside this handler
        return _NO_MEMORY
    except SpecError as error:
        return SPEC_IS_WRONG, partial(show_faults, error.diagnostics)
    except EnvironmentFault as error:
        return ENVIRONMENT_IS_WRONG, partial(show_faults, error.diagnostics)
    except click.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        if os.environ.get("RESNET_DSL_TRACEBACK"):
            raise
        return _unexpected(error)
    return status if isinstance(status, int) else 0, lambda: None  # click returns the exit status


def _flush(stream: TextIO | None, descriptor: int) -> None:
    """Discard what cannot be written, or Python retries at exit and fails with its own status."""
    try:
        if stream is not None:
            stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


_OUT_OF_MEMORY = ("out of memory", "allocate memory", "not enough memory", "bad_alloc")
"""What torch's messages contain on various devices; only some of these errors have their own class."""

_MEMORY = Diagnostic(
    code="RD508", message="out of memory; a smaller input needs less, and `build --device meta` almost none"
)
_NO_MEMORY: _Outcome = (
    ENVIRONMENT_IS_WRONG,
    partial(click.echo, f"error[{_MEMORY.code}]: {_MEMORY.message}", err=True),
)
"""Created in advance, because nothing more can be allocated when it is needed."""


def _unexpected(error: Exception) -> _Outcome:
    """Report an unexpected error in one line."""
    lines = str(error).splitlines() or [""]
    if any(each in lines[0].lower() for each in _OUT_OF_MEMORY):
        return _NO_MEMORY
    if isinstance(error, OSError):
        return ENVIRONMENT_IS_WRONG, partial(show_faults, [_system_error(error)])
    bug = Diagnostic(
        code="RD901",
        message=f"this is a bug in resnet-dsl: {type(error).__name__}: {lines[0]}",
        helps=("set RESNET_DSL_TRACEBACK=1 to see the traceback, and report it with the spec",),
    )
    return ENVIRONMENT_IS_WRONG, partial(show_faults, [bug])


def _system_error(error: OSError) -> Diagnostic:
    """The diagnostic for an operating system error, such as a full disk, that was not handled elsewhere."""
    return Diagnostic(code="RD507", message=f"system error: {(error.strerror or str(error)).lower()}")
