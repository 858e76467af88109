"""The table of a network as JSON."""

import json
from typing import Any

from .records import records
from .rows import Request


def write(request: Request) -> str:
    """One object: the network's facts, and a list of its layers, blocks or stages."""
    graph = request.graph
    document: dict[str, Any] = {
        "name": graph.name,
        "depth": graph.depth,
        "parameters": graph.parameters,
        "macs": graph.macs,
        "input_shape": request.batched(graph.input_shape),
        "output_shape": request.batched(graph.output_shape),
        f"{request.by}s": list(records(request)),
    }
    return json.dumps(document, indent=2) + "\n"
