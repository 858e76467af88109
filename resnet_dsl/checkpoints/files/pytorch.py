"""PyTorch's own formats: a zip archive since version 1.6, before it a stream; and plain pickles."""

from contextlib import closing
from typing import BinaryIO, TypeGuard

from ...limits import INNER_OPERATIONS, MAX_MEMBERS, MAX_OPERATIONS, MAX_PICKLE
from .archive import Archive
from .content import Content, Inert
from .fault import DAMAGED, TRUNCATED, Unreadable
from .machine import unpickled
from .source import Source, in_memory
from .tensors import Storage

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001


def read_archive(archive: Archive, pickle: str) -> Content:
    """An archive of `torch.save` or `torch.jit.save`, whose pickle is this member."""
    top = pickle.removesuffix("data.pkl")
    is_swapped = f"{top}byteorder" in archive and _text(archive.source(f"{top}byteorder")) == b"big"

    def persistent(key: object) -> object:
        match key:
            case ("storage", Inert() as kind, str(name), _, count, *_):
                storage = Storage(kind.name, (archive.whole.path, name), count)
                storage.place(archive.source(f"{top}data/{name}"), is_swapped=is_swapped)
                return storage
        return _other(key)

    specs: dict[int, str] = {}
    data = archive.source(pickle)
    if data.length > MAX_PICKLE:
        raise Unreadable(f"its pickle has more than {MAX_PICKLE:,} bytes")
    source = in_memory(data.path, bytes(data.read()))
    with closing(source.open()) as stream:
        tree = unpickled(stream, source, persistent, specs)
    return Content(tree, specs)


def read_pickles(source: Source, limit: int = MAX_OPERATIONS) -> Content:
    """A plain pickle, or PyTorch's old stream of several pickles with the storages after them.

    Raises:
        Unreadable: it is damaged, or takes more operations than the limit.
        OSError: the file cannot be read.
    """
    specs: dict[int, str] = {}
    with closing(source.open()) as stream:
        storages: dict[str, list[Storage]] = {}

        def persistent(key: object) -> object:
            match key:
                case ("storage", Inert() as kind, name, _, count, *view) if _is_name(name):
                    storage = Storage(kind.name, (source.path, source.origin, name), count)
                    storages.setdefault(str(name), []).append(storage)
                    return _view(storage, view[0]) if view and view[0] is not None else storage
            return _other(key)

        def inner(data: bytes | Source) -> object:
            inside = in_memory(source.path, data) if isinstance(data, bytes) else data
            return read_pickles(inside, INNER_OPERATIONS).tree

        first = unpickled(stream, source, persistent, specs, inner=inner, limit=limit)
        if first != _MAGIC:
            if storages:
                raise Unreadable(DAMAGED)
            return Content(first, specs)
        if unpickled(stream, source) != _VERSION:
            raise Unreadable(DAMAGED)
        unpickled(stream, source)  # the sizes of types on the machine that wrote it
        tree = unpickled(stream, source, persistent, specs)
        keys = unpickled(stream, source)
        if not isinstance(keys, list) or len(keys) > MAX_MEMBERS:
            raise Unreadable(DAMAGED)
        for key in keys:
            _place(stream, source, storages.pop(str(key), []) if _is_name(key) else [])
        if storages:
            raise Unreadable(DAMAGED)
    return Content(tree, specs)


def _text(source: Source) -> bytes:
    """A word that is all there is."""
    return bytes(source.read(0, min(source.length, 16))).strip()


def _is_name(key: object) -> TypeGuard[str | int]:
    return isinstance(key, str) or (isinstance(key, int) and key.bit_length() <= 64)


def _place(stream: BinaryIO, source: Source, storages: list[Storage]) -> None:
    """Say where the next storage in the stream lies, and go on after it."""
    header = stream.read(8)
    if not storages or len(header) < 8:
        raise Unreadable(TRUNCATED)
    count = int.from_bytes(header, "little")
    if any(storage.count != count for storage in storages):
        raise Unreadable(DAMAGED)
    part = source.part(stream.tell() - source.origin, storages[0].size)
    for storage in storages:
        storage.place(part)
    stream.seek(storages[0].size, 1)


def _view(storage: Storage, view: object) -> Storage:
    """A storage that is a part of another, as in files of 2017: a key, the first element, and how many there are."""
    match view:
        case (_, int(start), int(count)) if start >= 0:
            part = Storage(storage.name, (storage.key, start), count)
            part.whole, part.start = storage, start
            return part
    raise Unreadable(DAMAGED)


def _other(key: object) -> object:
    """What else a file refers to: the class of a module, with its text."""
    match key:
        case ("module", Inert() as kind, *_):
            return kind
    return Inert("persistent id", (key,))
