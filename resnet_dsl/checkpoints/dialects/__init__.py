"""The names that libraries give to the entries of a checkpoint: each dialect is one file of data in this folder."""

from collections.abc import Collection, Mapping, Sequence

from .dialect import Dialect
from .table import dialects

DIALECTS: tuple[Dialect, ...] = dialects()
"""That of the standard names first, which are torchvision's and timm's."""

_PREFIXES = ("module.", "_orig_mod.", "module.")
"""Prefixes that data-parallel and compiled networks add to all names, in this order."""


def ranked(names: Collection[str]) -> Sequence[Dialect]:
    """The dialects in which a network has these names, which are without their prefix.

    Those that read most of them come first; among equals one whose own classifier is there, then as in the table.
    """
    possible = [dialect for dialect in DIALECTS if "" in dialect.prefixes(names)]
    read = {each.name: (len(each.read(names)), each.has_own_classifier(names)) for each in possible}
    return sorted(possible, key=lambda each: read[each.name], reverse=True)


def standard_names(names: Mapping[str, object]) -> dict[str, str]:
    """A mapping from the checkpoint's names to the standard ones."""
    standard = {name: name for name in names}
    for prefix in _PREFIXES:
        if all(name.startswith(prefix) for name in standard.values()):
            standard = {key: name.removeprefix(prefix) for key, name in standard.items()}
    return {key: name.replace(".shortcut.", ".downsample.") for key, name in standard.items()}
