"""Parts of a file, read when they are asked for."""

import io
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .fault import DAMAGED, TRUNCATED, Unreadable, faults_of

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Consecutive bytes: of a file, of a deflated part of it, or in memory."""

    path: Path
    start: int
    """Of these bytes, or of the deflated part, in the file."""
    length: int
    version: tuple[int, ...] = ()
    """Of the file: a file that has changed since is not read."""
    deflated: int | None = None
    """Of how many bytes in the file these are the inflated ones."""
    memory: bytes | None = None
    """The bytes that `start` counts from, if they are in memory."""

    def part(self, start: int, length: int) -> "Source":
        """Some of these bytes, of which none are deflated.

        Raises:
            Unreadable: they are not all there.
        """
        assert self.deflated is None
        if start < 0 or length < 0 or start + length > self.length:
            raise Unreadable(TRUNCATED)
        return Source(self.path, self.start + start, length, self.version, None, self.memory)

    def read(self, start: int = 0, length: int | None = None) -> bytearray:
        """Some of these bytes, by default all.

        Raises:
            EnvironmentFault: they are not all there, the file has changed, or it cannot be read.
        """
        with faults_of(self.path):
            length = self.length - start if length is None else length
            if start < 0 or length < 0 or start + length > self.length:
                raise Unreadable(TRUNCATED)
            if self.memory is not None:
                return bytearray(memoryview(self.memory)[self.start + start : self.start + start + length])
            with self.path.open("rb") as file:
                if _version(file) != self.version:
                    raise Unreadable("it has changed while it was read")
                file.seek(self.start)
                if self.deflated is not None:
                    return _inflated(file, self.deflated, start, length)
                file.seek(start, os.SEEK_CUR)
                data = bytearray(length)
                if file.readinto(data) < length:
                    raise Unreadable(TRUNCATED)
                return data

    @property
    def origin(self) -> int:
        """Where a stream of these bytes begins, as its `tell` counts."""
        return self.start if self.memory is None else 0

    def open(self) -> BinaryIO:
        """A stream of a part that is not deflated, which ends where its file ends; to be closed.

        Raises:
            OSError: the file cannot be read.
        """
        assert self.deflated is None
        if self.memory is not None:
            return io.BytesIO(memoryview(self.memory)[self.start : self.start + self.length])
        file = self.path.open("rb")
        file.seek(self.start)
        return file


def source_of(path: Path) -> Source:
    """All bytes of a file.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        version = _version(file)
    return Source(path, 0, version[2], version)


def in_memory(path: Path, data: bytes) -> Source:
    """Bytes that have been read from a file."""
    return Source(path, 0, len(data), memory=data)


def _version(file: BinaryIO) -> tuple[int, ...]:
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _inflated(file: BinaryIO, deflated: int, start: int, length: int) -> bytearray:
    """Bytes of a deflated stream, in memory proportional to their number."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    data, skipped, left, pending = bytearray(), start, deflated, b""
    try:
        while len(data) < length:
            if not pending:
                if not left or not (pending := file.read(min(left, _CHUNK))):
                    raise Unreadable(TRUNCATED)
                left -= len(pending)
            piece = inflater.decompress(pending, _CHUNK)
            if not piece and inflater.eof:
                raise Unreadable(DAMAGED)
            pending = inflater.unconsumed_tail
            data += piece[min(skipped, len(piece)) :]
            skipped -= min(skipped, len(piece))
    except zlib.error:
        raise Unreadable(DAMAGED) from None
    del data[length:]
    return data
