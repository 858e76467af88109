"""Output files that are whole or not there."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from .language.diagnostics import Diagnostic, EnvironmentFault


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then rename it to `path` in one step.

    Whatever interrupts this, `path` holds what it held before, or all that is new. A target that is no
    regular file, such as a device, is written to directly.

    Raises:
        EnvironmentFault: the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file() and not target.is_dir():
        _reporting(path, lambda: write(target))
        return
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")

    def write_and_rename() -> None:
        try:
            beside.touch()
            mode = (target if target.exists() else beside).stat().st_mode
            write(beside)
            beside.chmod(mode)  # safetensors makes files that only their owner can read
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

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


def _reporting(path: Path, action: Callable[[], object]) -> None:
    try:
        action()
    except OSError as error:
        raise EnvironmentFault(_fault(path, (error.strerror or str(error)).lower())) from None


def _fault(path: Path, reason: str) -> Diagnostic:
    return Diagnostic(code="RD507", message=f"cannot write `{path}`: {reason}")
