"""What the language needs to know about the kinds of blocks and attention, independent of how they are built."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFacts:
    """One `block.type`."""

    expansion: int
    """The default expansion."""
    ineffective: Mapping[str, str]
    """Dotted keys that have no effect on such blocks -> the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionFacts:
    """One `attention.type`."""

    settings: tuple[str, ...]
    """The keys it has in addition to `type`."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """All kinds by their names in a spec; `none` is not a kind of attention."""

    blocks: Mapping[str, BlockFacts]
    attentions: Mapping[str, AttentionFacts]
