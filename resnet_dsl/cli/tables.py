"""The commands that print tables of networks: summary, diff."""

import click

from ..analysis.memory_needs import OPTIMIZERS, Optimizer
from ..backends.tables import DIFFERENCE_FORMATS, EXTRAS, FORMATS, LEVELS, Extra, Level
from ..diagnostics.diagnostic import EnvironmentFault, SpecError
from ..graph.amounts import bytes_in
from . import completion, shared
from .usage import usage_fault

_with_columns = click.option(
    "--column",
    "extras",
    type=click.Choice(EXTRAS),
    multiple=True,
    help="Show this too: FLOPs, what training keeps in memory, or receptive fields. Repeatable.",
)


def _capacity(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """The bytes that an amount such as 24GB means."""
    if value is None:
        return None
    size = bytes_in(value)
    if size is None:
        raise usage_fault(f"`--fit-in` must be an amount of memory such as `24GB` or `16GiB`, found `{value}`")
    return size


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
    type=click.Choice(LEVELS),
    default="layer",
    show_default=True,
    help="List every layer, or add up those of each block or stage.",
)
@shared.with_batch_size
@_with_columns
@click.option(
    "--optimizer",
    type=click.Choice(OPTIMIZERS),
    help="Say what training takes with this one's state in memory; without it, as with sgd, which has none.",
)
@click.option("--autocast", is_flag=True, help="Say what training takes in bfloat16 under autocast.")
@click.option(
    "--fit-in",
    "capacity",
    metavar="SIZE",
    callback=_capacity,
    shell_complete=completion.capacities,
    help="Say whether training fits into this much memory, such as 24GB, and the largest batch that does.",
)
def summary(
    spec: str,
    overrides: tuple[str, ...],
    format_: str,
    by: Level,
    batch_size: int | None,
    extras: tuple[Extra, ...],
    optimizer: Optimizer | None,
    autocast: bool,
    capacity: int | None,
) -> None:
    """Print the table of layers without building the network.

    The table fits the terminal, or as many columns as the variable COLUMNS says.
    """
    from ..backends.tables.summary import summary as summarise

    _, graph = shared.compile_reference(spec, overrides)
    text = summarise(
        graph,
        format_,
        batch_size,
        by=by,
        width=shared.output_width(),
        extras=extras,
        optimizer=optimizer,
        autocast=autocast,
        capacity=capacity,
    )
    click.echo(text, nl=False)


@click.command()
@click.argument("before", metavar="A", shell_complete=completion.specs)
@click.argument("after", metavar="[B]", required=False, shell_complete=completion.specs)
@shared.with_overrides
@click.option(
    "--format",
    "format_",
    type=click.Choice([*DIFFERENCE_FORMATS]),
    default="text",
    show_default=True,
    help="Text for people, Markdown for pull requests, or JSON for programs.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(1, 2**31 - 1),
    help="Show what training keeps in memory for this batch; for 1 by default.",
)
@_with_columns
def diff(
    before: str,
    after: str | None,
    overrides: tuple[str, ...],
    format_: str,
    batch_size: int | None,
    extras: tuple[Extra, ...],
) -> None:
    """Show what differs between two networks.

    A and B are specs, files of weights, or git:REVISION:PATH for a spec as it was. --set changes B, which without B is
    A: `resnet-dsl diff resnet50 --set head.classes=10`.

    Exit status 0: nothing differs, and nothing is printed; 1: something differs; 2: a side is wrong or cannot be read.
    """
    from ..backends.tables.difference import render
    from ..differences import compare

    if after is None and not overrides:
        raise usage_fault("compare A with another network B, or with itself changed by `--set`")
    if before == after == "-":
        raise usage_fault("only one of the two can be standard input")
    one = shared.source(before)
    try:
        other = one if after is None else shared.source(after)
        found = compare(one, other, overrides, batch_size=batch_size or 1)
    except SpecError as error:  # exit status 1 means that the networks differ
        raise EnvironmentFault(error.diagnostics) from None
    shown: set[Extra] = {*extras} if batch_size is None else {*extras, "memory"}
    click.echo(render(found, format_, shown), nl=False)
    raise click.exceptions.Exit(int(bool(found)))
