"""The specs in a folder, told apart from other YAML files by their names or keys."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.diagnostic import SpecError
from ..limits import MAX_BYTES
from .checks.schema import properties
from .document.bundled import ENDINGS
from .text.reader import decode, read_with_faults
from .text.tree import Scalar, Sequence, Tree

_SPEC_ENDINGS = (".resnet.yaml", ".resnet.yml")
_KEYS = ("block", "blocks", "stage", "stages", "extend", "extends")
"""A valid spec has at least one of `block`, `stages` and `extends`; the others are common misspellings of these."""
_LINE_WITH_KEY = re.compile(rb"^([a-z_$][a-z0-9_$-]*)[ \t]*:", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Folder:
    """The YAML files in a folder and its subfolders, each list in alphabetical order."""

    specs: tuple[Path, ...]
    others: tuple[Path, ...]


def read_folder(path: Path) -> Folder:
    """Find the specs in a folder and its subfolders; hidden files, hidden folders and links to folders are skipped.

    Raises:
        OSError: a folder cannot be read.
    """
    files = sorted(_yaml_files(path))
    specs = {file: None for file in files if _is_spec(file)}
    return Folder(tuple(specs), tuple(file for file in files if file not in specs))


def is_spec(name: str, data: bytes) -> bool:
    """Whether this is a spec: by the end of its name, `.resnet.yaml`, or by its keys.

    Its top level must have `block`, `stages` or `extends`, and most of its keys must be those of a spec: others have
    stages too, such as pipelines.
    """
    if name.endswith(_SPEC_ENDINGS):
        return True
    try:
        tree, _ = read_with_faults(decode(name, data))
    except SpecError:
        text = data.replace(b"\0", b"")  # UTF-16 has a null byte in each letter
        keys = {match[1].decode().casefold() for match in _LINE_WITH_KEY.finditer(text)}
        deciding = keys
    else:
        keys = {key.casefold() for key in tree.entries}
        deciding = {key.casefold() for key, entry in tree.entries.items() if not _is_list_of_names(entry.value)}
    known = keys & {*properties(()), *_KEYS}
    return not deciding.isdisjoint(_KEYS) and 2 * len(known) > len(keys)


def _is_list_of_names(value: Tree) -> bool:
    """Whether this is a list with more than numbers in it, as pipelines have for their stages."""
    return isinstance(value, Sequence) and not all(
        isinstance(item, Scalar) and isinstance(item.value, int | float) for item in value.items
    )


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
    """Whether the file is a spec; one that cannot be opened is, so that it is reported."""
    try:
        with file.open("rb") as stream:
            return is_spec(file.name, stream.read(MAX_BYTES + 1))
    except OSError:
        return True
