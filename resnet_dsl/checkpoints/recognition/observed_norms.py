"""What the names and shapes of a checkpoint reveal about norms, activations and biases, and about their order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...language.spec import NORM_SETTINGS, NormType
from ...lowering.blocks import BLOCKS
from ...lowering.names import (
    ACTIVATION,
    ATTENTION,
    CONVOLUTION,
    FINAL_ACTIVATION,
    FINAL_NORM,
    NORM,
    PROJECTION,
    STEM_POOL,
)
from ..comparison import State
from .forms import full, short
from .observed_blocks import ObservedBlock
from .observed_stages import ObservedStage
from .open_values import OpenValues

_AFFINE = ("batch", "group", "layer")
"""The norms that have weights."""
_WITHIN = re.compile(rf"\.(?:{ATTENTION}|attn)\.", re.ASCII)
"""In the names of norms that are attention's own."""


@dataclass(frozen=True, slots=True)
class ObservedNorm:
    """The norms of a network, what stands beside them, and in what order."""

    type: NormType
    value: Any
    """Of the key `norm`."""
    has_bias: bool
    """Whether convolutions have a bias beside their norm."""
    has_prelus: bool
    """Whether activations have weights."""

    @property
    def is_affine(self) -> bool:
        return self.type in _AFFINE


def observed_norm(state: State, stages: Sequence[ObservedStage], open_values: OpenValues) -> ObservedNorm:
    """Norms, biases and activations, as the last convolution of the first block reveals them."""
    block = stages[0].blocks[0]
    number = BLOCKS[block.type].convolutions
    norm, convolution = f"{block.name}.{NORM}{number}", f"{block.name}.{CONVOLUTION}{number}"
    has_bias = f"{convolution}.bias" in state
    preferred = open_values.preferred_settings("norm")
    type_: NormType
    if f"{norm}.running_mean" in state:
        type_ = "batch"
    elif f"{norm}.weight" in state:
        type_ = _without_statistics(state, preferred, open_values)
    elif has_bias:
        type_ = _without_weights(preferred, open_values)
    else:
        type_ = "instance"
    return ObservedNorm(
        type_,
        _value(type_, preferred, open_values),
        has_bias and type_ != "none",
        f"{block.name}.{ACTIVATION}{number}.weight" in state,
    )


def _without_statistics(state: State, preferred: dict[str, Any], open_values: OpenValues) -> NormType:
    """Group or layer norm: the preferred one, else group norm if it divides the channels."""
    reason = "layer norm, group norm of any groups, and batch norm without its statistics have the same weights"
    open_values.conventions["norm"] = reason
    settings = full("norm", preferred or "group")
    width, groups = settings["group_width"], settings["groups"]
    divides = all(count % (width or groups) == 0 for count in _channels(state))
    kind = preferred.get("type")
    found: NormType = "group" if divides and kind != "layer" else "layer"
    if found == kind:
        open_values.preferred.add("norm")
    return found


def _channels(state: State) -> Iterator[int]:
    """The channels of every norm of the network's."""
    for name, shape in state.items():
        path, _, leaf = name.rpartition(".")
        if leaf == "weight" and len(shape) == 1 and f"{path}.bias" in state and not _WITHIN.search(name):
            yield shape[0]


def _without_weights(preferred: dict[str, Any], open_values: OpenValues) -> NormType:
    """No norm, or one without weights beside biases if that is preferred."""
    reason = "a network without norms has biases, and so may one with instance norm"
    open_values.conventions["norm"] = reason
    if preferred.get("type") == "instance" and open_values.preferred_value("conv.bias"):
        open_values.preferred.add("norm")
        return "instance"
    return "none"


def _value(type_: NormType, preferred: dict[str, Any], open_values: OpenValues) -> Any:
    """The norm with the preferred settings, if they are of this type."""
    kept = preferred if preferred.get("type") in (None, type_) else {}
    value = short("norm", {"type": type_} | {key: kept[key] for key in NORM_SETTINGS[type_] if key in kept})
    for key in value if isinstance(value, dict) else ():
        if key in ("eps", "momentum"):
            open_values.choose(f"norm.{key}", None, f"{key} is not among the weights")
    return value


def observed_preactivation(state: State, stages: Sequence[ObservedStage], norm: ObservedNorm) -> bool | None:
    """Whether norms come before convolutions: the last norm reveals it, or else the channels of the others.

    None if neither norms nor activations have weights.
    """
    if f"{FINAL_NORM}.weight" in state or (norm.has_prelus and f"{FINAL_ACTIVATION}.weight" in state):
        return True
    if not norm.is_affine and not norm.has_prelus:
        return None
    blocks = [block for stage in stages for block in stage.blocks]
    for block in blocks:
        channels = state.get(f"{block.name}.{NORM if norm.is_affine else ACTIVATION}1.weight")
        if channels == (block.in_channels,) and block.channels.first != block.in_channels:
            return True
        if channels == (block.channels.first,) and block.channels.first != block.in_channels:
            return False
    if norm.is_affine and projections_have_norms(state, stages):
        return False
    return not _stem_is_activated(state)


def projections_have_norms(state: State, stages: Sequence[ObservedStage]) -> bool:
    """Whether the projection of a block is followed by a norm with weights."""
    return any(_has_norm(state, block) for stage in stages for block in stage.blocks if block.kernel)


def _has_norm(state: State, block: ObservedBlock) -> bool:
    shapes = (state.get(f"{block.name}.{PROJECTION}.{place}.weight", ()) for place in "12")
    return any(len(shape) == 1 for shape in shapes)


def _stem_is_activated(state: State) -> bool:
    """Whether the stem ends with a norm or an activation that has weights."""
    if f"{STEM_POOL}.0.weight" in state:
        return any(len(state.get(f"{STEM_POOL}.{place}.weight", ())) == 1 for place in "123")
    return f"{NORM}1.weight" in state or f"{ACTIVATION}1.weight" in state
