"""The drawing of a network, at one of three levels of detail."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...diagnostics.similar import did_you_mean
from ...graph.graph import Graph
from .layers import layers
from .overview import overview
from .rendering import render

Detail: TypeAlias = Literal["stage", "block", "layer"]


@dataclass(frozen=True, slots=True, repr=False)
class Drawing:
    """The drawing of a network, kept as DOT and rendered on demand; a notebook displays it."""

    dot: str
    name: str

    def __repr__(self) -> str:
        return f"<Drawing of {self.name}: {len(self.dot):,} characters of DOT>"

    def svg(self) -> str:
        """The drawing as SVG.

        Raises:
            EnvironmentFault: no drawing program was found, or it failed.
        """
        return render(self.dot, "svg").decode("utf-8")

    def png(self) -> bytes:
        """The drawing as PNG, for screens; raises as `svg` does."""
        return render(self.dot, "png")

    def pdf(self) -> bytes:
        """The drawing as PDF; raises as `svg` does, and if only `graphviz-pure`, which has no PDF, is installed."""
        return render(self.dot, "pdf")

    def render(self, format: Literal["svg", "png", "pdf", "dot"]) -> bytes:  # noqa: A002  (graphviz's name for it)
        """The content of a file in this format; raises as the format's method does."""
        return self.dot.encode("utf-8") if format == "dot" else render(self.dot, format)

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


def draw(graph: Graph, detail: Detail = "stage") -> Drawing:
    """The drawing of the network, at one of three levels of detail."""
    return Drawing(to_dot(graph, detail), graph.name)


def to_dot(graph: Graph, detail: Detail = "stage") -> str:
    """The network in Graphviz's DOT language; equal graphs give equal text.

    `stage`: one box per run of equal blocks. `block`: one box per block. `layer`: one box per operation.

    Raises:
        EnvironmentFault: there is no such level of detail.
    """
    if detail not in _WRITERS:
        levels = ", ".join(f"`{name}`" for name in _WRITERS)
        helps = did_you_mean(str(detail), _WRITERS, "level of detail") or (f"levels are {levels}",)
        raise EnvironmentFault(Diagnostic(code="RD513", message=f"unknown level of detail `{detail}`", helps=helps))
    return _WRITERS[detail](graph)


_WRITERS: Mapping[Detail, Callable[[Graph], str]] = {
    "stage": lambda graph: overview(graph, collapse=True),
    "block": lambda graph: overview(graph, collapse=False),
    "layer": layers,
}
