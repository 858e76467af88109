"""Writes output files atomically."""

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from .diagnostics.diagnostic import Diagnostic, EnvironmentFault


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` create a file in a temporary folder next to `path`, then rename it to `path` in one step.

    Whatever interrupts this, `path` has either its old or its complete new content. Only a killed process leaves
    the folder behind; its name ends in `.part`, and it contains any temporary files that `write` creates. Further files
    that belong to the first have its name and an extension more: they are renamed before it. A target that is not a
    regular file, such as a device, is written to directly.

    Raises:
        EnvironmentFault: the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file() and not target.is_dir():
        _with_faults(path, lambda: write(target))
        return
    folder = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    partial = folder / target.name

    def write_and_rename() -> None:
        try:
            folder.mkdir()
            partial.touch()
            mode = (target if target.exists() else partial).stat().st_mode
            write(partial)
            _flush_to_disk(partial)
            for part in sorted(folder.iterdir()):
                if part.name.startswith(f"{partial.name}."):
                    _flush_to_disk(part)
                    part.replace(target.with_name(part.name))
            partial.chmod(mode)  # safetensors creates files that only their owner can read
            partial.replace(target)
        finally:
            _remove(folder)

    _with_faults(path, write_and_rename)


def write_stream(stream: BinaryIO, write: Callable[[Path], object]) -> None:
    """Let `write` create a temporary file, then copy it to a stream.

    Raises:
        OSError: the file or the stream cannot be written.
    """
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "output"
        write(whole)
        with whole.open("rb") as file:
            shutil.copyfileobj(file, stream)
    stream.flush()


def check_writable(path: Path, *, is_regular: bool = False) -> None:
    """Check that `path` can be written, before rather than after long work.

    Args:
        path: the file, which need not exist.
        is_regular: whether it must not be a device, a pipe or a socket, as where what was written is read again.

    Raises:
        EnvironmentFault: its parent directory does not exist, or it is itself a directory or not such a file.
    """

    def check() -> None:
        if path.is_dir():
            raise EnvironmentFault(_fault(path, "it is a directory"))
        if not path.absolute().parent.is_dir():
            raise EnvironmentFault(_fault(path, f"there is no directory `{path.parent}`"))
        if is_regular and path.exists() and not path.is_file():
            raise EnvironmentFault(_fault(path, "it is a device, a pipe or a socket, not a regular file"))

    _with_faults(path, check)


def _flush_to_disk(path: Path) -> None:
    """Flush the file to disk; otherwise a power failure could leave an empty one under the new name."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _remove(folder: Path) -> None:
    """Remove the folder, even if interrupted meanwhile."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _with_faults(path: Path, action: Callable[[], object]) -> None:
    try:
        action()
    except OSError as error:
        raise EnvironmentFault(_fault(path, (error.strerror or str(error)).lower())) from None


def _fault(path: Path, reason: str) -> Diagnostic:
    return Diagnostic(code="RD507", message=f"cannot write `{path}`: {reason}")
