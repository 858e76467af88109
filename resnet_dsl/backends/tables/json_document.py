"""The table of a network as JSON."""

import json
from dataclasses import asdict
from typing import Any

from ...analysis.receptive_field import last_field
from .records import records
from .rows import Request


def _capacity(request: Request) -> dict[str, int | None]:
    """The largest batch that fits, if that is asked."""
    if request.capacity is None:
        return {}
    return {"capacity": request.capacity, "largest_batch": request.largest_batch}


def write(request: Request) -> str:
    """One object: the network's facts, and a list of its layers, blocks or stages."""
    graph = request.graph
    document: dict[str, Any] = {
        "name": graph.name,
        "depth": graph.depth,
        "parameters": graph.parameters,
        "macs": graph.macs,
        "flops": graph.flops,
        "receptive_field": last_field(graph).size,
        "input_shape": request.batched(graph.input_shape),
        "output_shape": request.batched(graph.output_shape),
        "memory": {**asdict(request.memory), "training": request.memory.training, **_capacity(request)},
        f"{request.by}s": list(records(request)),
    }
    return json.dumps(document, indent=2) + "\n"
