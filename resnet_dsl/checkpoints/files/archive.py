"""The members of a zip archive, where they lie in it."""

import io
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...limits import MAX_ARRAY, MAX_MEMBERS
from .fault import DAMAGED, TRUNCATED, Unreadable
from .source import Source, source_of

_HEADER = struct.Struct("<4s22xHH")
_SIGNATURE = b"PK\3\4"
_DIRECTORY = 64 * MAX_MEMBERS
"""Bytes of the list of members."""


@dataclass(frozen=True, slots=True)
class Archive:
    """Members by name; names are only compared, never used as paths."""

    whole: Source
    members: Mapping[str, zipfile.ZipInfo]

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def source(self, name: str) -> Source:
        """The bytes of a member.

        Raises:
            Unreadable: there is no such member, or its sizes are lies.
        """
        if name not in self.members:
            raise Unreadable(f"`{name}` is missing from it: it is damaged or truncated")
        member = self.members[name]
        signature, name_length, extra_length = _HEADER.unpack(
            bytes(self.whole.read(member.header_offset, _HEADER.size))
        )
        if signature != _SIGNATURE or member.flag_bits & 1:
            raise Unreadable("it is encrypted" if member.flag_bits & 1 else DAMAGED)
        start = member.header_offset + _HEADER.size + name_length + extra_length
        packed = self.whole.part(start, member.compress_size)
        if member.compress_type == zipfile.ZIP_STORED:
            if member.file_size != member.compress_size:
                raise Unreadable(DAMAGED)
            return packed
        if member.compress_type != zipfile.ZIP_DEFLATED:
            raise Unreadable("it is compressed in another way than zip archives usually are")
        if member.file_size > MAX_ARRAY:
            raise Unreadable(f"`{name}` would have more than {MAX_ARRAY:,} bytes")
        return Source(packed.path, packed.start, member.file_size, packed.version, member.compress_size)


class _Bounded(io.FileIO):
    """A file whose list of members cannot exhaust memory: zipfile reads it in one piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _DIRECTORY:
            raise Unreadable(f"it has more than {MAX_MEMBERS:,} members")
        return super().read(size) or b""


def archive_of(path: Path) -> Archive:
    """A zip archive.

    Raises:
        Unreadable: it is damaged or truncated.
        OSError: the file cannot be read.
    """
    whole = source_of(path)
    try:
        with _Bounded(path) as stream, zipfile.ZipFile(stream) as file:
            members = file.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError, OverflowError):
        raise Unreadable(TRUNCATED.replace("empty", "damaged")) from None
    if len(members) > MAX_MEMBERS:
        raise Unreadable(f"it has more than {MAX_MEMBERS:,} members")
    return Archive(whole, {member.filename: member for member in members})
