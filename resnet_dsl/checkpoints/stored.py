"""Entries of a checkpoint: what is known of a tensor before its elements are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ..graph.shapes import Shape


class Entry(Protocol):
    """A tensor, in a file or in memory."""

    @property
    def dtype(self) -> str:
        """PyTorch's name for the type of its elements, such as `float32`."""

    @property
    def shape(self) -> Shape: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in a file, whose elements have not been read yet."""

    dtype: str
    shape: Shape
    strides: Shape
    """In elements, as PyTorch counts them."""
    offset: int
    """The first element, counted from the start of its storage."""
    read: Callable[[], bytes | memoryview]
    """Reads the storage: little-endian elements of this dtype, enough of them for the shape and the strides."""


Table: TypeAlias = Mapping[str, Entry]
"""The entries of a checkpoint by name."""
