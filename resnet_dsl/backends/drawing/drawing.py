"""The drawing of a network, or of several side by side, at one of three levels of detail."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...diagnostics.similar import did_you_mean
from ...files import check_writable, write_file
from ...graph.graph import Graph
from .comparison import compared
from .dot import to_dot
from .figure import Figure
from .formats import Format, format_of
from .layers import layers
from .mermaid import to_mermaid
from .overview import overview
from .page import PAGES
from .parts import Network
from .rendering import check_size, render
from .sheet import Layout, sheet

Detail: TypeAlias = Literal["stage", "block", "layer"]


@dataclass(frozen=True, slots=True, repr=False)
class Drawing:
    """The drawing of a network, rendered on demand; a notebook displays it."""

    name: str
    networks: tuple[Network, ...]
    figure: Figure
    layout: Layout
    has_legend: bool

    def __repr__(self) -> str:
        return f"<Drawing of {self.name}: {len(self.dot):,} characters of DOT>"

    @property
    def dot(self) -> str:
        """The drawing in Graphviz's DOT language; equal networks give equal text."""
        return to_dot(self.figure, self.name)

    def mermaid(self) -> str:
        """The networks as a flowchart for Mermaid, which places everything itself."""
        return to_mermaid(self.networks, is_row=self.layout == "row", has_legend=self.has_legend)

    def svg(self) -> str:
        """The drawing as SVG.

        Raises:
            EnvironmentFault: no drawing program was found, or it failed.
        """
        return self.render("svg").decode("utf-8")

    def png(self) -> bytes:
        """The drawing as PNG, for screens; raises as `svg` does, and if the image would be too large."""
        return self.render("png")

    def pdf(self) -> bytes:
        """The drawing as PDF; raises as `svg` does, and if only `graphviz-pure`, which has no PDF, is installed."""
        return self.render("pdf")

    def render(self, format: Format) -> bytes:  # noqa: A002  (graphviz's name for it)
        """The content of a file in this format; raises as the format's method does."""
        match format:
            case "dot":
                return self.dot.encode("utf-8")
            case "mermaid":
                return self.mermaid().encode("utf-8")
            case "html":
                helps = ("use `resnet_dsl.page`, or the command `draw`",)
                raise EnvironmentFault(Diagnostic(code="RD513", message="a drawing has no spec to show", helps=helps))
            case "png":
                check_size(self.figure.width * self.figure.scale, self.figure.height * self.figure.scale)
        return render(self.dot, format)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the drawing to a .svg, .png, .pdf, .dot or .mmd file.

        Raises:
            EnvironmentFault: the ending is another one, the drawing cannot be rendered, or the file cannot be written.
        """
        path = Path(path)
        form = format_of(path)
        check_writable(path)
        content = self.render(form)
        write_file(path, lambda partial: partial.write_bytes(content))

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """The SVG for notebooks, and text where it cannot be rendered or shown."""
        bundle = {"text/plain": repr(self)}
        try:
            bundle["image/svg+xml"] = self.svg()
        except EnvironmentFault as fault:
            bundle["text/plain"] = str(fault)
        return {
            kind: data
            for kind, data in bundle.items()
            if (not include or kind in include) and (not exclude or kind not in exclude)
        }


def draw(
    graph: Graph,
    *others: Graph,
    detail: Detail = "stage",
    layout: Layout | None = None,
    page: str | None = None,
    legend: bool = False,
) -> Drawing:
    """The drawing of a network, or of several side by side, in which what differs from the first is marked.

    Args:
        graph: the network.
        others: the networks that stand beside it.
        detail: `stage`, one box per run of equal blocks; `block`, one box per block; or `layer`, one per operation.
        layout: `column`, from top to bottom; `row`, from left to right; or `wrap`, in columns that fit the page.
        page: the page that `wrap` fits, such as `a4-landscape`; A4 by default. With a page, `wrap` is the default.
        legend: whether the signs are explained below.

    Raises:
        EnvironmentFault: there is no such level of detail, layout or page.
    """
    _check("level of detail", detail, _WRITERS)
    chosen: Layout = layout or ("column" if page is None else "wrap")
    _check("layout", chosen, get_args(Layout))
    _check("page", page or "a4", PAGES)
    if page is not None and chosen != "wrap":
        helps = ("use the layout `wrap`, or leave out the page",)
        message = f"a page has no effect on the layout `{chosen}`"
        raise EnvironmentFault(Diagnostic(code="RD513", message=message, helps=helps))
    graphs = (graph, *others)
    networks = compared([_WRITERS[detail](each) for each in graphs])
    figure = sheet(networks, chosen, page or "a4", has_legend=legend)
    return Drawing(" and ".join(each.name for each in graphs), networks, figure, chosen, legend)


_WRITERS: Mapping[Detail, Callable[[Graph], Network]] = {
    "stage": lambda graph: overview(graph, collapse=True),
    "block": lambda graph: overview(graph, collapse=False),
    "layer": layers,
}


def _check(noun: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        names = ", ".join(f"`{name}`" for name in known)
        helps = did_you_mean(str(value), known, noun) or (f"{_plural(noun)} are {names}",)
        raise EnvironmentFault(Diagnostic(code="RD513", message=f"unknown {noun} `{value}`", helps=helps))


def _plural(noun: str) -> str:
    return noun.replace("level", "levels", 1) if " " in noun else f"{noun}s"
