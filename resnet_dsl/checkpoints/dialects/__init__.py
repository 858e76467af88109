"""Other libraries' names for the entries of a checkpoint. Each dialect is one file and one entry here."""

from collections.abc import Mapping

from .dialect import Dialect
from .shortcut import SHORTCUT

DIALECTS: tuple[Dialect, ...] = (SHORTCUT,)
"""The dialects understood in addition to the standard names, which are those of torchvision and timm."""

_PREFIXES = ("module.", "_orig_mod.", "module.")
"""Prefixes that data-parallel and compiled networks add to all names, in this order."""


def standard_names(names: Mapping[str, object]) -> dict[str, str]:
    """A mapping from the checkpoint's names to the standard ones."""
    standard = {name: name for name in names}
    for prefix in _PREFIXES:
        if all(name.startswith(prefix) for name in standard.values()):
            standard = {key: name.removeprefix(prefix) for key, name in standard.items()}
    for dialect in DIALECTS:
        standard = {key: dialect.standard(name) for key, name in standard.items()}
    return standard
