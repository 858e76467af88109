"""Waits for changes of files; only this file imports watchfiles."""

from collections.abc import AsyncGenerator, Collection
from pathlib import Path

from watchfiles import awatch

_QUIET, _MOST = 20, 100
"""Milliseconds without a change after which changes are told, and after which they are told in any case."""
_AGAIN = 1_000
"""Milliseconds after which files are looked at without a sign of change, as where folders are replaced."""


async def changes(files: Collection[Path]) -> AsyncGenerator[None, None]:
    """Tell when any of these files may have changed.

    What is watched is their folders: editors rename new files to the names of old ones. Links are followed.
    """
    places = {*files, *(file.resolve() for file in files)}
    names = {place.name for place in places}
    folders = {_existing(place.parent) for place in places}
    async for _ in awatch(
        *folders or {Path.cwd()},
        watch_filter=lambda _, path: Path(path).name in names,
        debounce=_MOST,
        step=_QUIET,
        rust_timeout=_AGAIN,
        yield_on_timeout=True,
        recursive=False,
        ignore_permission_denied=True,
    ):
        yield


def _existing(folder: Path) -> Path:
    """The folder, or the nearest around it that exists."""
    return next(each for each in (folder, *folder.absolute().parents) if each.is_dir())
