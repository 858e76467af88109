"""`expect`: what the spec says of its network, held against the network."""

from typing import TypeAlias

from ..language.diagnostics import Diagnostic
from ..language.spec import Spec
from .graph import Graph

Fact: TypeAlias = int | tuple[int, ...]


def unmet(spec: Spec, graph: Graph) -> list[Diagnostic]:
    """Every expectation that is false."""
    facts: dict[str, tuple[str, Fact | None, Fact]] = {
        "params": ("the network has {} parameters", spec.expect.params, graph.parameters),
        "macs": ("the network has {} multiply-accumulates", spec.expect.macs, graph.macs),
        "depth": ("the network's depth is {}", spec.expect.depth, graph.depth),
        "output": ("the network's output shape is {}", spec.expect.output, graph.output_shape),
    }
    return [
        Diagnostic(
            code="RD303",
            message=f"`expect.{key}` is {_shown(wanted)}, but {fact.format(_shown(actual))}",
            labels=spec.origins.labels("expect", key),
        )
        for key, (fact, wanted, actual) in facts.items()
        if wanted is not None and wanted != actual
    ]


def _shown(value: Fact) -> str:
    return f"{value:,}" if isinstance(value, int) else str(list(value))
