"""The entries of a checkpoint that a network must have, with the shapes that they can have."""

from ...graph.shapes import Shape
from ...limits import MAX_CHANNELS
from ..comparison import State

_CONVOLUTION = 4
"""Dimensions of the weight of a convolution: output channels, input channels, height, width."""


class Unrecognised(Exception):
    """No network of this family has these names and shapes."""


def shape_of(state: State, name: str, rank: int) -> Shape:
    """The shape of an entry.

    Raises:
        Unrecognised: it is missing, has the wrong number of dimensions, or more channels than a layer may have.
    """
    shape = state.get(name)
    if shape is None:
        raise Unrecognised(f"it has no `{name}`")
    if len(shape) != rank:
        raise Unrecognised(f"`{name}` has shape {list(shape)} instead of {rank} dimensions")
    if 0 in shape:
        raise Unrecognised(f"`{name}` is empty")
    channels = max(shape[: 2 if rank == _CONVOLUTION else 1])
    if channels > MAX_CHANNELS:
        raise Unrecognised(f"`{name}` has {channels:,} channels, more than {MAX_CHANNELS:,}")
    return shape
