"""Shapes, the error for operations that cannot take them, and sliding-window arithmetic.

Shapes leave the batch out: feature maps are `(channels, height, width)`, features `(features,)`.
"""

from collections.abc import Iterable, Sequence
from math import gcd
from typing import Literal, TypeAlias

Shape: TypeAlias = tuple[int, ...]
Shapes: TypeAlias = Sequence[Shape]

Cause: TypeAlias = Literal[
    "channels", "size", "groups", "inner_width", "norm", "shortcut", "standardization", "heads", "halves", "group_width"
]
"""What a spec would have to change about a layer for its shapes to fit."""


class ShapeError(Exception):
    """The operation cannot take these shapes.

    `assumed` is a shape to continue with, so that independent faults of later layers can be found too. `helps`
    suggest what would fit.
    """

    def __init__(self, cause: Cause, message: str, *helps: str, assumed: Shape) -> None:
        super().__init__(message)
        self.cause: Cause = cause
        self.message = message
        self.helps = helps
        self.assumed = assumed


def suggest_groups(groups: int, *channels: int) -> str:
    """A help that suggests the nearest group counts below and above `groups` that divide all `channels`."""
    common = gcd(*channels)
    below = next(count for count in range(min(groups, common), 0, -1) if common % count == 0)
    above = next((count for count in range(groups, common + 1) if common % count == 0), None)
    counts = f"{below:,} or {above:,} groups" if above else counted(below, "group")
    return f"use {counts} for {counted_channels(channels)}"


def counted_channels(channels: Iterable[int]) -> str:
    """Channel counts as words: `1 channel`, `64 and 256 channels`."""
    *others, last = dict.fromkeys(channels)
    return "".join(f"{each:,} and " for each in others) + (f"{last:,} channels" if others else counted(last, "channel"))


def counted(number: int, noun: str) -> str:
    """The number with its noun: `1 group`, `2 groups`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def count_windows(
    size: int, kernel: int, stride: int, padding: int = 0, dilation: int = 1, *, ceil: bool = False
) -> int:
    """Number of positions of a sliding window along one side, as torch counts them.

    With `ceil`, a last window may extend past the end if it starts before it.
    """
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil:
        return span // stride + 1
    count = -(-span // stride) + 1
    return count - 1 if (count - 1) * stride >= size + padding else count


def slide(
    shape: Shape, channels: int, kernel: int, stride: int, padding: int = 0, dilation: int = 1, *, ceil: bool = False
) -> Shape:
    """The output shape of a window sliding over a feature map.

    Raises:
        ShapeError: the window does not fit even once.
    """
    _, height, width = shape
    sides = tuple(count_windows(side, kernel, stride, padding, dilation, ceil=ceil) for side in (height, width))
    if min(sides) < 1:
        message = f"a window of {kernel}x{kernel}, stride {stride}, does not fit a feature map of {height}x{width}"
        raise ShapeError("size", message, assumed=(channels, *(max(1, side) for side in sides)))
    return (channels, *sides)
