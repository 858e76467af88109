"""The command draw."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from . import shared

if TYPE_CHECKING:
    from ..backends.drawing.drawing import Detail
    from ..backends.drawing.formats import Format
    from ..backends.drawing.sheet import Layout

_PAGES = ("a4", "a3", "letter", "a4-landscape", "a3-landscape", "letter-landscape")
_STDOUT = Path("-")


@click.command()
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@shared.with_overrides
@shared.with_quiet
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to this .svg, .png, .pdf, .dot or .mmd file, or to standard output for -."
    "  [default: NAME.svg, or NAME-changed.svg with --set]",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["svg", "png", "pdf", "dot", "mermaid"]),
    help="Format of the file.  [default: as its extension says, or svg for -]",
)
@click.option(
    "--detail",
    type=click.Choice(["stage", "block", "layer"]),
    default="stage",
    show_default=True,
    help="Draw runs of equal blocks as one, every block, or every layer.",
)
@click.option(
    "--layout",
    type=click.Choice(["column", "row", "wrap"]),
    help="Draw from top to bottom, from left to right, or in as many columns as fit a page."
    "  [default: column, or wrap with --page]",
)
@click.option(
    "--page", type=click.Choice(_PAGES), metavar="PAGE", help=f"The page to fit: {', '.join(_PAGES)}.  [default: a4]"
)
@click.option("--legend", is_flag=True, help="Explain the signs below the drawing.")
def draw(
    specs: tuple[str, ...],
    overrides: tuple[str, ...],
    output: Path | None,
    format_: "Format | None",
    detail: "Detail",
    layout: "Layout | None",
    page: str | None,
    legend: bool,
) -> None:
    """Draw a network, or several side by side with their differences from the first in heavy outlines."""
    from ..backends.drawing.drawing import draw as draw_graphs
    from ..backends.drawing.formats import extension_of, format_of
    from ..files import check_writable

    if format_ is None and output is not None:
        format_ = "svg" if output == _STDOUT else format_of(output)
    if output not in (None, _STDOUT):
        check_writable(output)
    graphs = [shared.compile_reference(spec, overrides)[1] for spec in specs]
    form = format_ or "svg"
    changed = "-changed" if overrides else ""
    path = output or Path(f"{'-'.join(graph.name for graph in graphs)}{changed}{extension_of(form)}")
    check_writable(path)
    shared.progress(f"drawing {' and '.join(graph.name for graph in graphs)}")
    picture = draw_graphs(*graphs, detail=detail, layout=layout, page=page, legend=legend).render(form)
    if path == _STDOUT:
        _write_out(picture)
    else:
        shared.write_output(path, lambda partial: partial.write_bytes(picture))


def _write_out(picture: bytes) -> None:
    """Write a drawing, of text or not, to standard output.

    Raises:
        EnvironmentFault: it is closed.
    """
    if sys.stdout is None:
        raise EnvironmentFault(Diagnostic(code="RD507", message="cannot write the drawing: standard output is closed"))
    sys.stdout.buffer.write(picture)
