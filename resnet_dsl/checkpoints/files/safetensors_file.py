"""Files of safetensors: a header in JSON with names, types, shapes and places, and then the elements."""

import json
from math import prod
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from ...limits import MAX_MEMBERS
from ..stored import Stored, contiguous
from .content import SPEC_KEY, Content
from .elements import SAFETENSORS, SIZES
from .fault import DAMAGED, Unreadable
from .source import Source, source_of
from .tensors import shape_of


def read_safetensors(path: Path) -> Content:
    """The tensors by name, and the spec in the file's metadata.

    Raises:
        Unreadable: the file is damaged.
        OSError: it cannot be read.
    """
    whole = source_of(path)
    try:
        with safe_open(path, "numpy") as file:  # checks that the header is valid and fits the file
            names = [*file.keys()]
    except SafetensorError as error:
        raise Unreadable(f"it is damaged or truncated: {error}") from None
    if len(names) > MAX_MEMBERS:
        raise Unreadable(f"it has more than {MAX_MEMBERS:,} tensors")
    length = int.from_bytes(whole.read(0, 8), "little")
    data = whole.part(8 + length, whole.length - 8 - length)
    try:
        header = json.loads(whole.read(8, length).decode("utf-8"))
        spec = (header.pop("__metadata__", None) or {}).get(SPEC_KEY)
        tree = {name: _tensor(data, entry) for name, entry in header.items()}
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise Unreadable(DAMAGED) from None
    return Content(tree, {} if spec is None else {id(tree): spec})


def _tensor(data: Source, entry: dict[str, Any]) -> Stored:
    start, end = entry["data_offsets"]
    shape = shape_of(entry["shape"])
    dtype = SAFETENSORS.get(entry["dtype"], "packed " + entry["dtype"].lower())
    part = data.part(start, end - start)
    if dtype in SIZES and prod(shape) * SIZES[dtype] != part.length:
        raise Unreadable(DAMAGED)
    return Stored(dtype, shape, contiguous(shape), 0, part.read)
