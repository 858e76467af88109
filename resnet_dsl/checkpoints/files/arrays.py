"""NumPy's arrays and numbers in a pickle."""

import struct
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from ..stored import Stored, contiguous
from .content import Inert
from .elements import NUMPY, SIZES, swapped
from .fault import Unreadable
from .source import Source
from .tensors import shape_of

_CODES = {
    "f8": "d", "f4": "f", "f2": "e", "b1": "?",
    "i8": "q", "i4": "i", "i2": "h", "i1": "b", "u8": "Q", "u4": "I", "u2": "H", "u1": "B",
}  # fmt: skip
"""NumPy's short name of a type -> that of the `struct` module."""


class Unfilled(Inert):
    """An array before its state is set; what it becomes takes its places in the memo."""

    __slots__ = ("places",)

    def __init__(self, name: str, arguments: tuple[object, ...]) -> None:
        super().__init__(name, arguments)
        self.places: list[int] = []

    def filled(self, state: object) -> object:
        """`__setstate__((version, shape, dtype, is_fortran, elements))`; the oldest have no version."""
        self.state = state
        match state:
            case (*_, tuple() as shape, Inert() as kind, is_fortran, (bytes() | str() | Source()) as data):
                return _array(data, kind, shape, bool(is_fortran)) or self
        return self


def _array(data: bytes | str | Source, kind: Inert, shape: Any, is_fortran: bool) -> Stored | None:
    """An array of numbers."""
    code, is_swapped = _dtype(kind)
    dtype = NUMPY.get(code)
    if dtype is None:
        return None
    sizes = shape_of(shape)
    length = prod(sizes) * SIZES[dtype]
    if (data.length if isinstance(data, Source) else len(data)) != length:
        raise Unreadable("an array has another size than its elements: it is damaged")

    def read() -> bytearray:
        raw = data.encode("latin-1") if isinstance(data, str) else data
        found = raw.read() if isinstance(raw, Source) else bytearray(raw)
        return swapped(found, dtype) if is_swapped else found

    strides = contiguous(sizes[::-1])[::-1] if is_fortran else contiguous(sizes)
    return Stored(dtype, sizes, strides, 0, read)


def _dtype(kind: Inert) -> tuple[str, bool]:
    """NumPy's short name of a `numpy.dtype`, and whether its bytes are in the other order."""
    match kind.arguments:
        case (str(code), *_):
            found = code.lstrip("<>|=")
        case (Inert(name=name), *_):
            found = name.rpartition(".")[2]
        case _:
            found = ""
    match kind.state:
        case (int(), str(order), *_):
            return found, order == ">"
    return found, False


def _reconstruct(arguments: tuple[Any, ...]) -> Unfilled:
    """`_reconstruct(class, shape, typecode)`."""
    return Unfilled("numpy.ndarray", arguments)


def _scalar(arguments: tuple[Any, ...]) -> object:
    """`scalar(dtype, bytes)`: a number; Python 2 wrote the bytes as text."""
    match arguments:
        case Inert() as kind, (bytes() | str()) as data:
            code, is_swapped = _dtype(kind)
            raw = data.encode("latin-1") if isinstance(data, str) else data
            if code in _CODES and len(raw) == SIZES[NUMPY[code]]:
                return struct.unpack(f"{'>' if is_swapped else '<'}{_CODES[code]}", raw)[0]
    return None


def _frombuffer(arguments: tuple[Any, ...]) -> Stored | None:
    """`_frombuffer(bytes, dtype, shape, order)`."""
    match arguments:
        case (bytes() | Source()) as data, Inert() as kind, tuple() as shape, ("C" | "F") as order, *_:
            return _array(data, kind, shape, order == "F")
    return None


ARRAYS: Mapping[str, Callable[[tuple[Any, ...]], object]] = {
    f"numpy.{core}.{name}": function
    for core in ("core", "_core")
    for name, function in (
        ("multiarray._reconstruct", _reconstruct),
        ("multiarray.scalar", _scalar),
        ("numeric._frombuffer", _frombuffer),
    )
}
"""What each function of NumPy gives for its arguments; None if it is not called as NumPy calls it."""
