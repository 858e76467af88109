"""HDF5 files, as Keras writes them: datasets in nested groups."""

from pathlib import Path
from typing import Any

from ...diagnostics.packages import require
from ...limits import MAX_ARRAY, MAX_MEMBERS
from ..stored import Stored, contiguous
from .content import Content, Inert
from .elements import NUMPY, swapped
from .fault import DAMAGED, Unreadable, faults_of
from .tensors import shape_of

_FILTERS = (None, "gzip", "lzf")
"""Ways of compression that need no code from elsewhere."""


def read_hdf5(path: Path) -> Content:
    """Tensors by their paths, such as `conv1_conv/conv1_conv/kernel:0`; links to other files are placeholders.

    Raises:
        Unreadable: the file is damaged.
        EnvironmentFault: h5py is not installed.
    """
    require("h5py", purpose="reading HDF5")
    import h5py

    tree: dict[object, object] = {}
    seen: set[object] = set()
    count = 0
    try:
        with h5py.File(path, "r") as file:
            left: list[tuple[Any, str]] = [(file, "")]
            while left:
                group, parent = left.pop()
                for name in group:
                    count += 1
                    if count > MAX_MEMBERS:
                        raise Unreadable(f"it has more than {MAX_MEMBERS:,} parts")
                    link = group.get(name, getlink=True)
                    part = group[name] if isinstance(link, h5py.HardLink) else None
                    if isinstance(part, h5py.Dataset):
                        tree[parent + name] = _dataset(path, part)
                    elif isinstance(part, h5py.Group):
                        place = h5py.h5o.get_info(part.id).addr
                        if place in seen:
                            raise Unreadable(DAMAGED)
                        seen.add(place)
                        left.append((part, f"{parent}{name}/"))
                    else:
                        tree[parent + name] = Inert(f"h5py.{type(link).__name__}")
    except (RuntimeError, ValueError, TypeError, KeyError):
        raise Unreadable(DAMAGED) from None
    return Content(tree)


def _dataset(path: Path, dataset: Any) -> Stored | Inert:
    """An array of numbers that lies in this file."""
    kind = dataset.dtype
    dtype = NUMPY.get(kind.str.lstrip("<>|="))
    if dtype is None or dataset.is_virtual or dataset.external or dataset.compression not in _FILTERS:
        return Inert(f"h5py.Dataset of {kind}")
    shape = shape_of(dataset.shape)
    if dataset.nbytes > MAX_ARRAY:
        raise Unreadable(f"`{dataset.name}` has more than {MAX_ARRAY:,} bytes")
    name = dataset.name

    def read() -> bytearray:
        import h5py

        with faults_of(path):
            try:
                with h5py.File(path, "r") as file:
                    values = file[name][()]
            except (RuntimeError, ValueError, TypeError, KeyError):
                raise Unreadable(DAMAGED) from None
            if values.shape != shape or values.dtype != kind:
                raise Unreadable("it has changed while it was read")
            data = bytearray(values.tobytes())
        return swapped(data, dtype) if kind.str.startswith(">") else data

    return Stored(dtype, shape, contiguous(shape), 0, read)
