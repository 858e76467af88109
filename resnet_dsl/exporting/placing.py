"""Puts what is exported in its place, of one file or two."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..files import check_writable, write_file
from .formats import Format
from .job import Exported, Job


def check_place(path: Path) -> None:
    """Check that `export_to` can write to `path`, and read it again, before rather than after long work.

    Raises:
        EnvironmentFault: there is no such folder, or the path is one, or a device, pipe or socket.
    """
    check_writable(path, is_regular=True)


def export_to(path: Path, form: Format, job: Job) -> Exported:
    """Export in one step: `path` has either its old or its complete new content, and no second file is left over.

    Raises:
        EnvironmentFault: the export fails, or a file cannot be written.
    """
    place = Path(os.path.realpath(path)) if path.is_symlink() else path
    old = _second_file(place)
    found: list[Exported] = []
    write_file(path, lambda partial: found.append(form.export(job, partial)))
    (exported,) = found
    data = None if exported.data is None else place.with_name(exported.data.name)
    if old is not None and data is None:
        with suppress(OSError):
            old.unlink()
    return replace(exported, path=path, data=data)


def _second_file(path: Path) -> Path | None:
    """The file beside a model in which its tensors lie, if it says so."""
    beside = path.with_name(f"{path.name}.data")
    with suppress(OSError):
        if beside.is_file() and os.fsencode(beside.name) in path.read_bytes():
            return beside
    return None
