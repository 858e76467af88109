"""The command draw."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from . import shared

if TYPE_CHECKING:
    from ..backends.drawing.drawing import Detail

_OUTPUT = click.Path(path_type=Path, dir_okay=False)


@click.command()
@shared.with_spec
@shared.with_quiet
@click.option(
    "-o",
    "--output",
    type=_OUTPUT,
    metavar="FILE",
    help="Write to this .svg, .png, .pdf or .dot file.  [default: NAME.svg]",
)
@click.option(
    "--detail",
    type=click.Choice(["stage", "block", "layer"]),
    default="stage",
    show_default=True,
    help="Draw runs of equal blocks as one, every block, or every layer.",
)
def draw(spec: str, overrides: tuple[str, ...], output: Path | None, detail: "Detail") -> None:
    """Draw the network with Graphviz."""
    from ..backends.drawing.drawing import draw as draw_graph
    from ..files import check_writable

    if output is not None:
        _format_of(output)
        check_writable(output)
    _, graph = shared.compile_reference(spec, overrides)
    path = output or Path(f"{graph.name}.svg")
    check_writable(path)
    shared.progress(f"drawing {graph.name}")
    picture = draw_graph(graph, detail).render(_format_of(path))
    shared.write_output(path, lambda partial: partial.write_bytes(picture))


def _format_of(path: Path) -> Literal["svg", "png", "pdf", "dot"]:
    """The format given by a file's extension."""
    match path.suffix.lower():
        case ".svg":
            return "svg"
        case ".png":
            return "png"
        case ".pdf":
            return "pdf"
        case ".dot" | ".gv":
            return "dot"
        case other:
            found = f"as {other}" if other else "without an extension"
            raise click.UsageError(f"drawings can be saved as .svg, .png, .pdf or .dot, not {found}")
