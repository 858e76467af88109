"""Output files that are whole or not there."""

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from .diagnostics.diagnostic import Diagnostic, EnvironmentFault


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file in a folder of its own beside `path`, then rename it to `path` in one step.

    Whatever interrupts this, `path` holds what it held before, or all that is new. Only a process that is killed
    leaves the folder behind; its name ends in `.part`, and files that `write` makes on its way lie inside. A target
    that is no regular file, such as a device, is written to directly.

    Raises:
        EnvironmentFault: the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file() and not target.is_dir():
        _reporting(path, lambda: write(target))
        return
    folder = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    beside = folder / target.name

    def write_and_rename() -> None:
        try:
            folder.mkdir()
            beside.touch()
            mode = (target if target.exists() else beside).stat().st_mode
            write(beside)
            _to_disk(beside)
            beside.chmod(mode)  # safetensors makes files that only their owner can read
            beside.replace(target)
        finally:
            _remove(folder)

    _reporting(path, write_and_rename)


def check_writable(path: Path) -> None:
    """Find out before long work, not after it, that `path` cannot be written.

    Raises:
        EnvironmentFault: its directory is not there, or it is a directory itself.
    """
    if path.is_dir():
        raise EnvironmentFault(_fault(path, "it is a directory"))
    if not path.absolute().parent.is_dir():
        raise EnvironmentFault(_fault(path, f"there is no directory `{path.parent}`"))


def _to_disk(path: Path) -> None:
    """Wait until the system has written the file, or a power cut leaves an empty one under the new name."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _remove(folder: Path) -> None:
    """Take the folder away, and be interrupted only after that."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _reporting(path: Path, action: Callable[[], object]) -> None:
    try:
        action()
    except OSError as error:
        raise EnvironmentFault(_fault(path, (error.strerror or str(error)).lower())) from None


def _fault(path: Path, reason: str) -> Diagnostic:
    return Diagnostic(code="RD507", message=f"cannot write `{path}`: {reason}")
