"""Spec -> Graph, and the faults of a network."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from math import prod

from ..diagnostics.diagnostic import Diagnostic
from ..graph.builder import Builder, Impossible
from ..graph.collector import paused_collector
from ..graph.graph import Graph
from ..graph.shapes import counted
from ..language.spec import Origins, Spec
from ..limits import MAX_PARAMETERS
from .checks.expectations import unmet_expectations
from .checks.ineffective_keys import ineffective_keys
from .checks.input_size import fitting_size
from .network import build_graph
from .outline import Figures, Outline, figures, occurrences, outline


@paused_collector()
def lower(spec: Spec) -> Graph:
    """The network that a spec describes; `network_faults` must find none in it."""
    return build_graph(Builder(), spec)


def network_faults(spec: Spec) -> list[Diagnostic]:
    """The faults of the network, found in its outline, so that a large one is rejected as fast as a small one."""
    return examined(spec)[0]


def examined(spec: Spec) -> tuple[list[Diagnostic], Figures | None]:
    """The faults of the network, and its figures if it has shapes; both from its outline."""
    builder = Builder()
    small = outline(spec)
    try:
        graph = build_graph(builder, spec, small.positions)
    except Impossible:
        return _with_fitting_size(spec, small, builder), None
    facts = figures(small, graph)
    faults = [*_with_fitting_size(spec, small, builder), *_too_large(spec, small, graph, facts)]
    return faults or [*ineffective_keys(spec, graph), *unmet_expectations(spec, facts, lambda: lower(spec))], facts


def _with_fitting_size(spec: Spec, small: Outline, builder: Builder) -> list[Diagnostic]:
    """The builder's faults; one about the size of a feature map suggests an input size that would fit."""
    if not builder.has("size"):
        return builder.faults

    def fits(other: Spec) -> bool:
        """Whether every feature map of the network has a valid size."""
        trial = Builder()
        with suppress(Impossible):
            build_graph(trial, replace(other, origins=Origins()), small.positions)
        return not trial.has("size")

    helps = fitting_size(spec, len(builder.nodes), fits)
    return [replace(fault, helps=helps) if cause == "size" else fault for cause, fault in builder.found]


def _too_large(spec: Spec, small: Outline, graph: Graph, facts: Figures) -> Iterable[Diagnostic]:
    total = facts.parameters
    if total <= MAX_PARAMETERS:
        return
    largest = max(graph.nodes, key=lambda node: node.parameters)
    counts = occurrences(small, graph)
    equals = sum(counts[node.name] for node in graph.nodes if node.parameters == largest.parameters)
    others = f"; {counted(equals - 1, 'other layer')} of the same size" if equals > 1 else ""
    factors = [factor for shape in largest.op.weights.values() if len(shape) > 1 for factor in shape]
    excess = f"{total - MAX_PARAMETERS:,} more than {MAX_PARAMETERS:,}"
    product = f"{' × '.join(f'{factor:,}' for factor in factors)} = {prod(factors):,}"
    yield Diagnostic(
        code="RD305",
        message=f"the network has {total:,} parameters, {excess}",
        labels=spec.origins.first_labels([("stages", "widths"), ("stages",)]),
        notes=(f"the weight of the largest layer, `{largest.name}`, has {product} elements{others}",),
    )
