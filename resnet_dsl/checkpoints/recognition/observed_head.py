"""What the names and shapes of a checkpoint reveal about its head."""

from typing import Any

from ...language.text.tree import Plain
from ...lowering.head import usual_heads
from ...lowering.names import CLASSIFIER, FINAL_ACTIVATION, FINAL_NORM, HEAD_CONVOLUTION, global_pool
from ..comparison import State
from .entries import shape_of
from .forms import settings_of, short
from .observed_norms import ObservedNorm
from .open_values import OpenValues

ATTENTION_POOL = f"{global_pool('attention')}.positional_embedding"
_CLASSIFIER = f"{CLASSIFIER}.weight"
_CONVOLUTION = f"{HEAD_CONVOLUTION}.weight"


def observed_head(
    state: State, channels: int, norm: ObservedNorm, preactivation: bool, open_values: OpenValues
) -> dict[str, Plain]:
    """The value of `head`.

    Args:
        state: names and shapes.
        channels: the output channels of the last stage.
        norm: the network's norms.
        preactivation: whether they come before convolutions.
        open_values: what decides on values that shapes leave open.

    Raises:
        Unrecognised: a layer has a shape that no head gives it.
    """
    head: dict[str, Any] = _after_preactivation(state, norm, open_values) if preactivation else {}
    if _CONVOLUTION in state:
        channels, *_ = shape_of(state, _CONVOLUTION, 4)
        head["conv"] = channels
    classes, features = shape_of(state, _CLASSIFIER, 2) if _CLASSIFIER in state else (0, channels)
    pool = _pool(state, channels, features, classes, open_values)
    return head | {"pool": pool} | open_values.unusual("head.dropout", 0) | {"classes": classes}


def _after_preactivation(state: State, norm: ObservedNorm, open_values: OpenValues) -> dict[str, Any]:
    """What follows the last block, where it is not the network's norm and activation."""
    head: dict[str, Any] = open_values.unusual("head.norm", True) if norm.type == "instance" else {}
    if norm.is_affine and f"{FINAL_NORM}.weight" not in state:
        head = {"norm": False}
    has_norm = head.get("norm", True)
    if not norm.has_prelus:
        return head | open_values.unusual("head.activation", has_norm)
    has_activation = f"{FINAL_ACTIVATION}.weight" in state
    return head if has_activation == has_norm else head | {"activation": has_activation}


def _pool(state: State, channels: int, features: int, classes: int, open_values: OpenValues) -> Any:
    if ATTENTION_POOL in state:
        return short("head.pool", {"type": "attention", "heads": _heads(channels, open_values)})
    if features == 2 * channels:
        return "catavgmax"
    possible = ("avg", "max", "avgmax") if classes else ("avg", "max", "avgmax", "catavgmax")
    return open_values.choose(
        "head.pool", "avg", "pooling has no weights", lambda value: settings_of(value).get("type") in possible
    )


def _heads(channels: int, open_values: OpenValues) -> int | None:
    """The heads of attention pooling; None if there are as many as usual."""
    usual = usual_heads(channels)
    preferred = settings_of(open_values.preferred_value("head.pool")).get("heads") or usual
    heads = preferred if channels % preferred == 0 else next(n for n in range(usual, 0, -1) if channels % n == 0)
    if heads == usual:
        return None
    open_values.conventions["head.pool.heads"] = "shapes do not reveal heads"
    return heads
