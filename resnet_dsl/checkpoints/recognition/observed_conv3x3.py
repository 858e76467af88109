"""What the names and shapes of a checkpoint reveal about what stands for the 3x3 convolution of a block."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...lowering.conv3x3 import CONVS3X3
from ..comparison import State
from .entries import Unrecognised, shape_of

_PATHS = 2
WHATEVER_THE_GROUPS: Mapping[str, Any] = {"split": False}
"""Settings that fit blocks of one stage that have different numbers of groups."""


@dataclass(frozen=True, slots=True)
class Observed3x3:
    """A 3x3 convolution, or the module that stands for it."""

    kind: str
    inner: int
    """Output channels of the convolution; those of one split, if there are several."""
    groups: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Those that shapes reveal of a single block."""
    splits: int = 1
    """How many times as many channels the module puts out."""
    reduced: int = 0
    """Channels between the layers of a selective kernel."""


def kind_at(state: State, path: str) -> str:
    """The kind of 3x3 convolution at a path, `plain` if it is a convolution; empty if there is none."""
    found = (name for name, kind in CONVS3X3.items() if f"{path}.{kind.weight}" in state)
    return next(found, "plain" if f"{path}.weight" in state else "")


def observed_3x3(
    state: State, path: str, in_channels: int, *, has_groups: bool, preferred: Mapping[str, Any]
) -> Observed3x3:
    """What is at a path.

    Args:
        state: names and shapes.
        path: the path.
        in_channels: the channels that it reads.
        has_groups: whether the blocks are of a type that can have groups.
        preferred: type and settings that are taken wherever shapes allow them.

    Raises:
        Unrecognised: an entry is missing, or has a shape that no network gives it.
    """
    match kind_at(state, path):
        case "res2":
            return _hierarchy(state, path, in_channels)
        case "split":
            return _split_attention(state, path, in_channels)
        case "selective":
            is_split = preferred.get("split") if preferred.get("type") == "selective" else None
            return _selective_kernel(state, path, in_channels, has_groups, is_split)
        case kind:
            out_channels, width, *_ = shape_of(state, f"{path}.weight", 4)
            groups, rest = divmod(in_channels, width)
            if rest or not groups or (groups > 1 and not has_groups):
                raise Unrecognised(f"`{path}` reads {width:,} channels, and there are {in_channels:,}")
            return Observed3x3(kind, out_channels, groups)


def _hierarchy(state: State, path: str, in_channels: int) -> Observed3x3:
    width, per_group, *_ = shape_of(state, f"{path}.convs.0.weight", 4)
    scale, rest = divmod(in_channels, width)
    if rest or not scale:
        raise Unrecognised(f"`{path}` reads {in_channels:,} channels, which are no splits of {width:,}")
    return Observed3x3("res2", width, max(1, width // per_group), {"scale": scale}, splits=scale)


def _split_attention(state: State, path: str, in_channels: int) -> Observed3x3:
    out_channels, width, *_ = shape_of(state, f"{path}.conv.weight", 4)
    reduced, *_ = shape_of(state, f"{path}.fc1.weight", 4)
    _, per_group, *_ = shape_of(state, f"{path}.fc2.weight", 4)
    groups = max(1, reduced // per_group)
    radix = max(1, in_channels // (width * groups))
    return Observed3x3("split", max(1, out_channels // radix), groups, {"radix": radix})


def _selective_kernel(
    state: State, path: str, in_channels: int, has_groups: bool, prefers_split: bool | None
) -> Observed3x3:
    """Halved channels look like twice as many groups: conventionally two are halves, and more are groups."""
    out_channels, width, *_ = shape_of(state, f"{path}.paths.0.conv.weight", 4)
    reduced, *_ = shape_of(state, f"{path}.attn.fc_reduce.weight", 4)
    parts = max(1, in_channels // width)
    is_split = parts == _PATHS if prefers_split is None or not has_groups else prefers_split and parts % _PATHS == 0
    groups = max(1, parts // (_PATHS if is_split else 1))
    return Observed3x3("selective", out_channels, groups, {"split": is_split}, reduced=reduced)
