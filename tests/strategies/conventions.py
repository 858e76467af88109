"""What all layers of a drawn network share, drawn first, because the rest must fit it."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from .choices import OMITTED, flip, omitted_or, one_of, stated
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
    shortcut, when = one_of(draw, _SHORTCUTS)
    norm = one_of(draw, ["batch", "batch", "group", "group", "instance", "layer", "none"])
    conv = {
        "type": one_of(draw, ["plain", "plain", "standardized"]),
        "bias": norm != "none" and one_of(draw, [False, False, True]),
    }
    return Conventions(
        scale=scale,
        shortcut=shortcut,
        when=when,
        norm=norm,
        antialias=one_of(draw, ["none", "none", "blur", "avg"]),
        preactivation=flip(draw),
        conv=conv,
        unit=one_of(draw, [2, 4] if conv["type"] == "standardized" else [1, 1, 2, 4]),
    )


def conv(draw: DrawFn, shared: Conventions) -> Any:
    """`conv`, as a word or as a mapping."""
    type_, bias = shared.conv["type"], shared.conv["bias"]
    if not bias and flip(draw):
        return stated(draw, type_, "plain")
    eps = one_of(draw, [1e-6, 1e-8, 1e-3] if type_ == "standardized" else [1e-6])
    return {"type": type_, "eps": omitted_or(draw, eps), "bias": stated(draw, bias, False)}


def norm(draw: DrawFn, kind: str, common: int, *, is_paired: bool) -> Any:
    """`norm`, as a word or as a mapping with settings.

    Args:
        common: what divides the channels of every norm, and so may be their groups, or those in each group.
        is_paired: a group has more than one channel, because a norm sees a single pixel.
    """
    divisors = [divisor for divisor in range(1, min(common, 64) + 1) if common % divisor == 0]
    groups, group_width = 32, 0
    if kind == "group" and flip(draw):
        groups = one_of(draw, [each for each in divisors if each < common or not is_paired] or [1])
    elif kind == "group":
        group_width = one_of(draw, [each for each in divisors if each > 1 or not is_paired] or [0])
        groups = 32 if group_width else 1
    eps = one_of(draw, [1e-5, 1e-3, 1e-6]) if kind != "none" else 1e-5
    momentum = one_of(draw, [0, 0.1, 0.01, 1]) if kind == "batch" else 0.1
    if (groups, group_width, momentum) == (32, 0, 0.1) and flip(draw):
        return OMITTED if kind == "batch" and flip(draw) else kind
    return {
        "type": kind,
        "eps": omitted_or(draw, eps),
        "momentum": stated(draw, momentum, 0.1),
        "groups": stated(draw, groups, 32),
        "group_width": stated(draw, group_width, 0),
    }


def shortcut(draw: DrawFn, shared: Conventions) -> dict[str, Any]:
    """`shortcut`, with no key that the values of others leave without effect."""
    projects = shared.shortcut == "projection"
    pool = one_of(draw, ["none", "avg"]) if projects else "none"
    kernel = one_of(draw, [1, 3]) if projects and pool == "none" else 1
    may_be_bare = projects and not shared.preactivation and shared.norm != "none"
    sources = ["input", "activation"] if shared.preactivation and shared.shortcut != "none" else ["input"]
    return {
        "type": stated(draw, shared.shortcut, "projection"),
        "when": stated(draw, shared.when, "shape_change"),
        "kernel": stated(draw, kernel, 1),
        "pool": stated(draw, pool, "none"),
        "source": stated(draw, one_of(draw, sources), "input"),
        "zeros": stated(draw, one_of(draw, ["end", "both"]) if shared.padding_floor else "end", "end"),
        "norm": stated(draw, not (may_be_bare and flip(draw)), True),
    }
