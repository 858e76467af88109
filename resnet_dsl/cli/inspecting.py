"""The commands that only read: validate, show, explain, list, schema."""

from typing import TYPE_CHECKING, Any, Literal

import click

from ..diagnostics.diagnostic import DiagnosticError, EnvironmentFault
from . import shared

if TYPE_CHECKING:
    from ..graph.graph import Graph


@click.command()
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@shared.with_overrides
@shared.with_quiet
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "concise", "json", "github"]),
    default="text",
    show_default=True,
    help="Text for people, one line per fault, JSON for programs, or GitHub Actions annotations.",
)
def validate(
    specs: tuple[str, ...], overrides: tuple[str, ...], format_: Literal["text", "concise", "json", "github"]
) -> None:
    """Check specs and report every fault.

    Exit status 0: every spec is valid; 1: one is wrong; 2: one cannot be read.
    """
    from ..diagnostics.render import as_github, as_json, as_line, as_record, printable

    records: list[dict[str, Any]] = []
    status = 0
    for spec in specs:
        try:
            _, graph = shared.compile_reference(spec, overrides)
        except DiagnosticError as error:
            wrong = shared.ENVIRONMENT_IS_WRONG if isinstance(error, EnvironmentFault) else shared.SPEC_IS_WRONG
            match format_:
                case "text":
                    shared.show_faults(error.diagnostics, to_stderr=False, is_next=status > 0)
                case "json":
                    records += map(as_record, error.diagnostics)
                case "concise":
                    click.echo("\n".join(map(as_line, error.diagnostics)))
                case "github":
                    click.echo("\n".join(map(as_github, error.diagnostics)))
            status = max(status, wrong)
        else:
            if format_ == "text":
                shared.say(f"{printable(spec)}: ok, {graph.name} with {graph.parameters:,} parameters")
    if format_ == "json":
        click.echo(as_json(records))
    raise click.exceptions.Exit(status)


@click.command()
@shared.with_spec
@click.option("--origins", is_flag=True, help="Say of each value where it comes from.")
def show(spec: str, overrides: tuple[str, ...], origins: bool) -> None:
    """Print the complete spec as YAML.

    Inheritance is resolved and every default is written out. With --origins, comments say of each value where it comes
    from: a line of this file or of one that it extends, an option, or a default.
    """
    from ..compiler import origins_of, written_out
    from ..diagnostics.render import printable
    from ..language.text.writer import write, write_commented

    found, _ = shared.compile_reference(spec, overrides)
    if origins:
        comments = {path: printable(str(origin)) for path, origin in origins_of(found).items()}
        click.echo(write_commented(written_out(found), comments), nl=False)
    else:
        click.echo(write(written_out(found)), nl=False)


@click.command()
@click.argument("spec", metavar="SPEC|CODE")
@shared.with_overrides
def explain(spec: str, overrides: tuple[str, ...]) -> None:
    """Explain the shortcut of each block.

    With a CODE such as RD203, explain that diagnostic.
    """
    from ..diagnostics.manual import is_code

    if is_code(spec):
        click.echo(_manual_section(spec.upper(), overrides), nl=False)
        return
    from ..backends.tables.shortcuts import explain as explain_graph

    _, graph = shared.compile_reference(spec, overrides)
    click.echo(explain_graph(graph), nl=False)


def _manual_section(code: str, overrides: tuple[str, ...]) -> str:
    """The section of the manual about a code."""
    from ..diagnostics.manual import sections
    from ..diagnostics.similar import did_you_mean

    if overrides:
        raise click.UsageError("--set applies to a spec, not to a code")
    if code not in sections():
        hint = "".join(f" ({line})" for line in did_you_mean(code, sections(), "code"))
        raise click.UsageError(f"there is no code {code}{hint}")
    return sections()[code]


@click.command("list")
@click.argument("words", metavar="[WORD]...", nargs=-1)
def list_(words: tuple[str, ...]) -> None:
    """List the bundled specs, by family.

    With WORDs, list only specs whose names contain all of them.
    """
    from ..compiler import compile_spec
    from ..language.document.bundled import FAMILIES, families

    groups: dict[str, list[tuple[str, ...]]] = {}
    for family, names in families().items():
        for name in names:
            if all(word.casefold() in name.casefold() for word in words):
                spec, graph = compile_spec(name)
                groups.setdefault(FAMILIES.get(family, family), []).append(_row(graph, spec.description or ""))
    if not groups:
        from ..diagnostics.similar import did_you_mean
        from ..language.document.bundled import bundled_specs

        hint = "".join(f" ({line})" for line in did_you_mean(" ".join(words), bundled_specs(), "bundled spec"))
        raise click.UsageError(f"no bundled spec matches {' '.join(words)}{hint}")
    header = ("name", "depth", "parameters", "MACs", "description")
    rows = [header, *(row for group in groups.values() for row in group)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    click.echo(_line(header, widths))
    for title, group in groups.items():
        click.echo(f"\n{title}")
        for row in group:
            click.echo(_line(row, widths))


def _row(graph: "Graph", description: str) -> tuple[str, ...]:
    return graph.name, str(graph.depth), f"{graph.parameters:,}", f"{graph.macs:,}", description


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, *numbers, description = row
    columns = [name.ljust(widths[0]), *(n.rjust(width) for n, width in zip(numbers, widths[1:], strict=True))]
    return "  ".join([*columns, description]).rstrip()


@click.command()
@click.argument("of", metavar="[spec|diagnostics]", type=click.Choice(["spec", "diagnostics"]), default="spec")
def schema(of: Literal["spec", "diagnostics"]) -> None:
    """Print the JSON Schema of the language.

    With `diagnostics`, print the schema of the output of `validate --format json`.
    """
    from ..language.checks.schema import schema_text

    click.echo(schema_text(of), nl=False)
