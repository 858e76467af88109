"""The operations of a pickle, decoded and not carried out."""

import codecs
import pickletools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from ...limits import MAX_KEY
from .fault import DAMAGED, TRUNCATED, Unreadable
from .source import Source

_LONG = 1024
"""Longer byte strings stay in the file; they are the elements of arrays."""


class _Reader:
    """Reads arguments that pickletools reads too eagerly, or as only one of Python's versions wrote them."""

    def __init__(self, stream: BinaryIO, source: Source) -> None:
        self.stream, self.source = stream, source
        self.origin = source.origin

    def raw(self, width: int) -> bytes | Source:
        """A byte string after its length of so many bytes."""
        size, left = self._size(width)
        if size > left:
            raise Unreadable(TRUNCATED)
        if size < _LONG:
            return self.stream.read(size)
        start = self.stream.tell()
        self.stream.seek(start + size)
        return self.source.part(start - self.origin, size)

    def data(self, width: int) -> bytes:
        """The same, never left in the file."""
        size, left = self._size(width)
        if size > left:
            raise Unreadable(TRUNCATED)
        return self.stream.read(size)

    def _size(self, width: int) -> tuple[int, int]:
        header = self.stream.read(width)
        if len(header) < width:
            raise Unreadable(TRUNCATED)
        left = self.source.length - (self.stream.tell() - self.origin)
        return int.from_bytes(header, "little"), left

    def name(self) -> str:
        """A module and what is in it, on two lines."""
        module, name = (self.stream.readline(MAX_KEY) for _ in range(2))
        if not (module.endswith(b"\n") and name.endswith(b"\n")):
            raise Unreadable(TRUNCATED)
        return f"{module[:-1].decode('utf-8', 'replace')} {name[:-1].decode('utf-8', 'replace')}"

    def quoted(self) -> str:
        """A byte string of Python 2 in quotes."""
        line = self.stream.readline()
        if len(line) < 3 or line[0] not in b"'\"" or line[-2:-1] != line[:1]:
            raise Unreadable(DAMAGED)
        data, _ = codecs.escape_decode(line[1:-2])
        return data.decode("latin-1")


_OWN: Mapping[str, Callable[[_Reader], Any]] = {
    "BINSTRING": lambda reader: _latin(reader.raw(4)),
    "BINBYTES": lambda reader: reader.raw(4),
    "BINBYTES8": lambda reader: reader.raw(8),
    "BYTEARRAY8": lambda reader: reader.raw(8),
    "BINUNICODE": lambda reader: reader.data(4).decode("utf-8", "surrogatepass"),
    "BINUNICODE8": lambda reader: reader.data(8).decode("utf-8", "surrogatepass"),
    "LONG4": lambda reader: int.from_bytes(reader.data(4), "little", signed=True),
    "GLOBAL": _Reader.name,
    "INST": _Reader.name,
    "STRING": _Reader.quoted,
}

_OPCODES = {
    each.code.encode("latin-1"): (each.name, _OWN.get(each.name), each.arg.reader if each.arg else None)
    for each in pickletools.opcodes
}


def operations(stream: BinaryIO, source: Source) -> Iterator[tuple[str, Any]]:
    """The names and arguments of the operations of the pickle that begins here, up to its end.

    Args:
        stream: at the start of `source`, or of an earlier pickle in it.
        source: the bytes that the stream reads.

    Raises:
        Unreadable: there is no whole pickle.
        ValueError: an argument cannot be decoded.
    """
    reader = _Reader(stream, source)
    while code := stream.read(1):
        if code not in _OPCODES:
            raise Unreadable(DAMAGED)
        name, own, other = _OPCODES[code]
        yield name, own(reader) if own else other(stream) if other else None
        if name == "STOP":
            return
    raise Unreadable(TRUNCATED)


def _latin(data: bytes | Source) -> str | Source:
    return data if isinstance(data, Source) else data.decode("latin-1")
