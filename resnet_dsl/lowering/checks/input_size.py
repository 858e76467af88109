"""Finds an input size that fits a network when the given one is too small, or odd, for its feature maps."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import prod

from ...language.spec import Spec
from ...limits import MAX_SIZE

_SIZES_TRIED = 64
"""How many consecutive sizes are tried."""
_LAYERS_BUILT = 6_000
"""How many layers are built for that in total: larger networks are tried at fewer sizes."""


def fitting_size(spec: Spec, layers: int, fits: Callable[[Spec], bool]) -> tuple[str, ...]:
    """A help that suggests the next larger input size that fits; empty if none of those tried does.

    Height and width are searched separately: every operation treats both alike and independently.

    Args:
        spec: a network that does not fit its input.
        layers: how many layers are built to see whether it fits.
        fits: checks whether a network fits its input.
    """
    height, width = spec.input.height, spec.input.width
    fitting = {side: _fitting_side(spec, side, layers, fits) for side in {height, width}}
    if None in fitting.values():
        return ()
    size = fitting[height] if fitting[height] == fitting[width] else [fitting[height], fitting[width]]
    return (f"use `input.size: {size}`, which fits",)


def _fitting_side(spec: Spec, side: int, layers: int, fits: Callable[[Spec], bool]) -> int | None:
    for size in _candidates(spec, side, layers):
        if fits(replace(spec, input=replace(spec.input, height=size, width=size))):
            return size
    return None


def _candidates(spec: Spec, side: int, layers: int) -> Iterator[int]:
    """The side itself, the next larger sizes, then multiples of the network's total stride."""
    stride = spec.stem.reduction * prod(stage.stride for stage in spec.stages)
    tried = min(_SIZES_TRIED, max(1, _LAYERS_BUILT // layers))
    yield from range(side, min(side + tried, MAX_SIZE + 1))
    first = -(-(side + tried) // stride)
    yield from (size for size in range(first * stride, (first + 3) * stride, stride) if size <= MAX_SIZE)
