"""What a dialect is."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one library names the entries of its checkpoints."""

    library: str
    """What people call it."""
    parts: Mapping[str, str]
    """Parts of a name, dots included -> the standard ones."""

    def standard(self, name: str) -> str:
        """The standard name; one that is standard already stays as it is."""
        for theirs, ours in self.parts.items():
            name = name.replace(theirs, ours)
        return name
