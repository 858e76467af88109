"""The command that draws networks: draw."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.render import printable
from . import completion, shared
from .usage import usage_fault

if TYPE_CHECKING:
    from ..backends.drawing.drawing import Detail
    from ..backends.drawing.formats import Format
    from ..backends.drawing.sheet import Layout

_PAGES = ("a4", "a3", "letter", "a4-landscape", "a3-landscape", "letter-landscape")


@click.command()
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=completion.specs)
@shared.with_overrides
@shared.with_quiet
@shared.with_output(
    "Write to this .svg, .png, .pdf, .dot, .mmd or .html file, or to standard output for -."
    "  [default: NAME.svg, or NAME-changed.svg with --set]",
    completion.files(".svg", ".png", ".pdf", ".dot", ".gv", ".mmd", ".mermaid", ".html"),
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["svg", "png", "pdf", "dot", "mermaid", "html"]),
    help="Format of the file.  [default: the one of its extension, or svg]",
)
@click.option(
    "--detail",
    type=click.Choice(["stage", "block", "layer"]),
    help="Draw runs of equal blocks as one, every block, or every layer.  [default: stage]",
)
@click.option(
    "--layout",
    type=click.Choice(["column", "row", "wrap"]),
    help="Draw from top to bottom, from left to right, or in as many columns as fit a page best."
    "  [default: column, or wrap with --page]",
)
@click.option(
    "--page", type=click.Choice(_PAGES), metavar="PAGE", help=f"The page to fit: {', '.join(_PAGES)}.  [default: a4]"
)
@click.option("--legend", is_flag=True, help="Add a legend below.")
def draw(
    specs: tuple[str, ...],
    overrides: tuple[str, ...],
    output: Path | None,
    format_: "Format | None",
    detail: "Detail | None",
    layout: "Layout | None",
    page: str | None,
    legend: bool,
) -> None:
    """Draw a network, or several side by side.

    What differs from the first network has a heavy outline or is in bold.

    As .html, a network is drawn as a page for browsers, with its figures, its table and its spec.
    """
    from ..backends.drawing.drawing import draw as draw_graphs
    from ..backends.drawing.formats import EXTENSIONS, extension_of, format_of

    if output is not None and output != shared.STDOUT:
        if format_ is None:
            format_ = format_of(output)
        elif EXTENSIONS.get(output.suffix.lower(), format_) != format_:
            raise usage_fault(f"`{printable(output.name)}` has the extension of another format than `{format_}`")
    format_ = format_ or "svg"
    if format_ == "html":
        if len(specs) > 1 or detail or layout or page or legend:
            raise usage_fault(
                "a page shows one network, at all levels of detail", "leave out the other specs and options"
            )
        _write_page(specs[0], overrides, output)
        return
    if format_ == "mermaid" and (page is not None or layout == "wrap"):
        raise usage_fault(
            "pages have no columns in Mermaid, which places boxes itself", "use the layout `column` or `row`"
        )
    if output is not None:
        shared.check_output(output, is_binary=format_ in ("png", "pdf"))
    graphs = [shared.compile_reference(spec, overrides)[1] for spec in specs]
    names = [graph.name for graph in graphs]
    name = "-".join(names if len(names) < 4 else [names[0], f"and-{len(names) - 1}-others"])
    name += "-changed" if overrides else ""
    path = output or Path(name + extension_of(format_))
    shared.check_output(path)
    shared.progress(f"drawing {name}")
    picture = draw_graphs(*graphs, detail=detail or "stage", layout=layout, page=page, legend=legend).render(format_)
    shared.write_output(path, lambda partial: partial.write_bytes(picture))


def _write_page(spec: str, overrides: tuple[str, ...], output: Path | None) -> None:
    """Write the page of a network."""
    from ..pages import page_of

    if output is not None:
        shared.check_output(output)
    found, graph = shared.compile_reference(spec, overrides)
    path = output or Path(f"{graph.name}{'-changed' if overrides else ''}.html")
    shared.check_output(path)
    content = page_of(found, graph)
    shared.write_output(path, lambda partial: partial.write_bytes(content.encode("utf-8")))
