"""The commands that print tables of networks: summary."""

import click

from ..backends.tables import FORMATS
from . import shared


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
