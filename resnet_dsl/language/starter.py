"""The text of a new spec that starts from an existing one."""

import os
from collections.abc import Mapping
from pathlib import Path

from .document.bundled import bundled_specs
from .text.tree import Plain
from .text.writer import write

SCHEMA_FILE = "resnet-dsl.schema.json"
"""File name of the schema next to a new spec, where the editor modeline expects it."""

_MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"


def reference_from(folder: Path, reference: str) -> str:
    """The value of `extends` that means, in a spec in `folder`, what `reference` means in the working directory."""
    path = Path(reference)
    if reference in bundled_specs() or path.is_absolute() or folder.resolve() == Path().resolve():
        return reference
    relative = os.path.relpath(path.parent.resolve() / path.name, folder.resolve())
    return f".{os.sep}{relative}" if relative in bundled_specs() else relative


def starter(name: str, reference: str | None, parent: Mapping[str, Plain]) -> str:
    """The text of a spec called `name` that does not change its parent yet.

    Args:
        name: the name of the new network.
        reference: the value of `extends`; None if the parent cannot be referenced, so that everything is written out.
        parent: all values of the spec to start from, defaults included.
    """
    data = {key: value for key, value in parent.items() if key not in ("name", "expect")}
    if reference is None:
        return _MODELINE + write({"name": name, **data})
    inherited = write({key: value for key, value in data.items() if key not in ("description", "reference")})
    comment = "".join(f"# {line}\n" for line in inherited.splitlines())
    head = write({"name": name, "extends": reference})
    return f"{_MODELINE}{head}\n# Write your changes below. These are the values of {parent['name']}:\n#\n{comment}"
