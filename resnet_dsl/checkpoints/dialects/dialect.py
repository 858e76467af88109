"""The definition of a dialect."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one library names the entries of its checkpoints."""

    library: str
    """Name of the library, for people."""
    parts: Mapping[str, str]
    """Parts of names, including dots -> their standard equivalents."""

    def standard(self, name: str) -> str:
        """The standard name; names that are already standard stay unchanged."""
        for theirs, ours in self.parts.items():
            name = name.replace(theirs, ours)
        return name
