"""Names and shapes of a checkpoint -> the spec of its network."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from ...graph.shapes import Shape
from ...language.document.canonical import collapsed
from ...language.spec import Conv3x3
from ...language.text.tree import Plain
from ...limits import MAX_STAGES
from ...lowering.attention import ATTENTIONS
from ...lowering.blocks import BLOCKS
from ...lowering.names import ATTENTION, CONVOLUTION, IN_BLOCK, STEM_POOL
from ...lowering.names import block as block_path
from ..comparison import State
from .attention_values import attention_values
from .conv3x3_values import conv3x3_values
from .entries import Unrecognised
from .forms import settings_of
from .input_size import input_size, last_side
from .observed_channels import is_ambiguous, observed_channels
from .observed_head import ATTENTION_POOL, observed_head
from .observed_norms import ObservedNorm, observed_norm, observed_preactivation
from .observed_shortcut import observed_shortcut
from .observed_stages import ObservedStage, observed_stages
from .observed_stem import observed_stem, stem_keys
from .observed_strides import explains_projections, stride_keys, total_stride
from .open_values import DEFAULTED, OpenValues
from .readings import Settings
from .single_blocks import Entries, existing, merged, picked

_OF_ATTENTION = re.compile(rf"\.{ATTENTION}\.|\.fc\w*\.weight$")
"""In the names of attention's weights, that in place of a 3x3 included."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A spec as plain data, and the reasons why shapes leave some of its values open, by dotted key."""

    document: dict[str, Plain]
    conventions: Mapping[str, str]
    preferred: frozenset[str] = frozenset()
    """The open keys that have the preferred value and not the conventional one."""
    has_other_readings: bool = False
    """Whether other widths, expansions and other settings of the same channels describe the same network."""


def recognise(state: State, *, prefer: Mapping[str, Any] | None = None) -> Recognised:
    """The spec of the network whose `state_dict` has these names and shapes.

    Args:
        state: the names and shapes.
        prefer: values by dotted key, such as those of a spec, that are taken wherever shapes allow them.

    Raises:
        Unrecognised: there is no stem convolution or no stage, or a layer has a shape that no spec can give it.
    """
    open_values = OpenValues(prefer or {})
    if not any(map(IN_BLOCK.match, state)):
        raise Unrecognised(f"it has no `{block_path(1, 0)}.{CONVOLUTION}1.weight`")
    stem = observed_stem(state)
    wanted = map(settings_of, open_values.preferred_values("block.conv3x3", MAX_STAGES))
    stages = tuple(observed_stages(state, stem.channels[-1], [*wanted]))
    names = {stage.number: [block.name for block in stage.blocks] for stage in stages}
    open_values = OpenValues({**(prefer or {}), "blocks": existing((prefer or {}).get("blocks"), names)})
    norm = observed_norm(state, stages, open_values)
    preactivation = _preactivation(state, stages, norm, open_values)
    shortcut = observed_shortcut(state, stages, norm, preactivation, open_values)
    is_regnet = stem.is_small and all(stage.has_one_width for stage in stages)
    stem_values = stem_keys(stem, state, is_regnet, open_values)
    is_explained = explains_projections(stem_values, stages, shortcut, open_values, is_regnet)
    strides = stride_keys(
        stem_values,
        stages,
        shortcut,
        open_values,
        last_side=last_side(state),
        is_regnet=is_regnet,
        is_explained=is_explained,
    )
    channels = observed_channels(stages, open_values)
    attention, attentions = attention_values(state, stages, open_values, has_prelus=norm.has_prelus)
    kept = ["dropout"] if shortcut.get("kernel") == 3 and not is_explained else ["dropout", "dilation"]
    blocks = merged(channels.entries, attentions, picked(open_values.preferred_value("blocks"), kept))
    settings = {
        "depths": [stage.depth for stage in stages],
        "widths": [each.width for each in channels.stages],
        **strides,
    }
    block = _block(stages, channels.stages, max(strides["strides"]), open_values)
    filters = max(strides["strides"]) > 1 and block.get("pool", "none") == "none"
    document: dict[str, Any] = {
        "input": {"channels": stem.in_channels},
        "stem": stem_values,
        "block": {**block, "preactivation": preactivation},
        "shortcut": shortcut,
        "conv": _convolutions(state, norm, open_values),
        "norm": norm.value,
        "activation": _activation(norm, open_values),
        "attention": attention,
        "antialias": _antialias(state, norm, filters, open_values),
        "stages": settings,
        "blocks": blocks,
        **open_values.unusual("drop_path", 0),
        "head": observed_head(state, stages[-1].out_channels, norm, preactivation, open_values),
        "init": open_values.unusual("init.zero_residual", False),
    }
    document = {key: value for key, value in document.items() if value not in ({}, None)}
    size = input_size(document, total_stride(stem_values, strides["strides"]), state, open_values)
    document["input"]["size"] = size
    return Recognised(
        document,
        open_values.conventions,
        frozenset(open_values.preferred),
        any(map(is_ambiguous, stages)) or _reduces(attention, attentions),
    )


