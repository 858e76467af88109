"""Strides, pooling, dilations and the input's size: what decides how large each feature map is."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from math import prod
from operator import mul
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from .choices import OMITTED, flip, integer, omitted_or, one_of, per_stage, stated, values
from .conventions import Conventions

LARGEST_DILATION = 64

_USUAL_POOLS: list[dict[str, Any]] = [
    {"type": "max", "kernel": 3, "padding": "ignore"},
    {"type": "conv"},
    {"type": "none"},
    {"type": "avg", "kernel": 3},
    {"type": "avg", "kernel": 2},
]
_OTHER_POOLS: list[dict[str, Any]] = [
    {"type": "max", "kernel": 3, "padding": "zero"},
    {"type": "max", "kernel": 3, "padding": "ceil"},
    {"type": "max", "kernel": 3, "padding": "same"},
    {"type": "max", "kernel": 2},
]
"""Those that no filter can follow."""


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """The values that decide sizes, as they stand in a spec, with short forms and without what is omitted."""

    stem: dict[str, Any]
    """`stride` or `strides`, and `pool`."""
    strides: Any
    dilations: Any
    output_stride: Any
    size: Any


@st.composite
def resolution(draw: DrawFn, shared: Conventions, stem: int, count: int, *, is_roomy: bool) -> Resolution:
    """Resolution of a network with this many convolutions in its stem, and this many stages.

    Args:
        is_roomy: no feature map shrinks to a single pixel.
    """
    scale = shared.scale
    must_not_vanish = is_roomy or shared.norm in ("instance", "group") or shared.antialias != "none"
    pool = one_of(draw, [*_USUAL_POOLS, *(_OTHER_POOLS if shared.antialias == "none" else [])])
    first, later = one_of(draw, [2, *scale.strides]), _later_strides(draw, stem - 1)
    strides = values(draw, count, lambda: one_of(draw, scale.strides), _default_strides(count))
    if must_not_vanish:
        first, strides = min(first, scale.filtered_stride), _bounded(strides, scale.filtered_stride)
    before = first * prod(later)
    start = before * (1 if pool["type"] == "none" else 2)
    drops_edge = pool["type"] in ("max", "avg") and (pool.get("kernel") == 2 or pool.get("padding") == "ceil")
    least, most, step = 1 + before * drops_edge, before * drops_edge + scale.size, 1
    if must_not_vanish:
        total = start * prod(strides)
        least = 2 * total if drops_edge else total + 1
        least, most, step = (2, 3, total) if shared.antialias == "avg" else (least, least + 40, 1)
    dilations = values(draw, count, lambda: one_of(draw, scale.dilations), [1] * count)
    may_omit_size = scale.has_large_defaults and not must_not_vanish and not (drops_edge and before >= 224)
    return Resolution(
        stem={**_stem_strides(draw, [first, *later]), "pool": _written_pool(draw, pool)},
        strides=per_stage(draw, strides, _default_strides(count)),
        dilations=per_stage(draw, dilations, [1] * count),
        output_stride=omitted_or(draw, one_of(draw, _output_strides(start, strides, dilations))),
        size=_sizes(draw, lambda: step * integer(draw, least, most), may_omit_size),
    )


def _written_pool(draw: DrawFn, pool: dict[str, Any]) -> Any:
    type_ = pool["type"]
    if type_ in ("conv", "none"):
        return type_
    default = 3 if type_ == "max" else 2
    if pool["kernel"] == default and pool.get("padding", "ignore") == "ignore" and flip(draw):
        return stated(draw, type_, "max")
    padding = stated(draw, pool.get("padding", "ignore"), "ignore")
    return {"type": type_, "kernel": stated(draw, pool["kernel"], default), "padding": padding}


def _later_strides(draw: DrawFn, count: int) -> list[int]:
    """The strides of all stem convolutions but the first: mostly 1, and at most one of them is not."""
    strides = [1] * count
    if count and flip(draw):
        strides[integer(draw, 0, count - 1)] = one_of(draw, [2, 3])
    return strides


def _stem_strides(draw: DrawFn, strides: list[int]) -> dict[str, Any]:
    """As `strides`, or as `stride` where only the first convolution has one."""
    if any(stride != 1 for stride in strides[1:]) or one_of(draw, [False, False, True]):
        return {"strides": strides}
    return {"stride": stated(draw, strides[0], 2)}


def _default_strides(count: int) -> list[int]:
    return [1] + [2] * (count - 1)


def _bounded(strides: list[int], largest: int) -> list[int]:
    """The strides, capped and then 1 from the sixth stage on, so that their product stays below 250."""
    return [min(stride, largest) if index < 5 else 1 for index, stride in enumerate(strides)]


def _output_strides(start: int, strides: list[int], dilations: list[int]) -> list[Any]:
    """The possible output strides: powers of two that the network reaches, with the resulting dilations in bounds."""
    found = [
        limit
        for limit in {1 << exponent for exponent in range(15)} & set(accumulate(strides, mul, initial=start))
        if max(_stopped(start, strides, dilations, limit)) <= LARGEST_DILATION
    ]
    return sorted(found) or [OMITTED]


def _stopped(start: int, strides: list[int], dilations: list[int], limit: int) -> list[int]:
    """The dilation of each stage of a network with that output stride."""
    extra, total, result = 1, start, []
    for stride, dilation in zip(strides, dilations, strict=True):
        if total == limit:
            extra *= stride
        else:
            total *= stride
        result.append(dilation * extra)
    return result


def _sizes(draw: DrawFn, side: Callable[[], int], may_omit: bool) -> Any:
    height = side()
    width = height if flip(draw) else side()
    forms: list[Any] = [[height, width]]
    if height == width:
        forms.append(height)
    if may_omit:
        forms.append(OMITTED)
    return one_of(draw, forms)
