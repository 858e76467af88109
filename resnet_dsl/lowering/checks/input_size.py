"""The size of the input at which a network fits that is too small, or odd, for its own feature maps."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import prod

from ...language.spec import Spec
from ...limits import MAX_SIZE

_MOST_TRIED = 64
"""Sizes that are tried one by one."""
_MOST_LAYERS = 6_000
"""Layers of all networks together that are made for that: a large network is tried at fewer sizes."""


def fitting_size(spec: Spec, fits: Callable[[Spec], bool]) -> tuple[str, ...]:
    """A help that names the next larger size of the input that fits; none where no size that is tried does.

    Height and width are sought one by one: every operation treats both alike, and neither by the other.

    Args:
        spec: a network of few blocks that does not fit its input.
        fits: whether a network fits its input.
    """
    height, width = spec.input.height, spec.input.width
    fitting = {side: _fitting_side(spec, side, fits) for side in {height, width}}
    if None in fitting.values():
        return ()
    size = fitting[height] if fitting[height] == fitting[width] else [fitting[height], fitting[width]]
    return (f"the network fits with `input.size: {size}`",)


def _fitting_side(spec: Spec, side: int, fits: Callable[[Spec], bool]) -> int | None:
    for size in _candidates(spec, side):
        if fits(replace(spec, input=replace(spec.input, height=size, width=size))):
            return size
    return None


def _candidates(spec: Spec, side: int) -> Iterator[int]:
    """The side itself, the sizes behind it, then multiples of the network's stride, which all strides divide."""
    stride = spec.stem.stride * (1 if spec.stem.pool == "none" else 2) * prod(stage.stride for stage in spec.stages)
    layers = 3 * len(spec.stem.channels) + 10 * sum(stage.depth for stage in spec.stages)
    tried = min(_MOST_TRIED, max(1, _MOST_LAYERS // layers))
    yield from range(side, min(side + tried, MAX_SIZE + 1))
    first = -(-(side + tried) // stride)
    yield from (size for size in range(first * stride, (first + 3) * stride, stride) if size <= MAX_SIZE)
