"""What the entries of a network show of it, on which depends what else its library implies."""

from collections.abc import Callable, Mapping

from ...limits import MAX_STAGES
from ...lowering.names import ATTENTION, CONVOLUTION, HEAD_CONVOLUTION, NORM, PROJECTION, block
from ..comparison import State


def _has_plain_bottlenecks(state: State) -> bool:
    """Whether the first block has three convolutions, and no stage's first one has groups in the second of them."""
    seconds = (state.get(f"{block(stage, 0)}.{CONVOLUTION}2.weight", ()) for stage in range(1, MAX_STAGES + 1))
    firsts = (state.get(f"{block(stage, 0)}.{CONVOLUTION}1.weight", ()) for stage in range(1, MAX_STAGES + 1))
    return not _is_basic(state) and all(first[:1] == second[1:2] for first, second in zip(firsts, seconds, strict=True))


def _pads(state: State) -> bool:
    """Whether a stage begins with a block that has no projection although it changes the number of channels."""

    def channels(stage: int) -> int:
        weights = (state.get(f"{block(stage, 0)}.{CONVOLUTION}{number}.weight", ()) for number in (3, 2))
        return next((shape[0] for shape in weights if shape), 0)

    firsts = [state.get(f"{block(stage, 0)}.{CONVOLUTION}1.weight", ()) for stage in range(1, MAX_STAGES + 1)]
    projected = {name.rpartition(f".{PROJECTION}.")[0] for name in state if f".{PROJECTION}." in name}
    return any(
        len(first) == 4 and first[1] != channels(stage) and block(stage, 0) not in projected
        for stage, first in enumerate(firsts, start=1)
    )


def _has_deep_stem(state: State) -> bool:
    """Whether the stem has several convolutions."""
    return f"{CONVOLUTION}1.weight" not in state


def _lacks_statistics(state: State) -> bool:
    return not any(name.endswith(".running_mean") for name in state)


def _lacks_stem_norm(state: State) -> bool:
    """Whether there is no norm before the first block, as in networks with pre-activation."""
    return f"{NORM}1.weight" not in state


def _is_basic(state: State) -> bool:
    """Whether the first block has two convolutions."""
    return f"{block(1, 0)}.{CONVOLUTION}3.weight" not in state


def _has_attention(state: State) -> bool:
    return any(name.startswith(f"{block(1, 0)}.{ATTENTION}.") for name in state)


def _is_unexpanded(state: State) -> bool:
    """Whether the first block has three convolutions, of which the last gives as many channels as it reads."""
    outer, inner, *_ = state.get(f"{block(1, 0)}.{CONVOLUTION}3.weight") or (0, 1)
    return outer == inner


def _has_head_convolution(state: State) -> bool:
    return f"{HEAD_CONVOLUTION}.weight" in state


def _has_pooled_projections(state: State) -> bool:
    """Whether a projection follows pooling."""
    return any(len(shape) == 4 and name.endswith(f".{PROJECTION}.1.weight") for name, shape in state.items())


_CONDITIONS: Mapping[str, Callable[[State], bool]] = {
    "attention": _has_attention,
    "basic": _is_basic,
    "deep_stem": _has_deep_stem,
    "group_norms": _lacks_statistics,
    "head_convolution": _has_head_convolution,
    "padding": _pads,
    "plain_bottlenecks": _has_plain_bottlenecks,
    "pooled_projections": _has_pooled_projections,
    "preactivation": _lacks_stem_norm,
    "unexpanded": _is_unexpanded,
}
"""By the names that tables give them."""


def holds(condition: str, state: State) -> bool:
    """Whether a network is as a condition says: `attention and not deep_stem`."""
    parts = ((part.removeprefix("not "), not part.startswith("not ")) for part in condition.split(" and "))
    return all(_CONDITIONS[name](state) is wanted for name, wanted in parts)
