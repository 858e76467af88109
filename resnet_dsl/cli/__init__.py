"""Arguments in, text and files out; no logic of its own."""

import os
from io import StringIO

import click

from ..language.diagnostics import Diagnostic, EnvironmentFault, SpecError
from ..language.render import printable
from ..language.similar import did_you_mean
from .inspecting import explain, list_, schema, show, summary, validate
from .producing import build, draw, infer, new
from .shared import ENVIRONMENT_IS_WRONG, SPEC_IS_WRONG, show_faults


class _Group(click.Group):
    """Commands in the order of a person's work, and a word about misspelt ones."""

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


def run() -> int:
    """Run the command line; the exit status is 0, 1 for a wrong spec, 2 for a wrong command or environment."""
    try:
        status = cli.main(prog_name="resnet-dsl", standalone_mode=False)
    except SpecError as error:
        show_faults(error.diagnostics)
        return SPEC_IS_WRONG
    except EnvironmentFault as error:
        show_faults(error.diagnostics)
        return ENVIRONMENT_IS_WRONG
    except click.ClickException as error:
        usage = StringIO()
        error.show(usage)
        click.echo(printable(usage.getvalue(), keep_newlines=True), err=True, nl=False)
        return ENVIRONMENT_IS_WRONG
    except click.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        if os.environ.get("RESNET_DSL_TRACEBACK"):
            raise
        show_faults([_unexpected(error)])
        return ENVIRONMENT_IS_WRONG
    return status if isinstance(status, int) else 0  # click returns the status of a command that exits


_OUT_OF_MEMORY = ("out of memory", "allocate memory", "not enough memory")
"""What torch says on its devices; only some of it are errors of a class of their own."""


def _unexpected(error: Exception) -> Diagnostic:
    """One line for an error that no part of the tool expected."""
    words = str(error).splitlines() or [""]
    if isinstance(error, MemoryError) or any(each in words[0].lower() for each in _OUT_OF_MEMORY):
        return Diagnostic(
            code="RD508", message="out of memory", helps=("try a smaller input; `build` also takes `--device meta`",)
        )
    if isinstance(error, OSError):
        return Diagnostic(code="RD507", message=f"the system refused: {error.strerror or words[0]}")
    return Diagnostic(
        code="RD901",
        message=f"this is a bug of resnet-dsl: {type(error).__name__}: {words[0]}",
        helps=("set RESNET_DSL_TRACEBACK=1 to see where, and report it with the spec",),
    )
