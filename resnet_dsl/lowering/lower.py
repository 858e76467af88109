"""Spec -> Graph, once nothing is wrong with the network."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from math import prod

from ..diagnostics.diagnostic import Diagnostic, SpecError, in_file_order
from ..graph.builder import Builder, Impossible
from ..graph.graph import Graph
from ..language.document.inheritance import Document
from ..language.load import examine
from ..language.spec import Origins, Spec
from .checks.expectations import unmet
from .checks.ineffective_keys import idle_keys
from .checks.input_size import fitting_size
from .network import network
from .outline import Figures, figures, occurrences, outline

MAX_PARAMETERS = 2**40


def lower(spec: Spec) -> Graph:
    """The network that the spec describes.

    Raises:
        SpecError: shapes do not fit, the network is too large, or it is not what the spec expects.
    """
    faults = _faults(spec)
    if faults:
        raise SpecError(in_file_order(faults))
    return network(Builder(spec.origins), spec)


def compile_document(document: Document, overrides: Sequence[str] = ()) -> tuple[Spec, Graph]:
    """The spec that a document describes and its network, or all that is wrong with both at once.

    Raises:
        SpecError: with every independent fault.
        EnvironmentFault: an override is not of the form `key=value`.
    """
    reading = examine(document, overrides)
    faults = [*reading.faults, *(_faults(reading.spec) if reading.spec else ())]
    if any(fault.code == "RD302" for fault in faults):  # whoever wrote such a key expects another network
        faults = [fault for fault in faults if fault.code != "RD303"]
    if faults:
        raise SpecError(in_file_order(faults))
    assert reading.spec is not None
    return reading.spec, network(Builder(reading.spec.origins), reading.spec)


def _faults(spec: Spec) -> list[Diagnostic]:
    """What is wrong with the network, found in few of its blocks: a large one is refused as fast as a small one."""
    builder = Builder(spec.origins)
    small = outline(spec)
    try:
        graph = network(builder, small)
    except Impossible:
        return _with_fitting_size(small, builder.faults)
    faults = _with_fitting_size(small, builder.faults)
    facts = figures(spec, graph)
    if not any(fault.code == "RD404" for fault in faults):  # of too many channels, too many parameters only follow
        faults += _too_large(spec, graph, facts)
    return faults or idle_keys(small, graph) or unmet(spec, facts)


def _with_fitting_size(spec: Spec, faults: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The faults; the one about the size of a feature map says which size of the input would fit."""
    return [replace(fault, helps=fitting_size(spec, _fits)) if fault.code == "RD402" else fault for fault in faults]


def _fits(spec: Spec) -> bool:
    """Whether no feature map of the network is too small."""
    builder = Builder(Origins())
    with suppress(Impossible):
        network(builder, spec)
    return all(fault.code != "RD402" for fault in builder.faults)


def _too_large(spec: Spec, graph: Graph, facts: Figures) -> list[Diagnostic]:
    total = facts.parameters
    if total <= MAX_PARAMETERS:
        return []
    largest = max(graph.nodes, key=lambda node: node.parameters)
    counts = occurrences(spec, graph)
    equals = sum(counts[node.name] for node in graph.nodes if node.parameters == largest.parameters)
    many = f" and {equals - 1:,} others of its size" if equals > 1 else ""
    factors = [factor for shape in largest.op.weights.values() if len(shape) > 1 for factor in shape]
    excess = f"{total - MAX_PARAMETERS:,} more than {MAX_PARAMETERS:,}"
    product = f"{' × '.join(f'{factor:,}' for factor in factors)} = {prod(factors):,}"
    return [
        Diagnostic(
            code="RD305",
            message=f"the network has {total:,} parameters, {excess}",
            labels=spec.origins.first_labels([("stages", "widths"), ("stages",)]),
            notes=(f"the largest layer, `{largest.name}`{many}, has a weight of {product}",),
        )
    ]
