"""Finds keys that have no effect because of the network's shapes: without them it would be the same.

Keys that have no effect because of other keys are found by `language/checks/ineffective_keys.py`.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ...diagnostics.diagnostic import Diagnostic
from ...graph.builder import Builder, Impossible
from ...graph.graph import Graph
from ...language.checks.ineffective_keys import no_effect
from ...language.spec import STAGE_FIELDS, Spec, default
from ...language.text.tree import Table, find
from ..network import build_graph
from ..outline import outline


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A key that may have no effect, and the reason if it has none."""

    key: tuple[str, ...]
    """Its default depends on no other key."""
    reason: str


_CANDIDATES: tuple[_Candidate, ...] = (
    _Candidate(("shortcut", "when"), "every block has a projection anyway"),
    _Candidate(("shortcut", "kernel"), "no projection strides or dilates"),
    _Candidate(("shortcut", "pool"), "there is no projection"),
    _Candidate(("shortcut", "norm"), "there is no projection"),
    _Candidate(("shortcut", "zeros"), "no shape changes"),
    _Candidate(("shortcut", "source"), "no shortcut is an identity"),
    _Candidate(("block", "stride_in"), "no block with a 1x1 convolution strides"),
    _Candidate(("block", "pool"), "no block strides"),
    _Candidate(("antialias",), "no block strides, and the stem has no pooling"),
    _Candidate(("drop_path",), "there is only one block, and the first is never dropped"),
    _Candidate(
        ("stages", "dilations"),
        "the only 3x3 convolution of such a stage keeps the dilation of the previous stage",
    ),
)


def ineffective_keys(spec: Spec, graph: Graph) -> list[Diagnostic]:
    """A diagnostic for each key that differs from its default but leaves the network unchanged.

    Args:
        spec: the spec as read, so that it has its document.
        graph: the graph of its outline.
    """
    written = spec.written
    if written is None:
        return []
    return [_diagnostic(spec, each) for each in _CANDIDATES if _is_ineffective(each.key, written, spec, graph)]


def _is_ineffective(key: tuple[str, ...], written: Table, spec: Spec, graph: Graph) -> bool:
    if find(written, key) is None or all(value == default(key) for value in _values(spec, key)):
        return False
    other = _without(spec, key)
    with suppress(Impossible):
        return build_graph(Builder(), other, outline(other).positions).nodes == graph.nodes
    return False


def _values(spec: Spec, key: tuple[str, ...]) -> list[Any]:
    """The value of a key, or those of all stages."""
    match key:
        case ("block", name):
            return [getattr(stage.block, name) for stage in spec.stages]
        case ("stages", name):
            return [getattr(stage, STAGE_FIELDS[name]) for stage in spec.stages]
        case (section, name):
            return [getattr(getattr(spec, section), name)]
        case _:
            return [getattr(spec, key[0])]


def _without(spec: Spec, key: tuple[str, ...]) -> Spec:
    """The spec with the default of a key."""
    value: Any = default(key)
    match key:
        case ("block", name):
            stages = [replace(stage, block=replace(stage.block, **{name: value})) for stage in spec.stages]
            return replace(spec, stages=tuple(stages))
        case ("stages", name):
            return replace(spec, stages=tuple(replace(stage, **{STAGE_FIELDS[name]: value}) for stage in spec.stages))
        case (section, name):
            return replace(spec, **{section: replace(getattr(spec, section), **{name: value})})
        case _:
            return replace(spec, **{key[0]: value})


def _diagnostic(spec: Spec, candidate: _Candidate) -> Diagnostic:
    labels = spec.origins.labels(*candidate.key, text=candidate.reason)
    return no_effect(
        candidate.key, labels, is_inherited=spec.origins.lineage.inherits(spec.origins.span(*candidate.key))
    )
