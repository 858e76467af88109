"""Parts of a checkpoint -> tensors."""

from torch import Tensor

from ...checkpoints.dialects.change import Change
from ...checkpoints.stored import Part
from .tensors import tensor_of


def tensor_of_part(part: Part) -> Tensor:
    """The tensor that a part stands for.

    Raises:
        EnvironmentFault: its file has changed or is damaged.
    """
    tensor, *masks = map(tensor_of, part.entries)
    for mask in masks:
        tensor = tensor * mask
    return tensor if part.change is None else rearranged(tensor, part.change)


def rearranged(tensor: Tensor, change: Change) -> Tensor:
    """The tensor with its axes in another order, in another shape of as many elements."""
    return tensor.permute(change.axes).reshape(change.shape)
