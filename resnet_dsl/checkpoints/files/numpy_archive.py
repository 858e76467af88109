"""NumPy's files: archives of arrays by name, and single arrays."""

import io
from dataclasses import replace
from math import prod
from typing import Any

from numpy.lib import format as npy

from ..stored import Stored, contiguous
from .archive import Archive
from .content import Content, Inert
from .elements import NUMPY, SIZES, swapped
from .fault import DAMAGED, Unreadable
from .pytorch import read_pickles
from .source import Source
from .tensors import shape_of

_HEADER = 1 << 16
"""Bytes in which the header of an array must end."""


def read_arrays(archive: Archive) -> Content:
    """The arrays by name; arrays of objects, which are pickles, are placeholders.

    Raises:
        Unreadable: the archive is damaged.
    """
    names = [name for name in archive.members if name.endswith(".npy")]
    tree = {name.removesuffix(".npy"): _array(archive.source(name)) for name in names}
    return Content(tree, kind="NumPy archive")


def read_array(source: Source) -> Content:
    """A mapping of names to arrays that `numpy.save` has wrapped into an array.

    Raises:
        Unreadable: the file holds an array and no mapping, or is damaged.
        OSError: the file cannot be read.
    """
    *_, kind, start = _header(source)
    if not kind.hasobject:
        raise Unreadable("it is a single array without a name", "save arrays by their names with `numpy.savez`")
    content = read_pickles(source.part(start, source.length - start))
    match content.tree:
        case Inert(state=(*_, [mapping])):
            return replace(content, tree=mapping, kind="NumPy file")
    return content


def _array(source: Source) -> Stored | Inert:
    sizes, is_fortran, kind, start = _header(source)
    shape = shape_of(sizes)
    dtype = NUMPY.get(kind.str.lstrip("<>|=") if not kind.hasobject else "")
    if dtype is None:
        return Inert(f"numpy.ndarray of {kind}")
    length = prod(shape) * SIZES[dtype]
    if start + length > source.length:
        raise Unreadable("an array in it is longer than its member: it is damaged or truncated")

    def read() -> bytearray:
        data = source.read(start, length)
        return swapped(data, dtype) if kind.str.startswith(">") else data

    strides = contiguous(shape[::-1])[::-1] if is_fortran else contiguous(shape)
    return Stored(dtype, shape, strides, 0, read)


def _header(source: Source) -> tuple[Any, bool, Any, int]:
    """The shape of an array, whether it is in Fortran's order, its type, and where its elements start."""
    stream = io.BytesIO(source.read(0, min(source.length, _HEADER)))
    try:
        version = npy.read_magic(stream)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        return *read_header(stream), stream.tell()
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, OverflowError):
        raise Unreadable(f"an array in it has no valid header: {DAMAGED}") from None
