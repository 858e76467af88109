"""The layers after the last stage."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from .choices import flip, integer, omitted_or, one_of, stated
from .conventions import Conventions


@dataclass(frozen=True, kw_only=True)
class Head:
    written: dict[str, Any]
    conv: int
    classes: int
    outputs: int
    """Length of the network's output."""


@st.composite
def heads(draw: DrawFn, shared: Conventions, channels: int, dropouts: SearchStrategy[Any]) -> Head:
    """The head on this many channels."""
    scale = shared.scale
    classes = integer(draw, 0, scale.classes)
    if scale.has_large_defaults and flip(draw):
        classes = 1000
    conv = shared.unit * (0 if flip(draw) else integer(draw, 1, scale.width))
    pool = one_of(draw, ["avg", "max", "avgmax", "catavgmax", "attention"])
    features = conv or channels
    written = {
        "conv": stated(draw, conv, 0),
        "pool": _pool(draw, pool, features),
        "dropout": omitted_or(draw, draw(dropouts)),
        "classes": stated(draw, classes, 1000),
    }
    for key in ("norm", "activation"):
        written[key] = omitted_or(draw, flip(draw) if shared.preactivation else True)
    return Head(
        written=written,
        conv=conv,
        classes=classes,
        outputs=classes or (2 * features if pool == "catavgmax" else features),
    )


def _pool(draw: DrawFn, pool: str, channels: int) -> Any:
    """`pool`, as a word or as a mapping; an attention has one head for every 64 channels unless it is stated."""
    has_default = channels % 64 == 0
    if pool != "attention":
        return stated(draw, pool, "avg")
    if has_default and flip(draw):
        return one_of(draw, [pool, {"type": pool}])
    divisors = [heads for heads in range(1, min(channels, 64) + 1) if channels % heads == 0]
    return {"type": pool, "heads": one_of(draw, divisors)}
