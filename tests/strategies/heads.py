"""The layers after the last stage."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from .choices import omitted_or, stated
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
    classes = draw(st.integers(0, scale.classes))
    if scale.has_large_defaults and draw(st.booleans()):
        classes = 1000
    conv = shared.unit * draw(st.just(0) | st.integers(1, scale.width))
    pool = draw(st.sampled_from(["avg", "max", "avgmax", "catavgmax", "attention"]))
    features = conv or channels
    written = {
        "conv": stated(draw, conv, 0),
        "pool": _pool(draw, pool, features),
        "dropout": draw(omitted_or(dropouts)),
        "classes": stated(draw, classes, 1000),
    }
    for key in ("norm", "activation"):
        written[key] = draw(omitted_or(st.booleans() if shared.preactivation else st.just(True)))
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
    if has_default and draw(st.booleans()):
        return draw(st.sampled_from([pool, {"type": pool}]))
    divisors = [heads for heads in range(1, min(channels, 64) + 1) if channels % heads == 0]
    return {"type": pool, "heads": draw(st.sampled_from(divisors))}
