"""Fetches a file from a web server into the cache of torch.hub, and checks its hash, even if it was cached."""

import hashlib
import re
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

from ..diagnostics.packages import require
from .faults import fault, is_of_the_disk, reason
from .references import Address

PATIENCE = 60.0
"""Seconds without a single byte after which a server counts as unreachable."""

_FOUND = re.compile(r'got "([0-9a-f]{64})"')


def download(wanted: Address, *, progress: bool) -> Path:
    """The file in the cache; see `fetch`."""
    require("torch", purpose="fetching weights from an address")
    from torch import hub

    with warnings.catch_warnings(action="ignore"):  # about old names of the variables of its environment
        path = Path(hub.get_dir()) / "checkpoints" / wanted.name
    try:
        cached = _digest(path)
        if cached is not None and cached.startswith(wanted.digest):
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        with _patience():
            hub.download_url_to_file(wanted.url, str(path), wanted.digest, progress=progress)
    except (OSError, HTTPException, RuntimeError, ValueError) as error:
        raise _fault(wanted, path, error) from None
    return path


def _digest(path: Path) -> str | None:
    """The SHA-256 of a file; None if there is none."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _patience() -> Iterator[None]:
    """Let sockets that say nothing raise an error; torch.hub would wait for ever, and offers no other way."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _fault(wanted: Address, path: Path, error: Exception) -> Exception:
    if isinstance(error, RuntimeError) and (found := _FOUND.search(str(error))) is not None:
        return fault(
            f"`{wanted.url}` is another file than the reference says: its SHA-256 begins with"
            f" `{found[1][: max(8, len(wanted.digest))]}`, not with `{wanted.digest}`",
            notes=("nothing of it was kept; a transfer that was cut short looks the same",),
            helps=(f"if this is the file that you want, write `{wanted.url}#sha256={found[1]}`",),
        )
    if is_of_the_disk(error):
        return fault(
            f"cannot keep `{wanted.url}` as `{path}`: {reason(error)}",
            helps=("set `TORCH_HOME` to a folder with space that can be written to",),
        )
    return fault(
        f"cannot fetch `{wanted.url}`: {reason(error)}",
        notes=(f"`{path}` is there, but is another file, by its SHA-256",) if path.is_file() else (),
        helps=(
            *(("check the address",) if isinstance(error, HTTPError) else ()),
            f"fetch it another way and put it at `{path}`, or give its path instead of the address",
        ),
    )
