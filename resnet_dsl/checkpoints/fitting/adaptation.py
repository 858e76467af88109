"""The fewest values of a spec to change so that its network has the entries of a checkpoint, found by trying them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ...language.document.canonical import PER_STAGE
from ...language.interpret import is_as_written
from ...language.spec import Spec
from ...language.text.tree import Plain, dotted, to_plain
from ...language.to_data import to_data
from ...lowering.kinds import KINDS
from ..comparison import Comparison, State
from ..recognition.forms import settings_of
from ..recognition.open_values import values_by_key
from ..recognition.recognition import Recognised, recognise
from ..recognition.revealed_keys import OPEN, REVEALED, is_same, usual, value_at
from .trials import Trials

_DERIVED = {"block.expansion", "stages.widths", "stages.strides"}
"""Keys whose defaults depend on other keys."""
_RULE = "stages.regnet"
"""The key that depths and widths cannot stand beside."""


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What makes a spec's network more like a checkpoint's."""

    theirs: Recognised
    """The network of the checkpoint, with the spec's values wherever shapes allow them."""
    changes: Mapping[str, Plain]
    """The values to change, all at once, by dotted key, most important first. None can be left out."""
    remaining: Comparison
    """How the entries differ after that."""


def adapt(spec: Spec, checkpoint: State, *, ignores_classifier: bool = False) -> Adaptation:
    """The fewest changes to the spec after which as few entries as possible differ.

    Args:
        spec: a valid spec.
        checkpoint: names and shapes of the weights.
        ignores_classifier: whether the classifiers may differ.

    Raises:
        Unrecognised: the checkpoint is not like any network of the language.
    """
    trials = Trials(_written(spec), checkpoint, ignores_classifier)
    written = values_by_key(trials.document)
    own = {key: usual(key) for key in (*REVEALED, *OPEN)} | values_by_key(to_data(spec, KINDS))
    derived = set() if _RULE in written else _DERIVED - written.keys()
    kept = {key: value for key, value in own.items() if key not in derived}
    found = [recognise(checkpoint, prefer=preferred) for preferred in (kept, {})]
    candidates = [_differing(kept, written, theirs, ignores_classifier) for theirs in found]
    theirs, changes = min(zip(found, candidates, strict=True), key=lambda each: trials.distance(each[1]))
    best = trials.distance(changes)
    if best[0] >= trials.distance({})[0]:
        return Adaptation(theirs, {}, trials.comparison({}))
    count = len(changes) + 1
    while len(changes) < count:  # without one of them, another may not be necessary any more
        count = len(changes)
        for key in reversed([*changes]):
            fewer = {other: value for other, value in changes.items() if other != key}
            if (distance := trials.distance(fewer)) <= best:
                changes, best = fewer, distance
    return Adaptation(theirs, changes, trials.comparison(changes))


def _written(spec: Spec) -> dict[str, Plain]:
    """The spec as written, so that its defaults stay defaults, without what it says of the network's size."""
    if spec.written is not None and is_as_written(spec, KINDS):
        data: Any = to_plain(spec.written)
    else:
        data = to_data(spec, KINDS)
    conv = {"conv": settings_of(data["conv"])} if "conv" in data else {}
    return {key: value for key, value in {**data, **conv}.items() if key != "expect"}


def _differing(
    own: Mapping[str, Any], written: Mapping[str, Any], theirs: Recognised, ignores_classifier: bool
) -> dict[str, Plain]:
    """The values that are not the spec's, and those for which it has a list that would have the wrong length."""
    misfits = _misfits(written, theirs)
    skipped = _of_classifier(own, theirs) if ignores_classifier else ()
    pairs = ((key, own.get(key), value_at(theirs, key)) for key in (*REVEALED, *OPEN) if key not in skipped)
    found = {key: value for key, mine, value in pairs if key in misfits or not is_same(key, mine, value)}
    if "conv.bias" in found and "conv.type" not in written:  # the key that the section needs
        found.setdefault("conv.type", value_at(theirs, "conv.type"))
    if "stem.stride" in found and "stem.strides" in written:  # which would contradict it
        found.setdefault("stem.strides", None)
    if _RULE in written and found.keys() & {"stages.depths", "stages.widths"}:
        lists = {key: value_at(theirs, key) for key in ("stages.depths", "stages.widths")}
        return {**lists, **found, _RULE: None}
    return found


def _misfits(written: Mapping[str, Any], theirs: Recognised) -> set[str]:
    """The lists of the spec that would have the wrong length."""
    channels = value_at(theirs, "stem.channels")
    counts = dict.fromkeys(map(dotted, PER_STAGE), len(value_at(theirs, "stages.depths")))
    counts |= {"stem.strides": len(channels) if isinstance(channels, list) else 1}
    lists = {key: value for key, value in written.items() if key in counts and isinstance(value, list)}
    return {key for key, value in lists.items() if len(value) != counts[key]}


def _of_classifier(own: Mapping[str, Any], theirs: Recognised) -> Collection[str]:
    """The keys that change nothing but the classifier."""
    pools = [settings_of(value)["type"] for value in (own["head.pool"], value_at(theirs, "head.pool"))]
    return ("head.classes",) if "attention" in pools else ("head.classes", "head.pool")
