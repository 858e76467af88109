"""Shapes, the error of operations that cannot take them, and the arithmetic of sliding windows.

Shapes leave the batch out: feature maps are `(channels, height, width)`, features `(features,)`.
"""

from collections.abc import Sequence
from math import gcd
from typing import Literal, TypeAlias

Shape: TypeAlias = tuple[int, ...]
Shapes: TypeAlias = Sequence[Shape]

Cause: TypeAlias = Literal["channels", "size", "groups", "inner_width", "norm", "shortcut"]
"""What of a layer a spec would have to change for its shapes to fit."""


class ShapeError(Exception):
    """The operation cannot take these shapes.

    `assumed` is a shape to go on with, so that the faults of later layers, which do not follow from this one, can
    be found too. `helps` say what would fit.
    """

    def __init__(self, cause: Cause, message: str, *helps: str, assumed: Shape) -> None:
        super().__init__(message)
        self.cause: Cause = cause
        self.message = message
        self.helps = helps
        self.assumed = assumed


def divisible(groups: int, *channels: int) -> str:
    """A help: the numbers of groups nearest to `groups`, below and above, that all `channels` divide into."""
    common = gcd(*channels)
    below = next(count for count in range(min(groups, common), 0, -1) if common % count == 0)
    above = next((count for count in range(groups, common + 1) if common % count == 0), None)
    counts = f"{below:,} or {above:,} groups" if above else f"{below:,} group{'s' if below > 1 else ''}"
    return f"{' and '.join(f'{each:,}' for each in dict.fromkeys(channels))} channels divide into {counts}"


def windows(size: int, kernel: int, stride: int, padding: int = 0, dilation: int = 1, *, ceil: bool = False) -> int:
    """Positions of a sliding window along one side, as torch counts them.

    With `ceil` a last window may hang over the end, if it starts before it.
    """
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil:
        return span // stride + 1
    count = -(-span // stride) + 1
    return count - 1 if (count - 1) * stride >= size + padding else count


def slide(
    shape: Shape, channels: int, kernel: int, stride: int, padding: int = 0, dilation: int = 1, *, ceil: bool = False
) -> Shape:
    """The feature map that a window leaves which slides over another.

    Raises:
        ShapeError: it does not fit once.
    """
    _, height, width = shape
    sides = tuple(windows(side, kernel, stride, padding, dilation, ceil=ceil) for side in (height, width))
    if min(sides) < 1:
        message = f"a {kernel}x{kernel} window of stride {stride} does not fit a {height}x{width} feature map"
        raise ShapeError("size", message, assumed=(channels, *(max(1, side) for side in sides)))
    return (channels, *sides)
