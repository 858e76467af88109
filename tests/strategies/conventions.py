"""What all layers of a drawn network share, drawn first, because the rest must fit it."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from .choices import OMITTED, omitted_or, stated
from .scale import Scale

ACTIVATIONS = ["relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "mish", "hardswish", "tanh"]
ACTIVATIONS += ["prelu", "celu", "sigmoid", "hardtanh", "softplus"]

_SHORTCUTS = [
    ("projection", "shape_change"),
    ("projection", "always"),
    ("projection", "first"),
    ("padding", "shape_change"),
    ("none", "shape_change"),
]
"""Values of `shortcut.type` and `shortcut.when`."""


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """The network-wide values that others must fit."""

    scale: Scale
    shortcut: str
    when: str
    norm: str
    antialias: str
    preactivation: bool
    conv: dict[str, Any]
    unit: int
    """Divides the channels of the stem, the widths and the channels of the head."""

    @property
    def least(self) -> int:
        """The fewest channels: a 1x1 filter of one weight cannot be standardised."""
        return 2 if self.conv["type"] == "standardized" else 1

    @property
    def padding_floor(self) -> bool:
        """Whether channels must not decrease from stage to stage, because padding cannot drop any."""
        return self.shortcut == "padding"


@st.composite
def conventions(draw: DrawFn, scale: Scale) -> Conventions:
    """Every combination of them."""
    shortcut, when = draw(st.sampled_from(_SHORTCUTS))
    norm = draw(st.sampled_from(["batch", "batch", "group", "group", "instance", "layer", "none"]))
    conv = {
        "type": draw(st.sampled_from(["plain", "plain", "standardized"])),
        "bias": norm != "none" and draw(st.sampled_from([False, False, True])),
    }
    return Conventions(
        scale=scale,
        shortcut=shortcut,
        when=when,
        norm=norm,
        antialias=draw(st.sampled_from(["none", "none", "blur", "avg"])),
        preactivation=draw(st.booleans()),
        conv=conv,
        unit=draw(st.sampled_from([2, 4] if conv["type"] == "standardized" else [1, 1, 2, 4])),
    )


def conv(draw: DrawFn, shared: Conventions) -> Any:
    """`conv`, as a word or as a mapping."""
    type_, bias = shared.conv["type"], shared.conv["bias"]
    if not bias and draw(st.booleans()):
        return stated(draw, type_, "plain")
    eps = st.sampled_from([1e-6, 1e-8, 1e-3] if type_ == "standardized" else [1e-6])
    return {"type": type_, "eps": draw(omitted_or(eps)), "bias": stated(draw, bias, False)}


def norm(draw: DrawFn, kind: str, common: int, *, is_paired: bool) -> Any:
    """`norm`, as a word or as a mapping with settings.

    Args:
        common: what divides the channels of every norm, and so may be their groups, or those in each group.
        is_paired: a group has more than one channel, because a norm sees a single pixel.
    """
    divisors = [divisor for divisor in range(1, min(common, 64) + 1) if common % divisor == 0]
    groups, group_width = 32, 0
    if kind == "group" and draw(st.booleans()):
        groups = draw(st.sampled_from([each for each in divisors if each < common or not is_paired] or [1]))
    elif kind == "group":
        group_width = draw(st.sampled_from([each for each in divisors if each > 1 or not is_paired] or [0]))
        groups = 32 if group_width else 1
    eps = draw(st.sampled_from([1e-5, 1e-3, 1e-6])) if kind != "none" else 1e-5
    momentum = draw(st.sampled_from([0, 0.1, 0.01, 1])) if kind == "batch" else 0.1
    if (groups, group_width, momentum) == (32, 0, 0.1) and draw(st.booleans()):
        return OMITTED if kind == "batch" and draw(st.booleans()) else kind
    return {
        "type": kind,
        "eps": draw(omitted_or(st.just(eps))),
        "momentum": stated(draw, momentum, 0.1),
        "groups": stated(draw, groups, 32),
        "group_width": stated(draw, group_width, 0),
    }


def shortcut(draw: DrawFn, shared: Conventions) -> dict[str, Any]:
    """`shortcut`, with no key that the values of others leave without effect."""
    projects = shared.shortcut == "projection"
    pool = draw(st.sampled_from(["none", "avg"])) if projects else "none"
    kernel = draw(st.sampled_from([1, 3])) if projects and pool == "none" else 1
    may_be_bare = projects and not shared.preactivation and shared.norm != "none"
    sources = ["input", "activation"] if shared.preactivation and shared.shortcut != "none" else ["input"]
    return {
        "type": stated(draw, shared.shortcut, "projection"),
        "when": stated(draw, shared.when, "shape_change"),
        "kernel": stated(draw, kernel, 1),
        "pool": stated(draw, pool, "none"),
        "source": stated(draw, draw(st.sampled_from(sources)), "input"),
        "zeros": stated(draw, draw(st.sampled_from(["end", "both"])) if shared.padding_floor else "end", "end"),
        "norm": stated(draw, not (may_be_bare and draw(st.booleans())), True),
    }
