"""Explains why a checkpoint does not match a network, in terms of the spec."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...diagnostics.diagnostic import Diagnostic
from ...graph.graph import Graph
from ...language.checks.wording import quoted
from ...language.document.bundled import is_bundled
from ...language.spec import Spec
from ...language.text.tree import Plain
from ...language.text.writer import flow
from ...language.to_data import to_data
from ...lowering.blocks import BLOCKS
from ...lowering.kinds import KINDS
from ..comparison import Comparison, State
from ..counting import counted, counted_differences
from ..recognition.entries import Unrecognised
from ..recognition.forms import full, shortest
from ..recognition.lookalikes import likeness
from ..recognition.open_values import values_by_key
from ..recognition.revealed_keys import value_at
from .adaptation import Adaptation, adapt
from .bundled import bundled_with

_DESCRIBED = ("block.type", "stages.depths", "head.classes")
"""The keys in the description of a network."""


def explain_mismatch(
    graph: Graph,
    checkpoint: State,
    comparison: Comparison,
    *,
    file: str,
    spec: Spec,
    shown: Callable[[str], str] = str,
    may_replace_classifier: bool = False,
) -> Diagnostic:
    """One diagnostic: how many entries match, what the checkpoint is instead, which keys to change.

    Args:
        graph: the network.
        checkpoint: names and shapes of the weights, by standard names.
        comparison: the two compared.
        file: the name of the weights file.
        spec: what the network was made from.
        shown: standard names -> the names that the file has.
        may_replace_classifier: whether a classifier of another shape is no reason to refuse the weights.
    """
    adaptation, reason = _adapted(spec, checkpoint, may_replace_classifier, shown)
    changes, remaining = _useful(adaptation, comparison)
    notes = []
    if adaptation is not None and changes:
        notes += [_difference(adaptation, values_by_key(to_data(spec, KINDS)))]
    if changes.get("head.pool") == "catavgmax":
        notes += ["the file's classifier takes twice as many features as the last stage has channels"]
    if not (remaining.is_equal or remaining.lacks_only):
        notes += [f"no spec can describe the checkpoint's network{reason}"]
    names_modules = not changes and bool(comparison.agreeing)
    notes += counted_differences(graph.state, checkpoint, comparison, shown, names_modules=names_modules)
    if changes and not remaining.is_equal:
        notes += [f"after the changes below, {counted(remaining.differing, shown)} would still differ"]
    return Diagnostic(
        code="RD505",
        message=f"`{file}` {_summary(comparison, is_other=bool(changes))}",
        labels=spec.origins.labels(*(next(iter(changes), "name").split("."))),
        notes=tuple(notes),
        helps=(*_helps(spec, graph, checkpoint, comparison), *_change(changes)),
    )


def _adapted(
    spec: Spec, checkpoint: State, ignores_classifier: bool, shown: Callable[[str], str]
) -> tuple[Adaptation | None, str]:
    """How the spec would have to be changed, or why nothing can be said about it."""
    try:
        return adapt(spec, checkpoint, ignores_classifier=ignores_classifier), ""
    except Unrecognised as error:
        return None, f": {likeness(checkpoint, shown) or error}"


def _useful(adaptation: Adaptation | None, comparison: Comparison) -> tuple[Mapping[str, Plain], Comparison]:
    """The changes to ask for, and how the entries differ after them: none to a part of the network's own weights."""
    if adaptation is None or (comparison.lacks_only and not adaptation.remaining.is_equal):
        return {}, comparison
    return adaptation.changes, adaptation.remaining


def _summary(comparison: Comparison, is_other: bool) -> str:
    matching = f"{len(comparison.agreeing)} of {comparison.total} entries match"
    if comparison.lacks_only and not is_other:
        return f"lacks {len(comparison.missing)} of the network's {comparison.total} entries"
    if is_other or not comparison.agreeing:
        return f"has the weights of a different network: {matching}"
    return f"does not fit the network: {matching}"


def _difference(adaptation: Adaptation, own: Mapping[str, Any]) -> str:
    """What the checkpoint has and what the spec has: described if the descriptions differ, else one value of each."""
    theirs = {key: value_at(adaptation.theirs, key) for key in _DESCRIBED}
    key, value = next(iter(adaptation.changes.items()))
    if key in _DESCRIBED:
        return f"the checkpoint has {_describe(theirs)}; this spec has {_describe(own)}"
    if key == "blocks":
        return _difference_of_blocks(value, own.get(key))
    has = "fits" if key in adaptation.theirs.conventions else "has"
    mine = own.get(key)
    if isinstance(mine, Mapping) and value is not None and not isinstance(value, list):
        whole = full(key, value)
        setting = next(name for name in full(key, mine) if full(key, mine)[name] != whole[name])
        key, value, mine = f"{key}.{setting}", whole[setting], full(key, mine)[setting]
    return f"the checkpoint {has} {_setting(key, value)}; this spec has {_setting(key, mine)}"


def _difference_of_blocks(theirs: Any, mine: Any) -> str:
    """How many single blocks have values of their own, of which there may be many."""
    counts = [f"{len(each)} of them" if each else "none" for each in (theirs, mine)]
    return (
        f"single blocks have other values: the checkpoint needs {counts[0]} to be stated; this spec states {counts[1]}"
    )


def _setting(key: str, value: Any) -> str:
    """A key and its value, as short as it can be written."""
    return f"no `{key}`" if value is None else f"`{key}: {flow(shortest(key, value))}`"


def _describe(values: Mapping[str, Any]) -> str:
    types = values["block.type"]
    present = [name for name in BLOCKS if name in ([types] if isinstance(types, str) else types)]
    blocks = " and ".join(BLOCKS[name].plural for name in present)
    depths = ", ".join(str(depth) for depth in values["stages.depths"])
    classes = values["head.classes"]
    return f"{blocks} with depths {depths} and {f'{classes:,} classes' if classes else 'no classifier'}"


def _helps(spec: Spec, graph: Graph, checkpoint: State, comparison: Comparison) -> Iterator[str]:
    """What to do instead of changing the spec."""
    name = spec.origins.span("name")
    if name is not None and is_bundled(Path(name.source.name)) and (fitting := bundled_with(checkpoint)):
        yield f"the file has the names and shapes of the bundled {quoted(fitting, 'or')}"
    if comparison.differs_in_classifier_only:
        start = "starts the classifier afresh" if graph.classifier else "leaves the file's classifier out"
        yield f"`build` loads it with `--classes {spec.head.classes}`, which keeps this spec and {start}"


def _change(changes: Mapping[str, Plain]) -> Iterator[str]:
    for key, value in changes.items():
        yield f"remove `{key}`" if value is None else f"change `{key}` to `{flow(shortest(key, value))}`"
