"""The table of layers as CSV."""

import csv
import io

from ...graph.graph import Graph
from .rows import rows


def write(graph: Graph, batch_size: int | None) -> str:
    """A header and one line per operation."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("path", "kind", "output_shape", "parameters", "macs"))
    for path, kind, shape, parameters, macs in rows(graph, batch_size):
        writer.writerow((path, kind, "x".join(map(str, shape)), parameters, macs))
    return text.getvalue()
