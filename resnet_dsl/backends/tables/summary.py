"""The layers of a network, in any of the formats."""

from importlib import import_module

from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...diagnostics.similar import did_you_mean
from ...graph.graph import Graph
from . import FORMATS


def summary(graph: Graph, format_: str = "table", batch_size: int | None = None) -> str:
    """The layers of a graph as text.

    Args:
        graph: the network.
        format_: `table` for people, `torchsummary` for that package's format, `json`, or `csv`.
        batch_size: the first dimension of every output shape; by default none, or -1 in `torchsummary`.

    Raises:
        EnvironmentFault: there is no such format.
    """
    if format_ not in FORMATS:
        names = ", ".join(f"`{name}`" for name in FORMATS)
        helps = did_you_mean(format_, FORMATS, "format") or (f"formats are {names}",)
        raise EnvironmentFault(Diagnostic(code="RD513", message=f"unknown format `{format_}`", helps=helps))
    text: str = import_module(f".{FORMATS[format_]}", __package__).write(graph, batch_size)
    return text
