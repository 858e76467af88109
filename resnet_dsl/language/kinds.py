"""What the language needs to know about the kinds of blocks, of 3x3 convolutions and of attention, independent of how
they are built."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """The settings whose default is another than that of most kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv3x3Facts:
    """One `block.conv3x3.type`."""

    settings: tuple[str, ...]
    """The keys it has in addition to `type`."""
    blocks: tuple[str, ...]
    """The types of block that it can be in; in others it has no effect."""
    ineffective: Mapping[str, str]
    """Dotted keys that have no effect beside it -> the reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """All kinds by their names in a spec; `none` is not a kind of attention, and `plain` none of 3x3 convolution.

    There is one for all specs, so it is equal only to itself.
    """

    blocks: Mapping[str, BlockFacts]
    attentions: Mapping[str, AttentionFacts]
    convs3x3: Mapping[str, Conv3x3Facts]
