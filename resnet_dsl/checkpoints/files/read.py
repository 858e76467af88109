"""Any file of weights -> its content, told by its first bytes and not by its name."""

from pathlib import Path

from ...diagnostics.packages import require
from ...language.document.weights import SAFETENSORS
from .archive import archive_of
from .content import Content
from .fault import TRUNCATED, Unreadable, faults_of
from .foreign import reason_for, reason_for_archive, unknown
from .numpy_archive import MAGIC, read_array, read_arrays
from .pytorch import read_archive, read_pickles
from .shards import is_index, marked, only_file, read_index
from .source import source_of

_HEAD = 8192
"""How many bytes are looked at to tell what a file is."""


def read_content(path: Path) -> Content:
    """What a file of weights holds, or all shards that an index lists, or the only such file in a folder.

    Only names, shapes and types are read, and nothing in the file is run.

    Raises:
        EnvironmentFault: RD504, there is no such file, it is none of weights, or it is damaged.
    """
    with faults_of(path):
        file = only_file(path) if path.is_dir() else path
        return marked(_content(file), file)


def _content(path: Path) -> Content:
    """The content of a file, or of the shards that it lists."""
    return read_index(path, _file) if path.is_file() and is_index(_head(path)) else _file(path)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _file(path: Path) -> Content:
    """The content of a file that is no index."""
    if not path.is_file():
        raise Unreadable("it is not a regular file" if path.exists() else "there is no such file")
    head = _head(path)
    if not head:
        raise Unreadable(TRUNCATED)
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return _zip(path)
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        from .hdf5 import read_hdf5

        return read_hdf5(path)
    if SAFETENSORS.match(head):
        require("safetensors", "numpy", purpose="reading safetensors")
        from .safetensors_file import read_safetensors

        return read_safetensors(path)
    if head.startswith(MAGIC):
        return read_array(source_of(path))
    if head[:1] == b"\x80" and head[1:2] <= b"\x05":
        return read_pickles(source_of(path))
    if reason := reason_for(head):
        raise reason
    try:
        return read_pickles(source_of(path))  # of protocols 0 and 1, which begin with anything
    except Unreadable:
        raise unknown(path, head) from None


def _zip(path: Path) -> Content:
    archive = archive_of(path)
    for name in archive.members:
        if name == "data.pkl" or (name.count("/") == 1 and name.endswith("/data.pkl")):
            return read_archive(archive, name)
    if any(name.endswith(".npy") for name in archive.members):
        return read_arrays(archive)
    raise reason_for_archive(archive.members)
