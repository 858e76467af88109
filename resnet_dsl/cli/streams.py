"""Standard output and error of the process: a reader that closes early is no fault, a closed stream is one."""

import os
import sys
from errno import EBADF
from io import BufferedWriter, FileIO, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Pipe(FileIO):
    """What is written to it once nobody reads it any more is dropped."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes


class _Closed(RawIOBase):
    """What stands in for a stream that was closed before the process started."""

    def writable(self) -> bool:
        return True

    def write(self, _: "ReadableBuffer", /) -> int:
        raise OSError(EBADF, os.strerror(EBADF))


def prepare_streams() -> None:
    """Make a command do the same work, with the same exit status, whether or not its output is read to the end.

    Output to a stream that was closed from the start is a fault.
    """
    sys.stdout = TextIOWrapper(_Closed(), write_through=True) if sys.stdout is None else _prepared(sys.stdout)
    if sys.stderr is not None:  # if it is closed, the exit status says enough
        sys.stderr = _prepared(sys.stderr)


def _prepared(stream: TextIO) -> TextIO:
    if stream.isatty() or not isinstance(stream, TextIOWrapper):
        return stream
    return TextIOWrapper(
        BufferedWriter(_Pipe(stream.fileno(), "wb", closefd=False)),
        stream.encoding,
        stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
