"""What the language needs to know of the kinds of block and attention, however they are built."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFacts:
    """One `block.type`."""

    expansion: int
    """Of a block that states none."""
    ineffective: Mapping[str, str]
    """Dotted keys that have no effect on such blocks, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionFacts:
    """One `attention.type`."""

    settings: tuple[str, ...]
    """The keys beside `type` that it has."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """All of them, by the values of the keys; `none` is no kind of attention."""

    blocks: Mapping[str, BlockFacts]
    attentions: Mapping[str, AttentionFacts]
