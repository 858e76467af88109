"""What Python does that a file of weights must never make it do, as its audit events tell."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_FORBIDDEN = (
    *("import", "exec", "marshal", "pickle", "code.", "cpython", "ctypes", "function.__new__", "object.__setattr__"),
    *("os.", "shutil", "subprocess", "pty", "socket", "urllib", "ftplib", "http", "smtplib", "webbrowser", "tempfile"),
    *("sqlite3", "signal", "sys.setprofile", "sys.settrace", "builtins.input", "mmap", "glob", "ensurepip", "winreg"),
)
"""How the names of events begin."""

_ALLOWED = ("os.listdir", "os.scandir")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_watching: list[list[str]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event == "open":
        path, mode, flags = arguments
        if (isinstance(flags, int) and flags & _WRITING) or set(mode or "") & set("wax+"):
            _watching[-1].append(f"open {path!r} {mode}")
    elif event.startswith(_FORBIDDEN) and event not in _ALLOWED:
        _watching[-1].append(f"{event} {arguments!r:.200}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """The events that occur meanwhile and that no file of weights may cause; the list grows."""
    if _hook not in _installed:
        sys.addaudithook(_hook)
        _installed.append(_hook)
    _watching.append([])
    try:
        yield _watching[-1]
    finally:
        _watching.pop()


_installed: list[object] = []
