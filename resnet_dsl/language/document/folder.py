"""The specs in a folder, told apart from other YAML files by their names or keys."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ...diagnostics.diagnostic import SpecError
from ...limits import MAX_BYTES
from ..text.reader import decode, read_with_faults
from .bundled import ENDINGS

_SPEC_ENDINGS = (".resnet.yaml", ".resnet.yml")
_KEYS = ("block", "blocks", "stage", "stages", "extend", "extends")
"""A valid spec has at least one of `block`, `stages` and `extends`; the others are common misspellings of these."""
_LINE_WITH_KEY = re.compile(rf"^(?:{'|'.join(_KEYS)})\s*:".encode(), re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Folder:
    """The YAML files in a folder and its subfolders, each list in alphabetical order."""

    specs: tuple[Path, ...]
    others: tuple[Path, ...]


def read_folder(path: Path) -> Folder:
    """Find the specs in a folder and its subfolders; hidden files, hidden folders and links to folders are skipped.

    A spec is a file named `*.resnet.yaml`, or a YAML file whose top level has `block`, `stages` or `extends`.

    Raises:
        OSError: a folder cannot be read.
    """
    files = sorted(_yaml_files(path))
    specs = tuple(file for file in files if _is_spec(file))
    return Folder(specs, tuple(file for file in files if file not in specs))


def _yaml_files(path: Path) -> list[Path]:
    def fail(error: OSError) -> None:
        raise error

    found = []
    for folder, subfolders, files in os.walk(path, onerror=fail):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        names = [name for name in files if name.endswith(ENDINGS) and not name.startswith(".")]
        found += [file for file in (Path(folder, name) for name in names) if file.is_file()]
    return found


def _is_spec(file: Path) -> bool:
    """Whether this is a spec; what cannot be read is one if in doubt, so that it is reported."""
    if file.name.endswith(_SPEC_ENDINGS):
        return True
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        tree, _ = read_with_faults(decode(str(file), data))
    except OSError:
        return True
    except SpecError:
        return _LINE_WITH_KEY.search(data.replace(b"\0", b"")) is not None  # UTF-16 has a null byte in each letter
    return any(key.casefold() in _KEYS for key in tree.entries)
