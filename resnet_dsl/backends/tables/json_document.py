"""The table of layers as JSON."""

import json
from typing import Any

from ...graph.graph import Graph
from .rows import batched, rows


def write(graph: Graph, batch_size: int | None) -> str:
    """One object: the network's facts, and a list of its layers."""
    layers = [
        {"path": path, "kind": kind, "output_shape": list(shape), "parameters": parameters, "macs": macs}
        for path, kind, shape, parameters, macs in rows(graph, batch_size)
    ]
    document: dict[str, Any] = {
        "name": graph.name,
        "depth": graph.depth,
        "parameters": graph.parameters,
        "macs": graph.macs,
        "input_shape": list(batched(graph.input_shape, batch_size)),
        "output_shape": list(batched(graph.output_shape, batch_size)),
        "layers": layers,
    }
    return json.dumps(document, indent=2) + "\n"
