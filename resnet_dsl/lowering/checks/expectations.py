"""`expect`: checks the network against the spec's expectations."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from ...analysis.receptive_field import last_field
from ...analysis.saved_tensors import saved_for_backward
from ...diagnostics.diagnostic import Diagnostic
from ...graph.graph import Graph
from ...language.document.gallery import entries
from ...language.spec import Spec
from ..outline import Figures
from .bounds import batch_of, holds, met_by

Fact: TypeAlias = int | tuple[int, ...]


def unmet_expectations(spec: Spec, network: Figures, lower: Callable[[], Graph]) -> list[Diagnostic]:
    """Every expectation that is not met; the first one suggests bundled networks by their parameter counts.

    Args:
        spec: the spec.
        network: the figures of its network.
        lower: gives the whole network, for figures that take it.
    """
    expect = spec.expect
    facts: dict[str, tuple[str, Fact | str | None, Callable[[], Fact]]] = {
        "params": ("the network has {} parameters", expect.params, lambda: network.parameters),
        "macs": ("the network has {} multiply-accumulates", expect.macs, lambda: network.macs),
        "memory": ("training keeps {} bytes", expect.memory, lambda: _memory(expect.memory or "", lower())),
        "receptive_field": (
            "a pixel of the last stage sees {} pixels of the input along a side",
            expect.receptive_field,
            lambda: _receptive_field(lower()),
        ),
        "depth": ("the network's depth is {}", expect.depth, lambda: network.depth),
        "output": ("the network's output shape is {}", expect.output, lambda: network.output_shape),
    }
    measured = {key: (fact, wanted, actual()) for key, (fact, wanted, actual) in facts.items() if wanted is not None}
    faults = {
        key: Diagnostic(
            code="RD303",
            message=f"`expect.{key}` is {_format(wanted)}, but {fact.format(_format(actual))}",
            labels=spec.origins.labels("expect", key),
            helps=(f"if this is the network that you mean, write `{_instead(wanted, actual)}`",),
        )
        for key, (fact, wanted, actual) in measured.items()
        if not _is_met(wanted, actual)
    }
    listed = [*faults.values()]
    return (
        [replace(listed[0], notes=_lookalikes(spec, network)), *listed[1:]]
        if {"params", "macs"} & {*faults}
        else listed
    )


def _is_met(wanted: Fact | str, actual: Fact) -> bool:
    return holds(wanted, actual) if isinstance(wanted, str) and isinstance(actual, int) else wanted == actual


def _memory(bound: str, graph: Graph) -> int:
    """Bytes that training keeps for the backward pass of the batch that the bound names."""
    return sum(saved_for_backward(graph, batch_of(bound)).values())


def _receptive_field(graph: Graph) -> int:
    """The smaller side of what a pixel of the last stage sees."""
    return min(last_field(graph).size)


def _lookalikes(spec: Spec, network: Figures) -> tuple[str, ...]:
    """The bundled networks with the expected and with the actual number of parameters."""
    costs: dict[object, object] = {spec.expect.params: spec.expect.macs, network.parameters: network.macs}
    notes = []
    for parameters, macs in costs.items():
        alike = [entry for entry in entries() if entry.parameters == parameters]
        if alike:
            _, _, nearest = min(
                (abs(entry.macs - macs) if isinstance(macs, int) and macs else 0, len(entry.name), entry.name)
                for entry in alike
            )
            notes.append(f"the bundled `{nearest}` has {parameters:,} parameters")
    return tuple(notes)


def _instead(wanted: Fact | str, actual: Fact) -> str:
    """What to write so that the expectation is met: a bound where there was one, quoted for YAML."""
    if isinstance(actual, tuple):
        return str([*actual])
    return f'"{met_by(wanted, actual)}"' if isinstance(wanted, str) else str(actual)


def _format(value: Fact | str) -> str:
    if isinstance(value, str):
        return f"`{value}`"
    return f"{value:,}" if isinstance(value, int) else str(list(value))
