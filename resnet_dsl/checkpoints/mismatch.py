"""Why a checkpoint is not one of a network, in the words of the spec."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..diagnostics.diagnostic import Diagnostic
from ..graph.graph import Graph
from ..language.spec import Origins, default
from ..lowering.blocks import BLOCKS
from .comparison import Comparison, State
from .observed_stages import Unrecognised
from .recognition import Recognised, recognise

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

_DEFAULTED = ("shortcut.when", "shortcut.kernel", "shortcut.pool")
"""Keys that are recognised only where they are not their default."""


def explain_mismatch(
    graph: Graph, checkpoint: State, comparison: Comparison, *, file: str, origins: Origins
) -> Diagnostic:
    """One diagnostic: how much agrees, what the checkpoint is instead, which keys to change."""
    total = sum(map(len, (comparison.agreeing, comparison.missing, comparison.unexpected, comparison.reshaped)))
    notes = list(_first_differences(graph.state, checkpoint, comparison))
    helps: list[str] = []
    labels = origins.labels("name")
    try:
        theirs, ours = recognise(checkpoint), recognise(graph.state)
    except Unrecognised as error:
        notes.insert(0, f"the checkpoint is not of a network that a spec can describe: {error}")
    else:
        keys = [key for key in _TELLING if _differ(theirs, ours, key)]
        if "block.type" in keys and ("block", "expansion") not in origins.spans:
            keys = [key for key in keys if key != "block.expansion"]  # the type brings its own
        if keys:
            their_words, our_words = (_described(each.document) for each in (theirs, ours))
            if their_words == our_words:
                their_words, our_words = (f"`{keys[0]}: {_shown(_at(each, keys[0]))}`" for each in (theirs, ours))
            notes.insert(0, f"the checkpoint has {their_words}; this spec has {our_words}")
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
    """The first of each kind of difference, and how many there are."""
    if names := comparison.missing:
        yield _counted(names, "not in the file", str(list(network[names[0]])))
    if names := comparison.unexpected:
        yield _counted(names, "in the file only", str(list(checkpoint[names[0]])))
    if names := comparison.reshaped:
        shapes = f"{list(checkpoint[names[0]])} in the file, {list(network[names[0]])} here"
        yield _counted(names, "of another shape", shapes)


def _counted(names: Sequence[str], what: str, shape: str) -> str:
    if len(names) == 1:
        return f"one entry is {what}: `{names[0]}` {shape}"
    return f"{len(names)} entries are {what}, first `{names[0]}` {shape}"


def _differ(one: Recognised, other: Recognised, key: str) -> bool:
    """Whether the shapes of the two tell different values; convention tells nothing."""
    is_convention = key in one.conventions and key in other.conventions
    return _at(one, key) != _at(other, key) and not is_convention


def _at(recognised: Recognised, key: str) -> Any:
    value: Any = recognised.document
    for step in key.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return default(key.split(".")) if value is None and key in _DEFAULTED else value


def _described(document: Mapping[str, Any]) -> str:
    types = document["block"]["type"]
    present = [name for name in BLOCKS if name in ([types] if isinstance(types, str) else types)]
    blocks = " and ".join(BLOCKS[name].plural for name in present)
    depths = ", ".join(str(depth) for depth in document["stages"]["depths"])
    classes = document["head"]["classes"]
    return f"{blocks} with depths {depths} and {f'{classes:,} classes' if classes else 'no classifier'}"


def _shown(value: Any) -> str:
    """A value as a spec has it, on one line."""
    match value:
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(_shown, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_shown(item)}' for key, item in value.items())}}}"
        case _:
            return str(value)
