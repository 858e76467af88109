"""The commands that only read: show, summary, schema."""

from typing import Literal

import click

from ..backends.tables import FORMATS
from . import shared


@click.command()
@shared.with_spec
def show(spec: str, overrides: tuple[str, ...]) -> None:
    """Print the complete spec as YAML.

    Inheritance is resolved and every default is written out.
    """
    from ..compiler import written_out
    from ..language.text.writer import write

    found, _ = shared.compile_reference(spec, overrides)
    click.echo(write(written_out(found)), nl=False)


@click.command()
@shared.with_spec
@click.option(
    "--format",
    "format_",
    type=click.Choice([*FORMATS]),
    default="table",
    show_default=True,
    help="A table for people, the table of torchsummary, or data for programs.",
)
@shared.with_batch_size
def summary(spec: str, overrides: tuple[str, ...], format_: str, batch_size: int | None) -> None:
    """Print the table of layers without building the network."""
    from ..backends.tables.summary import summary as summarise

    _, graph = shared.compile_reference(spec, overrides)
    click.echo(summarise(graph, format_, batch_size), nl=False)


@click.command()
@click.argument("of", metavar="[spec|diagnostics]", type=click.Choice(["spec", "diagnostics"]), default="spec")
def schema(of: Literal["spec", "diagnostics"]) -> None:
    """Print the JSON Schema of the language.

    With `diagnostics`, print the schema of the output of `validate --format json`.
    """
    from ..language.checks.schema import schema_text

    click.echo(schema_text(of), nl=False)
