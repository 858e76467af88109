"""What a kind of file of weights is, and what must hold of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was written, and the network whose weights it contains."""

    path: Path
    """What a user names: the file, or the index of several."""
    reference: nn.Module | None = None
    """The library's own module, or the network whose entries were renamed; `None` if no network of the family is
    in the file."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file does not open."""

    code: str
    because: str
    """What the diagnostic must contain."""
    why: str
    """The reason, for people."""
    instead: str = ""
    """The file beside it that opens, which the help names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file, as people have it."""

    name: str
    source: str
    """Who writes it; for people, in Markdown."""
    layout: str
    """How it is laid out, in one line of Markdown."""
    write: Callable[[Path], Made]
    """Writes it into an empty folder."""
    entry: str | None = None
    """The entry to choose, if there are several networks."""
    prefix: str | None = None
    """The prefix to choose, if there are several networks."""
    others: tuple[str, ...] = ()
    """The entries or prefixes that could be chosen as well."""
    given: Spec = field(default_factory=dict)
    """What weights do not reveal, where it is not the usual, by dotted key."""
    takes: str = ""
    """Which of several sets of weights is taken without being asked for, for people."""
    says: tuple[str, ...] = ()
    """What `build --weights` must say of the file."""
    digits: int = 0
    """To how many digits outputs agree in double precision, where the library computes a layer in another way.

    0: they agree bit by bit in single precision.
    """
    refused: Refusal | None = None
    needs: tuple[str, ...] = ()
    """The libraries that write it themselves; empty if it only has their exact names."""
    like: str = ""
    """The kind in whose row of the table it is."""

    @property
    def choice(self) -> tuple[tuple[str, str], ...]:
        """The options that choose the network, by name."""
        chosen = (("entry", self.entry), ("prefix", self.prefix))
        return tuple((option, value) for option, value in chosen if value is not None)
