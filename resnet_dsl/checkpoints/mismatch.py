"""Explains why a checkpoint does not match a network, in terms of the spec."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..diagnostics.diagnostic import Diagnostic
from ..graph.graph import Graph
from ..language.checks.wording import quoted
from ..language.document.bundled import is_bundled
from ..language.spec import Origins, default
from ..language.text.writer import flow
from ..lowering.blocks import BLOCKS
from .bundled import bundled_with
from .comparison import Comparison, State
from .observed_stages import Unrecognised
from .recognition import Recognised, recognise

_REVEALED = (
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
"""The keys that names and shapes reveal, most important first."""

_DEFAULTED = ("shortcut.when", "shortcut.kernel", "shortcut.pool")
"""Keys that are only recognised if they differ from their default."""


def explain_mismatch(
    graph: Graph, checkpoint: State, comparison: Comparison, *, file: str, origins: Origins
) -> Diagnostic:
    """One diagnostic: how many entries match, what the checkpoint is instead, which keys to change."""
    total = sum(map(len, (comparison.agreeing, comparison.missing, comparison.unexpected, comparison.reshaped)))
    notes = list(_first_differences(graph.state, checkpoint, comparison))
    helps: list[str] = []
    labels = origins.labels("name")
    try:
        theirs, ours = recognise(checkpoint), recognise(graph.state)
    except Unrecognised as error:
        notes.insert(0, f"no spec can describe the checkpoint's network: {error}")
    else:
        keys = differing_keys(theirs, ours)
        if "block.type" in keys and ("block", "expansion") not in origins.spans:
            keys = [key for key in keys if key != "block.expansion"]  # implied by the type
        if keys:
            found, expected = (_describe(each.document) for each in (theirs, ours))
            if found == expected:
                found, expected = (f"`{keys[0]}: {flow(value_at(each, keys[0]))}`" for each in (theirs, ours))
            notes.insert(0, f"the checkpoint has {found}; this spec has {expected}")
            labels = origins.labels(*keys[0].split("."))
        helps = [*_bundled(checkpoint, origins)]
        helps += [f"change `{key}` to `{flow(value_at(theirs, key))}`" for key in keys]
    return Diagnostic(
        code="RD505",
        message=f"`{file}` has the weights of a different network: {len(comparison.agreeing)} of {total} entries match",
        labels=labels,
        notes=tuple(notes),
        helps=tuple(helps),
    )


def _bundled(checkpoint: State, origins: Origins) -> Iterator[str]:
    """For a bundled spec, which nobody wants to change: the bundled ones that the checkpoint fits."""
    name = origins.span("name")
    if name is not None and is_bundled(Path(name.source.name)) and (fitting := bundled_with(checkpoint)):
        yield f"the file has the names and shapes of the bundled {quoted(fitting, 'or')}"


def _first_differences(network: State, checkpoint: State, comparison: Comparison) -> Iterator[str]:
    """For each kind of difference, the number of entries and the first of them."""
    if names := comparison.missing:
        yield _count(names, "missing from the file", str(list(network[names[0]])))
    if names := comparison.unexpected:
        yield _count(names, "only in the file", str(list(checkpoint[names[0]])))
    if names := comparison.reshaped:
        shapes = f"{list(checkpoint[names[0]])} in the file, {list(network[names[0]])} here"
        yield _count(names, "different in shape", shapes)


def _count(names: Sequence[str], difference: str, shape: str) -> str:
    if len(names) == 1:
        return f"one entry is {difference}: `{names[0]}` {shape}"
    return f"{len(names)} entries are {difference}, the first is `{names[0]}` {shape}"


def differing_keys(one: Recognised, other: Recognised) -> list[str]:
    """The keys for which the shapes of the two reveal different values, most important first."""
    conventions = one.conventions.keys() & other.conventions.keys()  # these reveal nothing
    return [key for key in _REVEALED if value_at(one, key) != value_at(other, key) and key not in conventions]


def value_at(recognised: Recognised, key: str) -> Any:
    """The value of a dotted key, None if it has none."""
    value: Any = recognised.document
    for step in key.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return default(key.split(".")) if value is None and key in _DEFAULTED else value


def _describe(document: Mapping[str, Any]) -> str:
    types = document["block"]["type"]
    present = [name for name in BLOCKS if name in ([types] if isinstance(types, str) else types)]
    blocks = " and ".join(BLOCKS[name].plural for name in present)
    depths = ", ".join(str(depth) for depth in document["stages"]["depths"])
    classes = document["head"]["classes"]
    return f"{blocks} with depths {depths} and {f'{classes:,} classes' if classes else 'no classifier'}"
