"""RegNet's rule (Radosavovic et al. 2020, arXiv:2003.13678), written once more: with NumPy, in single precision."""

from collections import Counter
from math import log
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from .choices import OMITTED, flip, integer, one_of
from .scale import Scale


class Widths(NamedTuple):
    """What a rule gives, per stage."""

    depths: list[int]
    widths: list[int]
    """Base widths, before expansion."""


def widths_by_rule(rule: dict[str, Any], *, expansion: int, group_width: int) -> Widths:
    """The depths and base widths of the stages."""
    single = np.float32
    initial, slope, multiplier = (single(rule[key]) for key in ("initial", "slope", "multiplier"))
    line = initial + slope * np.arange(rule["depth"], dtype=single)
    exponents = np.rint(np.log(line / initial) / single(log(rule["multiplier"])))
    quantized = 8 * np.rint(initial * np.power(multiplier, exponents) / single(8))
    stages = sorted(Counter(int(width) for width in quantized).items())
    divide = _as_torchvision if rule.get("rounding") == "torchvision" else _as_pycls
    bottlenecks = [width // expansion for width, _ in stages]
    return Widths(
        [depth for _, depth in stages], [divide(width, min(group_width, width) or 1) for width in bottlenecks]
    )


def _as_pycls(width: int, group: int) -> int:
    return group * round(width / group)


def _as_torchvision(width: int, group: int) -> int:
    rounded = max(group, int(width + group / 2) // group * group)
    return rounded + group if rounded < 0.9 * width else rounded


@st.composite
def rules(draw: DrawFn, scale: Scale) -> dict[str, Any]:
    """Rules of as many blocks as there may be stages, so that there are never too many of these."""
    rule = {
        "depth": integer(draw, 1, scale.stages),
        "initial": 8 * integer(draw, 1, max(1, scale.width // 32)),
        "slope": one_of(draw, [0, 0.5, 8]) if flip(draw) else integer(draw, 0, 25 * scale.width) / 100,
        "multiplier": one_of(draw, [2, 2.49, 1.5, 3.0, 1.05]),
    }
    rounding = one_of(draw, [OMITTED, "pycls", "torchvision"])
    return rule if rounding is OMITTED else rule | {"rounding": rounding}
