"""Entries of a checkpoint: what is known of a tensor before its elements are read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..graph.shapes import Shape
from .dialects.change import Change


class Entry(Protocol):
    """A tensor, in a file or in memory."""

    @property
    def dtype(self) -> str:
        """PyTorch's name for the type of its elements, such as `float32`.

        Before it stands what the tensor is if it is no dense one: `sparse float32`, `nested float32`, `meta float32`.
        """

    @property
    def shape(self) -> Shape: ...

    @property
    def identity(self) -> object:
        """What two entries share that have the same elements in the same place; None if that is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A tensor in a file, whose elements have not been read yet."""

    dtype: str
    shape: Shape
    strides: Shape
    """In elements, as PyTorch counts them."""
    offset: int
    """The first element, counted from the start of what `read` gives."""
    read: Callable[[], bytes | bytearray | memoryview]
    """Reads little-endian elements of this dtype, enough of them for the shape and the strides.

    Raises `EnvironmentFault` (RD504) if the file has changed or is damaged.
    """
    identity: object = None
    """The place of its elements in the file, where several tensors may share one."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A tensor that is in no file, all of whose elements are the same."""

    shape: Shape
    value: float
    dtype: str = "float32"
    identity: object = None


@dataclass(frozen=True, slots=True)
class Part:
    """An entry as a network has it: one of the file, or the values and the mask of a pruned one, to be multiplied."""

    entries: tuple[Entry, ...]
    change: Change | None = None
    """What the library's tensor differs in besides its name."""

    @property
    def dtype(self) -> str:
        return self.entries[0].dtype

    @property
    def shape(self) -> Shape:
        return self.entries[0].shape if self.change is None else self.change.shape


def contiguous(shape: Shape) -> Shape:
    """The strides of a tensor whose elements lie in the order of their indices."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


def objection(dtype: str) -> str:
    """Why a tensor with this dtype cannot be a weight, as the end of a sentence about it; empty if it can."""
    layout, _, _ = dtype.rpartition(" ")
    if layout == "meta":
        return "has no elements: it was saved from the device `meta`"
    if layout:
        return f"is {layout}"
    if dtype.startswith(("qint", "quint")):
        return f"is quantized (`{dtype}`)"
    return "has complex numbers" if dtype.startswith("complex") else ""
