"""NumPy's files: archives of arrays by name, and single arrays."""

import io
from math import prod

from numpy.lib import format as npy

from ..stored import Stored, contiguous
from .archive import Archive
from .content import Content, Inert
from .elements import NUMPY, SIZES, swapped
from .fault import DAMAGED, Unreadable
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


def _array(source: Source) -> Stored | Inert:
    stream = io.BytesIO(source.read(0, min(source.length, _HEADER)))
    try:
        version = npy.read_magic(stream)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        sizes, is_fortran, kind = read_header(stream)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, OverflowError):
        raise Unreadable(f"an array in it has no valid header: {DAMAGED}") from None
    shape = shape_of(sizes)
    dtype = NUMPY.get(kind.str.lstrip("<>|=") if not kind.hasobject else "")
    if dtype is None:
        return Inert(f"numpy.ndarray of {kind}")
    start, length = stream.tell(), prod(shape) * SIZES[dtype]
    if start + length > source.length:
        raise Unreadable("an array in it is longer than its member: it is damaged or truncated")

    def read() -> bytearray:
        data = source.read(start, length)
        return swapped(data, dtype) if kind.str.startswith(">") else data

    strides = contiguous(shape[::-1])[::-1] if is_fortran else contiguous(shape)
    return Stored(dtype, shape, strides, 0, read)
