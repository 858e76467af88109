"""The fault of weights that cannot be fetched, and the reasons that libraries give for it."""

import errno
import re
from collections.abc import Sequence
from http import HTTPStatus
from urllib.error import HTTPError, URLError

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault

_LISTED = 10
"""How many names a list of them shows."""

_ERRNO = re.compile(r"^\[Errno -?\d+\] ")

_OF_THE_DISK = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR),
}


def fault(message: str, *, notes: Sequence[str] = (), helps: Sequence[str] = ()) -> EnvironmentFault:
    return EnvironmentFault(Diagnostic(code="RD516", message=message, notes=tuple(notes), helps=tuple(helps)))


def reason(error: BaseException) -> str:
    """What went wrong, in a few words."""
    if isinstance(error, HTTPError):
        return answer(error.code)
    if isinstance(error, URLError) and isinstance(error.reason, BaseException):
        return reason(error.reason)
    if isinstance(error, TimeoutError) or type(error).__name__.endswith("Timeout"):  # httpx's are no `TimeoutError`
        return "it does not answer in time"
    text = str(getattr(error, "strerror", None) or error).strip() or type(error).__name__
    first = _ERRNO.sub("", text.splitlines()[0]).rstrip(".")
    return first[:1].lower() + first[1:]


def answer(status: int) -> str:
    """The status of an HTTP response in words."""
    phrase = HTTPStatus(status).phrase if status in [*HTTPStatus] else ""
    return f"it answers `{f'{status} {phrase}'.strip()}`"


def is_of_the_disk(error: BaseException) -> bool:
    """Whether the cache cannot be written, and not the file fetched."""
    return isinstance(error, OSError) and error.errno in _OF_THE_DISK


def listed(names: Sequence[str]) -> str:
    """The names between backticks, of many the first."""
    more = f", and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(f"`{name}`" for name in names[:_LISTED]) + more
