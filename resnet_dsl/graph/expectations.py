"""`expect`: what the spec says of its network, held against the network."""

from typing import TypeAlias

from ..language.diagnostics import Diagnostic
from ..language.spec import Spec
from .graph import Graph

Fact: TypeAlias = int | tuple[int, ...]


def unmet(spec: Spec, graph: Graph) -> list[Diagnostic]:
    """Every expectation that is false."""
    facts: dict[str, tuple[str, Fact | None, Fact]] = {
        "params": ("parameters", spec.expect.params, graph.parameters),
        "macs": ("multiply-accumulates", spec.expect.macs, graph.macs),
        "depth": ("layers of depth", spec.expect.depth, graph.depth),
        "output": ("as output shape", spec.expect.output, graph.output_shape),
    }
    return [
        Diagnostic(
            code="RD303",
            message=f"`expect.{key}` is {_shown(wanted)}, but the network has {_shown(actual)} {unit}",
            labels=spec.origins.labels("expect", key),
        )
        for key, (unit, wanted, actual) in facts.items()
        if wanted is not None and wanted != actual
    ]


def _shown(value: Fact) -> str:
    return f"{value:,}" if isinstance(value, int) else str(list(value))