def _preactivation(state: State, stages: Sequence[ObservedStage], norm: ObservedNorm, open_values: OpenValues) -> bool:
    found = observed_preactivation(state, stages, norm)
    if found is not None:
        return found
    reason = "only a norm with weights reveals its position"
    return bool(open_values.choose("block.preactivation", False, reason))


def _convolutions(state: State, norm: ObservedNorm, open_values: OpenValues) -> dict[str, Plain]:
    conv: dict[str, Plain] = {}
    if all(prod(shape[1:]) > 1 for shape in _filters(state)):  # one weight cannot be standardised
        conv = open_values.unusual("conv.type", "plain")
        if conv:
            conv |= open_values.unusual("conv.eps", 1e-6)
        elif norm.has_bias:
            conv = {"type": open_values.choose("conv.type", "plain", DEFAULTED["conv.type"])}
    return {"type": "plain"} | conv | {"bias": True} if norm.has_bias else conv


def _filters(state: State) -> Iterator[Shape]:
    """The shapes of what `conv.type` is about: all convolutions but those of attention."""
    return (shape for name, shape in state.items() if len(shape) == 4 and not _OF_ATTENTION.search(name))


def _block(
    stages: Sequence[ObservedStage], settings: Sequence[Settings], most: int, open_values: OpenValues
) -> dict[str, Plain]:
    """The value of `block`, but for the order of norms.

    Args:
        stages: the stages.
        settings: what decides on their channels.
        most: the largest of their strides.
        open_values: what decides on values that shapes leave open.
    """
    block: dict[str, Any] = {"type": collapsed([stage.type for stage in stages])}
    block["expansion"] = collapsed([each.expansion for each in settings])
    widths = [each.grouping.group_width for each in settings]
    if not all(widths):
        block["groups"] = collapsed([each.grouping.groups for each in settings])
    block["width_per_group"] = collapsed([each.width_per_group for each in settings])
    if any(widths):
        block["group_width"] = collapsed(widths)
    block["reduce_first"] = collapsed([each.reduce_first for each in settings])
    conv3x3 = conv3x3_values(stages, open_values)
    block |= {} if conv3x3 == "plain" else {"conv3x3": conv3x3}
    pool = _pool(stages, most, open_values)
    has_1x1 = any("block.stride_in" not in BLOCKS[each.type].ineffective for each in stages)
    if has_1x1 and pool.get("pool", "none") == "none":
        reason = "shapes do not reveal which convolution strides"
        block["stride_in"] = open_values.choose("block.stride_in", "3x3", reason)
    return block | pool | open_values.unusual("block.dropout", 0)


def _pool(stages: Sequence[ObservedStage], most: int, open_values: OpenValues) -> dict[str, Plain]:
    """What takes the stride of blocks: with split attention, pooling as in ResNeSt, before it in the fast variants.

    Those that were published have other splits or groups than two and one.
    """
    split = [stage.blocks[0].conv3x3 for stage in stages if stage.blocks[0].conv3x3.kind == "split"]
    if not split or most == 1 or open_values.preferred_value("stages.output_stride") is not None:
        return open_values.unusual("block.pool", "none")
    is_fast = any(each.settings["radix"] != Conv3x3().radix or each.groups > 1 for each in split)
    return {"pool": open_values.choose("block.pool", "before" if is_fast else "after", "pooling has no weights")}


def _activation(norm: ObservedNorm, open_values: OpenValues) -> Plain:
    if norm.has_prelus:
        return "prelu"
    reason = "activations have no weights"
    value: Plain = open_values.choose("activation", "relu", reason, lambda value: value != "prelu")
    return value


def _antialias(state: State, norm: ObservedNorm, filters: bool, open_values: OpenValues) -> Any:
    """The filter, which shapes show only in a stem that pools by convolution: it moves the layers after it.

    Networks with attention pooling conventionally average where blocks stride, as in CLIP, if a filter has an effect.
    """
    places = [place for place in (1, 2, 3) if f"{STEM_POOL}.{place}.weight" in state]
    first = 2 if norm.type == "instance" else 1  # an instance norm has a place, but no weights
    if places and places[0] == first:
        return "none"
    reason = "the stem has a filter, but filters have no weights" if places else "filters have no weights"
    usual = "blur" if places else "avg" if ATTENTION_POOL in state and filters else "none"
    return open_values.choose("antialias", usual, reason, lambda value: not places or value != "none")


def _reduces(attention: Any, single: Entries) -> bool:
    """Whether there is attention, of stages or of single blocks, of a kind that reduces channels by a ratio."""
    of_stages = attention if isinstance(attention, list) else [attention]
    every = [*of_stages, *(values["attention"] for values in single.values())]
    kinds = [settings_of(each)["type"] for each in every]
    return any("ratio" in ATTENTIONS[kind].settings for kind in kinds if kind in ATTENTIONS)
