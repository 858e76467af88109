"""The commands that print tables of networks: summary."""

from typing import TYPE_CHECKING

import click

from ..backends.tables import FORMATS
from . import shared

if TYPE_CHECKING:
    from ..backends.tables.rows import Level


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
@click.option(
    "--by",
    type=click.Choice(["layer", "block", "stage"]),
    default="layer",
    show_default=True,
    help="List every layer, or add up those of each block or stage.",
)
@shared.with_batch_size
def summary(spec: str, overrides: tuple[str, ...], format_: str, by: "Level", batch_size: int | None) -> None:
    """Print the table of layers without building the network.

    The table fits the terminal, or as many columns as the variable COLUMNS says.
    """
    from ..backends.tables.summary import summary as summarise

    _, graph = shared.compile_reference(spec, overrides)
    click.echo(summarise(graph, format_, batch_size, by=by, width=shared.output_width()), nl=False)
