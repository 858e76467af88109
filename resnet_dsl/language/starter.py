"""The text of a new spec that starts from another."""

from collections.abc import Mapping

from .text.tree import Plain
from .text.writer import write

SCHEMA_FILE = "resnet-dsl.schema.json"
"""The schema's name beside a new spec, where the editor's modeline looks for it."""

_MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"


def starter(name: str, reference: str | None, parent: Mapping[str, Plain]) -> str:
    """The text of a spec called `name` that changes nothing of its parent yet.

    Args:
        name: of the new network.
        reference: what `extends` says to mean the parent; None where nothing can, and all is written out.
        parent: the values of the spec to start from, written out.
    """
    data = {key: value for key, value in parent.items() if key not in ("name", "expect")}
    if reference is None:
        return _MODELINE + write({"name": name, **data})
    inherited = write({key: value for key, value in data.items() if key not in ("description", "reference")})
    comment = "".join(f"# {line}\n" for line in inherited.splitlines())
    head = write({"name": name, "extends": reference})
    return f"{_MODELINE}{head}\n# Write below what differs. These are the values of {parent['name']}:\n#\n{comment}"
