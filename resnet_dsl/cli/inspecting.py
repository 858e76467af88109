"""The commands that only read: show, schema."""

from typing import Literal

import click

from . import shared


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
@click.argument("of", metavar="[spec|diagnostics]", type=click.Choice(["spec", "diagnostics"]), default="spec")
def schema(of: Literal["spec", "diagnostics"]) -> None:
    """Print the JSON Schema of the language.

    With `diagnostics`, print the schema of the output of `validate --format json`.
    """
    from ..language.checks.schema import schema_text

    click.echo(schema_text(of), nl=False)
