"""The table of layers for people."""

from ...graph.graph import Graph
from ...graph.page import aligned, format_shape
from .rows import batched, rows

_COLUMNS = ("path", "kind", "output shape", "parameters", "MACs")


def write(graph: Graph, batch_size: int | None) -> str:
    """One line per operation, and the totals."""
    lines = [
        (path, kind, format_shape(shape), f"{parameters:,}" if parameters else "", f"{macs:,}" if macs else "")
        for path, kind, shape, parameters, macs in rows(graph, batch_size)
    ]
    total = (
        "total",
        "",
        format_shape(batched(graph.output_shape, batch_size)),
        f"{graph.parameters:,}",
        f"{graph.macs:,}",
    )
    title = f"{graph.name}: depth {graph.depth}, input {format_shape(batched(graph.input_shape, batch_size))}"
    return f"{title}\n{aligned([_COLUMNS, *lines, total], numbers=3)}\n"
