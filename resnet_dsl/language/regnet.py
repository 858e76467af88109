"""RegNet's rule: the widths and depths of stages from five numbers (Radosavovic et al. 2020, arXiv:2003.13678)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from math import log
from typing import Literal

_QUANTUM = 8
"""Widths are multiples of this."""
_LEAST = 0.9
"""torchvision does not round to less than this part of a width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`stages.regnet`."""

    depth: int
    """Blocks of all stages."""
    initial: int
    """Width of the first block."""
    slope: float
    multiplier: float
    rounding: Literal["pycls", "torchvision"] = "pycls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Successive blocks with one width: a stage."""

    wanted: tuple[float, ...]
    """The widths of its blocks on the line, before they are quantised."""
    step: int
    """The power of the multiplier, times the initial width, that is nearest to them."""
    exact: float
    """That product."""
    width: int
    """The multiple of 8 nearest to it: the output channels, before they fit the groups."""

    @property
    def depth(self) -> int:
        return len(self.wanted)


@lru_cache(maxsize=64)
def runs(rule: Rule) -> tuple[Run, ...]:
    """The stages, in rising order of width; each step is rounded to single precision, as in timm and torchvision."""
    blocks = (list(group) for _, group in groupby(_blocks(rule), key=lambda block: block.width))
    return tuple(replace(run[0], wanted=tuple(wanted for each in run for wanted in each.wanted)) for run in blocks)


def _blocks(rule: Rule) -> Iterator[Run]:
    """Each block by itself."""
    slope, base = _single(rule.slope), _single(log(rule.multiplier))
    multiplier = _single(rule.multiplier)
    for index in range(rule.depth):
        wanted = _single(_single(slope * index) + rule.initial)
        step = round(_single(_single(log(_single(wanted / rule.initial))) / base))
        exact = _single(rule.initial * _single(multiplier**step))
        yield Run(wanted=(wanted,), step=step, exact=exact, width=_QUANTUM * round(exact / _QUANTUM))


def base_width(rule: Rule, width: int, expansion: int, group_width: int) -> int:
    """The width of a stage before expansion: rounded, so that its groups divide it.

    It is 0 if `expansion` is more than `width`.
    """
    inner = width // expansion
    group = channels_per_group(inner, group_width)
    if group == 0:
        return 0
    if rule.rounding == "pycls":
        return group * round(inner / group)
    rounded = max(group, (inner + group // 2) // group * group)
    return rounded + group if rounded < _LEAST * inner else rounded


def channels_per_group(inner: int, group_width: int) -> int:
    """The group width, but not more than there are channels; 1 if it is 0."""
    return min(group_width or 1, inner)


def _single(number: float) -> float:
    """The nearest number in single precision."""
    rounded: float = struct.unpack("f", struct.pack("f", number))[0]
    return rounded
