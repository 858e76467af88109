"""Entries of a checkpoint -> torch tensors."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...checkpoints.stored import Entry, Filled, Stored, objection
from ...diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ...graph.shapes import Shape
from ...limits import MAX_NESTING


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A tensor in memory."""

    tensor: Tensor

    @property
    def dtype(self) -> str:
        """The name of its dtype, after what it is if it is no dense tensor."""
        name = str(self.tensor.dtype).removeprefix("torch.")
        if self.tensor.is_nested:
            return f"nested {name}"
        if self.tensor.is_meta:
            return f"meta {name}"
        return name if self.tensor.layout == torch.strided else f"sparse {name}"

    @property
    def identity(self) -> object:
        is_dense = self.dtype == str(self.tensor.dtype).removeprefix("torch.")
        return (self.tensor.data_ptr(), self.tensor.stride()) if is_dense else None

    @property
    def shape(self) -> Shape:
        """The sizes of its dimensions; of a nested tensor, only how many tensors are nested."""
        return (self.tensor.size(0),) if self.tensor.is_nested else tuple(self.tensor.shape)


def held(value: object, inside: tuple[int, ...] = ()) -> object:
    """Mappings, lists and modules with entries in place of tensors, none of which is copied; whatever else stays.

    Arrays of NumPy count as tensors. What contains itself is cut off where it does.
    """
    if id(value) in inside or len(inside) > MAX_NESTING:
        return None
    around = (*inside, id(value))
    match value:
        case Tensor():
            return Held(value.detach())
        case nn.Module():
            return held(value.state_dict(), around)
        case Mapping():
            return {key: held(each, around) for key, each in value.items()}
        case list() | tuple():
            return [held(each, around) for each in value]
    return Held(torch.as_tensor(value)) if _is_array(value) else value


def _is_array(value: object) -> bool:
    """Whether this is an array of NumPy, of numbers."""
    return type(value).__module__ == "numpy" and getattr(getattr(value, "dtype", None), "kind", "O") in "fiub"


def tensor_of(entry: Entry) -> Tensor:
    """A dense tensor on the CPU with the elements of an entry, in its dtype; one that is held is given as it is.

    Raises:
        EnvironmentFault: the entry is no dense tensor of real numbers, or its elements cannot be read.
    """
    if isinstance(entry, Held):
        return entry.tensor
    dtype = getattr(torch, entry.dtype, None)
    if isinstance(entry, Filled):
        return torch.full(entry.shape, entry.value, dtype=dtype)
    if not isinstance(entry, Stored) or objection(entry.dtype) or not isinstance(dtype, torch.dtype):
        raise _fault(f"a tensor {objection(entry.dtype) or f'has elements of the type `{entry.dtype}`'}")
    if 0 in entry.shape:
        return torch.empty(entry.shape, dtype=dtype)
    elements = torch.frombuffer(entry.read(), dtype=dtype)
    try:
        return elements.as_strided(entry.shape, entry.strides, entry.offset).contiguous()
    except RuntimeError:  # one element may stand for more than there is memory for
        raise _fault("a tensor does not fit into memory") from None


def _fault(reason: str) -> EnvironmentFault:
    return EnvironmentFault(Diagnostic(code="RD504", message=f"cannot use the weights: {reason}"))
