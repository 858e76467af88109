"""NumPy's files: archives of arrays by name, and single arrays."""

import re
from dataclasses import dataclass, replace
from math import prod

from ..stored import Stored, contiguous
from .archive import Archive
from .content import Content, Inert
from .elements import NUMPY, SIZES, swapped
from .fault import DAMAGED, Unreadable
from .pytorch import read_pickles
from .source import Source
from .tensors import shape_of

MAGIC = b"\x93NUMPY"
_LONGEST = 1 << 16
"""Bytes of a header."""
_KIND = re.compile(rb"'descr': *(?:'([^']*)'|\[)")
_ORDER = re.compile(rb"'fortran_order': *(True|False)")
_SHAPE = re.compile(rb"'shape': *\(([\dL, ]{0,2000})\)")


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands before the elements of an array."""

    kind: str
    """NumPy's name of the type of its elements; empty for records."""
    is_fortran: bool
    shape: tuple[int, ...]
    length: int
    """Where the elements start."""


def read_arrays(archive: Archive) -> Content:
    """The arrays by name; arrays of objects, which are pickles, are placeholders.

    Raises:
        Unreadable: the archive is damaged.
    """
    names = [name for name in archive.members if name.endswith(".npy")]
    tree = {name.removesuffix(".npy"): _array(archive.source(name)) for name in names}
    return Content(tree)


def read_array(source: Source) -> Content:
    """A mapping of names to arrays that `numpy.save` has wrapped into an array.

    Raises:
        Unreadable: the file holds an array and no mapping, or is damaged.
        OSError: the file cannot be read.
    """
    header = _header(source)
    if not header.kind.endswith("O"):
        raise Unreadable("it is a single array without a name", "save arrays by their names with `numpy.savez`")
    content = read_pickles(source.part(header.length, source.length - header.length))
    match content.tree:
        case Inert(state=(*_, [mapping])):
            return replace(content, tree=mapping)
    return content


def _array(source: Source) -> Stored | Inert:
    """A tensor, or a placeholder for an array of something else than numbers."""
    header = _header(source)
    dtype = NUMPY.get(header.kind.lstrip("<>|="))
    if dtype is None:
        return Inert(f"numpy.ndarray of {header.kind or 'records'}")
    shape = header.shape
    length = prod(shape) * SIZES[dtype]
    if header.length + length > source.length:
        raise Unreadable("an array in it is longer than its member: it is damaged or truncated")

    def read() -> bytearray:
        data = source.read(header.length, length)
        return swapped(data, dtype) if header.kind.startswith(">") else data

    strides = contiguous(shape[::-1])[::-1] if header.is_fortran else contiguous(shape)
    return Stored(dtype, shape, strides, 0, read)


def _header(source: Source) -> _Header:
    """The header, a mapping in Python's notation after its length, which is searched and not evaluated."""
    start = bytes(source.read(0, min(source.length, 12)))
    width = 2 if start[6:7] == b"\1" else 4
    length = int.from_bytes(start[8 : 8 + width], "little")
    if not start.startswith(MAGIC) or start[6:7] > b"\3" or length > _LONGEST:
        raise Unreadable(f"an array in it has no valid header: {DAMAGED}")
    text = bytes(source.read(8 + width, length))
    kind, order, shape = (pattern.search(text) for pattern in (_KIND, _ORDER, _SHAPE))
    if not kind or not order or not shape:
        raise Unreadable(f"an array in it has no valid header: {DAMAGED}")
    sizes = shape_of(tuple(int(size) for size in re.findall(rb"\d+", shape[1])))
    return _Header((kind[1] or b"").decode("ascii", "replace"), order[1] == b"True", sizes, 8 + width + length)
