"""Why a checkpoint is not one of a network, in the words of the spec."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..language.diagnostics import Diagnostic
from ..language.spec import Origins
from ..language.tree import Plain
from .graph import Graph
from .matching import Comparison, State
from .recognise import Unrecognised, recognise

_TELLING = (
    "block.type",
    "stages.depths",
    "stages.widths",
    "block.expansion",
    "block.groups",
    "block.width_per_group",
    "block.reduce_first",
    "block.preactivation",
    "input.channels",
    "stem.channels",
    "stem.kernel",
    "stem.pool",
    "shortcut.type",
    "shortcut.when",
    "shortcut.kernel",
    "shortcut.pool",
    "norm",
    "attention",
    "head.classes",
)
"""The keys that names and shapes can tell, the most important first."""


def explain_mismatch(
    graph: Graph, checkpoint: State, comparison: Comparison, *, file: str, origins: Origins
) -> Diagnostic:
    """One diagnostic: how much agrees, what the checkpoint is instead, which keys to change."""
    total = sum(map(len, (comparison.agreeing, comparison.missing, comparison.unexpected, comparison.reshaped)))
    notes = list(_first_differences(graph.state, checkpoint, comparison))
    helps: list[str] = []
    labels = origins.labels("name")
    try:
        theirs, ours = recognise(checkpoint).document, recognise(graph.state).document
    except Unrecognised as error:
        notes.insert(0, f"the checkpoint is not of a network that a spec can describe: {error}")
    else:
        keys = [key for key in _TELLING if _at(theirs, key) != _at(ours, key)]
        if "block.type" in keys and "block.expansion" in keys:
            keys.remove("block.expansion")  # the type brings its own
        if keys:
            notes.insert(0, f"the checkpoint has {_described(theirs)}; this spec has {_described(ours)}")
            labels = origins.labels(*keys[0].split("."))
        helps = [f"change `{key}` to `{_shown(_at(theirs, key))}`" for key in keys]
    return Diagnostic(
        code="RD505",
        message=f"`{file}` holds the weights of another network: {len(comparison.agreeing)} of {total} entries agree",
        labels=labels,
        notes=tuple(notes),
        helps=tuple(helps),
    )


def _first_differences(network: State, checkpoint: State, comparison: Comparison) -> Iterator[str]:
    if comparison.missing:
        name = comparison.missing[0]
        yield f"{len(comparison.missing)} are not in the file, first `{name}` {list(network[name])}"
    if comparison.unexpected:
        name = comparison.unexpected[0]
        yield f"{len(comparison.unexpected)} are in the file only, first `{name}` {list(checkpoint[name])}"
    if comparison.reshaped:
        name = comparison.reshaped[0]
        yield (
            f"{len(comparison.reshaped)} have another shape, first `{name}`:"
            f" {list(checkpoint[name])} in the file, {list(network[name])} here"
        )


def _at(document: Mapping[str, Plain], key: str) -> Any:
    value: Any = document
    for step in key.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _described(document: Mapping[str, Plain]) -> str:
    types = _at(document, "block.type")
    blocks = {"basic": "basic blocks", "bottleneck": "bottlenecks"}.get(
        types if isinstance(types, str) else "", "blocks"
    )
    depths = ", ".join(str(depth) for depth in _at(document, "stages.depths"))
    text = f"{blocks} with depths {depths}"
    classes = _at(document, "head.classes")
    return f"{text} and {classes:,} classes" if classes else f"{text} and no classifier"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "the default" if value is None else str(value)
