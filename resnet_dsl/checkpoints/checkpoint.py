"""The weights of one network, as a file or a mapping holds them."""

from collections.abc import Mapping
from dataclasses import dataclass

from .comparison import State
from .dialects.dialect import Dialect
from .stored import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Entries by their standard names; of their tensors, no elements have been read."""

    file: str
    """Its name in diagnostics."""
    parts: Mapping[str, Part]
    """Standard name -> part."""
    names: Mapping[str, str]
    """Standard name -> name in the file."""
    dialect: Dialect | None = None
    """Whose names they are; None if it is no network of this family."""
    spec: str | None = None
    """The text of the spec that the file carries along."""
    notes: tuple[str, ...] = ()
    """What was chosen and what was left out, one clause each."""

    @property
    def state(self) -> State:
        return {name: part.shape for name, part in self.parts.items()}

    def shown(self, standard: str) -> str:
        """The name in the file."""
        return self.names.get(standard, standard)
