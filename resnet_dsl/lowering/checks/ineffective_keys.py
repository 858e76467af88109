"""Keys that do nothing in this network, which only its shapes tell: without them it would be the same."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from ...diagnostics.diagnostic import Diagnostic
from ...graph.builder import Builder, Impossible
from ...graph.graph import Graph
from ...language.checks.ineffective_keys import no_effect
from ...language.spec import Origins, Spec
from ...language.text.tree import Path
from ..network import network


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A key that may do nothing, and why it does nothing then."""

    key: Path
    default: object
    reset: Callable[[Spec], Spec]
    """Gives the key its default."""
    reason: str


def _stride_in_3x3(spec: Spec) -> Spec:
    return replace(spec, stages=tuple(replace(s, block=replace(s.block, stride_in="3x3")) for s in spec.stages))


_CANDIDATES: tuple[_Candidate, ...] = (
    _Candidate(
        ("shortcut", "when"),
        "shape_change",
        lambda spec: replace(spec, shortcut=replace(spec.shortcut, when="shape_change")),
        "every block has a projection anyway",
    ),
    _Candidate(
        ("shortcut", "kernel"),
        1,
        lambda spec: replace(spec, shortcut=replace(spec.shortcut, kernel=1)),
        "no projection strides or dilates",
    ),
    _Candidate(
        ("shortcut", "pool"),
        "none",
        lambda spec: replace(spec, shortcut=replace(spec.shortcut, pool="none")),
        "there is no projection",
    ),
    _Candidate(("block", "stride_in"), "3x3", _stride_in_3x3, "no bottleneck block strides"),
    _Candidate(
        ("antialias",),
        "none",
        lambda spec: replace(spec, antialias="none"),
        "no block strides, and the stem has no pooling",
    ),
    _Candidate(
        ("drop_path",),
        0,
        lambda spec: replace(spec, drop_path=0.0),
        "there is one block, and the first is never dropped",
    ),
    _Candidate(
        ("stages", "dilations"),
        1,
        lambda spec: replace(spec, stages=tuple(replace(stage, dilation=1) for stage in spec.stages)),
        "the only 3x3 convolution of such a stage keeps the dilation of the stage before",
    ),
)


def idle_keys(spec: Spec, graph: Graph) -> list[Diagnostic]:
    """A diagnostic for each key that is not its default and leaves the network as it is.

    Args:
        spec: a network of few blocks.
        graph: what it is lowered to.
    """
    return [_idle(spec, each) for each in _CANDIDATES if _is_idle(each, spec, graph)]


def _is_idle(candidate: _Candidate, spec: Spec, graph: Graph) -> bool:
    without = candidate.reset(spec)
    if without == spec:
        return False
    with suppress(Impossible):
        return network(Builder(Origins()), without).nodes == graph.nodes
    return False


def _idle(spec: Spec, candidate: _Candidate) -> Diagnostic:
    labels = spec.origins.labels(*candidate.key, text=candidate.reason)
    return no_effect(candidate.key, candidate.default, labels, is_inherited=len(labels) > 1)
