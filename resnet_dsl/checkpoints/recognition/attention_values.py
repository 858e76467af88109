"""Attention of all blocks -> the value of `attention`, and the entries of single blocks that have another."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from ...language.document.canonical import collapsed
from ...language.spec import Attention
from ...lowering.attention import ATTENTIONS
from ...lowering.names import ATTENTION, every_block
from ..comparison import State
from .entries import Unrecognised
from .forms import attention_of, short
from .observed_attention import ObservedAttention, fitting_settings, observed_attention
from .observed_stages import ObservedStage
from .open_values import OpenValues
from .single_blocks import Entries, merged, own, picked

_TRIED = 8
"""Of how many blocks the settings are tried as those of their stage, if no settings fit all."""
_OPEN: Mapping[str, Sequence[Any]] = {"position": ("end", "inner"), "activation": ("relu", "silu")}
"""Settings that shapes may leave open, with values of which they then allow more than one."""
_REASONS = {"position": "shapes are the same elsewhere in the block", "activation": "activations have no weights"}


def attention_values(
    state: State, stages: Sequence[ObservedStage], open_values: OpenValues, *, has_prelus: bool
) -> tuple[Any, Entries]:
    """The value of `attention`, with the preferred one of each stage if it yields these shapes, and single blocks.

    Settings that yield the shapes of all stages come before those of one stage, and those before single blocks.

    Raises:
        Unrecognised: no settings yield the shapes.
    """
    every = [[observed_attention(state, block, has_prelus) for block in stage.blocks] for stage in stages]
    kinds = {each.kind for observed in every for each in observed}
    shared = {kind: fitting_settings([each for one in every for each in one if each.kind == kind]) for kind in kinds}
    preferred = open_values.preferred_values("attention", len(stages))
    single = picked(open_values.preferred_value("blocks"), ["attention"])
    values: list[Any] = []
    entries: list[Entries] = []
    for stage, observed, wanted in zip(stages, every, preferred, strict=True):
        found = _as_preferred(stage, observed, wanted, single)
        value, exceptions = found or _shortest(observed, wanted, shared, open_values)
        values.append(value)
        entries.append(exceptions)
    attention = collapsed(values)
    if isinstance(attention, dict):
        _mark(attention, [each for one in every for each in one], open_values)
    return attention, merged(*entries)


def _mark(value: Mapping[str, Any], observed: Sequence[ObservedAttention], open_values: OpenValues) -> None:
    """Mark those of the written settings that shapes do not reveal."""
    for key, others in _OPEN.items():
        settings = attention_of(value)
        changed = [replace(settings, **{key: each}) for each in others if each != getattr(settings, key)]
        if key in value and any(all(one.fits(each) for one in observed if one.kind) for each in changed):
            open_values.choose(f"attention.{key}", value[key], _REASONS[key], value[key].__eq__)


def _as_preferred(
    stage: ObservedStage, observed: Sequence[ObservedAttention], wanted: Any, single: Entries
) -> tuple[Any, Entries] | None:
    """The preferred attention with that of the preferred single blocks, if shapes reveal just these."""
    each_wanted = [own(single, stage.number, each.block.name).get("attention", wanted) for each in observed]
    if wanted is None or not all(each.fits(attention_of(one)) for each, one in zip(observed, each_wanted, strict=True)):
        return None
    names = {every_block(stage.number), *(block.name for block in stage.blocks)}
    return short("attention", wanted), {name: values for name, values in single.items() if name in names}


def _shortest(
    observed: Sequence[ObservedAttention],
    wanted: Any,
    shared: Mapping[str, Attention | None],
    open_values: OpenValues,
) -> tuple[Any, Entries]:
    """The attention of most blocks, and that of each other one."""
    ((kind, _),) = Counter(each.kind for each in observed).most_common(1)
    of_kind = [each for each in observed if each.kind == kind]
    usual = _usual(of_kind, wanted, shared[kind], open_values)
    entries: Entries = {}
    for each in observed:
        if not each.fits(usual):
            entries[each.block.name] = {"attention": _value(_settings([each]))}
    return _value(usual), entries


def _usual(
    of_kind: Sequence[ObservedAttention], wanted: Any, shared: Attention | None, open_values: OpenValues
) -> Attention:
    """The preferred settings, those of all stages, or others if they fit all; else those that fit most blocks."""
    if wanted is not None and all(each.fits(attention_of(wanted)) for each in of_kind):
        return attention_of(wanted)
    if common := shared or fitting_settings(of_kind) or fitting_settings(of_kind, any_divisor=True):
        return _with_preferred(common, of_kind, wanted, open_values)
    tried = [_settings([each]) for each in of_kind[:_TRIED]]
    return max(tried, key=lambda settings: sum(each.fits(settings) for each in of_kind))


def _with_preferred(
    settings: Attention, of_kind: Sequence[ObservedAttention], wanted: Any, open_values: OpenValues
) -> Attention:
    """The settings with those that are preferred of them, each if it yields the same shapes."""
    for key in _OPEN if settings.type in ATTENTIONS else ():
        value = open_values.preferred_value(f"attention.{key}")
        if value is None and wanted is not None and attention_of(wanted).type == settings.type:
            value = getattr(attention_of(wanted), key)
        if value is not None and key in ATTENTIONS[settings.type].settings:
            changed = replace(settings, **{key: value})
            settings = changed if all(each.fits(changed) for each in of_kind) else settings
    return settings


def _settings(observed: Sequence[ObservedAttention]) -> Attention:
    settings = fitting_settings(observed) or fitting_settings(observed, any_divisor=True)
    if settings is None:
        raise Unrecognised(f"no settings yield the shapes of `{observed[0].block.name}.{ATTENTION}`")
    return settings


def _value(settings: Attention) -> Any:
    return short("attention", asdict(settings))
