"""What the names and shapes of a checkpoint reveal about its shortcuts."""

from collections.abc import Sequence
from typing import Any

from ...language.text.tree import Plain
from ...limits import MAX_SIZE
from ...lowering.names import PROJECTION
from ..comparison import State
from .observed_norms import ObservedNorm, projections_have_norms
from .observed_stages import ObservedStage
from .open_values import OpenValues


def observed_shortcut(
    state: State, stages: Sequence[ObservedStage], norm: ObservedNorm, preactivation: bool, open_values: OpenValues
) -> dict[str, Plain]:
    """The value of `shortcut`."""
    kernels = [kernel for stage in stages for kernel in stage.kernels]
    shortcut: dict[str, Any] = _projection(state, stages, open_values) if any(kernels) else _plain(stages, open_values)
    if shortcut["type"] == "padding":
        shortcut |= open_values.unusual("shortcut.zeros", "end")
    if preactivation and shortcut["type"] != "none":
        shortcut |= open_values.unusual("shortcut.source", "input")
    if shortcut["type"] == "projection" and not preactivation:
        if norm.is_affine and any(kernels) and not projections_have_norms(state, stages):
            shortcut["norm"] = False
        elif norm.type == "instance":
            shortcut |= open_values.unusual("shortcut.norm", True)
    return shortcut


def _plain(stages: Sequence[ObservedStage], open_values: OpenValues) -> dict[str, Any]:
    """Shortcuts without weights."""
    if any(stage.blocks[0].in_channels > stage.out_channels for stage in stages):
        return {"type": "none"}  # padding can only add channels
    keeps_all = all(stage.keeps_channels for stage in stages)
    kind = open_values.choose(
        "shortcut.type",
        "projection" if len(stages) == 1 and keeps_all else "padding",
        "neither padding nor a plain network has shortcut weights",
        lambda value: value != "projection" or keeps_all,
    )
    return {"type": kind}


def _projection(state: State, stages: Sequence[ObservedStage], open_values: OpenValues) -> dict[str, Any]:
    shortcut: dict[str, Any] = {"type": "projection"} | _when(stages, open_values)
    is_pooled = any(len(shape) == 4 for name, shape in state.items() if name.endswith(f".{PROJECTION}.1.weight"))
    kernels = [kernel for stage in stages for kernel in stage.kernels]
    return shortcut | ({"pool": "avg"} if is_pooled else {"kernel": max(kernels)})


def _when(stages: Sequence[ObservedStage], open_values: OpenValues) -> dict[str, Any]:
    """`shortcut.when`, unless shapes reveal that it has its default."""
    kernels = [kernel for stage in stages for kernel in stage.kernels]
    later = [kernel for stage in stages for kernel in stage.kernels[1:]]
    keeping = [stage for stage in stages if stage.keeps_channels]
    if any(later):
        return {"when": "always"} if all(kernels) else {}
    if not keeping or not all(stage.kernels[0] for stage in stages):
        return {}
    possible = {"first"} if later else {"first", "always"}
    if all(stage.kernels[0] == max(kernels) for stage in keeping):  # else one keeps its size as well
        possible.add("shape_change")
    is_idle = keeping[0] is stages[0] and keeping[0].kernels[0] == 1  # stages usually stride, but for the first one
    usual = "first" if later else "always"
    if "shape_change" in possible and (later or not is_idle) and 2 ** (len(keeping) + 1) <= MAX_SIZE:
        usual = "shape_change"
    if len(possible) == 1:
        return {"when": usual}
    reason = "stages of one block do not show whether all blocks have projections"
    if "shape_change" in possible:
        reason = "the stage may have a projection because it strides"
    return {"when": open_values.choose("shortcut.when", usual, reason, possible.__contains__)}
