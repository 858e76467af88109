"""Names of other libraries for the entries of a checkpoint: each dialect is one file and one entry here."""

from collections.abc import Mapping

from .dialect import Dialect
from .shortcut import SHORTCUT

DIALECTS: tuple[Dialect, ...] = (SHORTCUT,)
"""Those that are understood beside the standard names, which are torchvision's and timm's."""

_PREFIXES = ("module.", "_orig_mod.", "module.")
"""What data-parallel and compiled networks put before all names, in this order."""


def standard_names(names: Mapping[str, object]) -> dict[str, str]:
    """The standard name of each entry, by the checkpoint's own name for it."""
    standard = {name: name for name in names}
    for prefix in _PREFIXES:
        if all(name.startswith(prefix) for name in standard.values()):
            standard = {key: name.removeprefix(prefix) for key, name in standard.items()}
    for dialect in DIALECTS:
        standard = {key: dialect.standard(name) for key, name in standard.items()}
    return standard
