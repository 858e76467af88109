"""What a kind of channel attention is."""

from collections.abc import Callable
from dataclasses import dataclass

from ...graph.graph import Node
from ...language.kinds import AttentionFacts
from ...language.spec import Attention
from ..layers import Layers


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionKind(AttentionFacts):
    """One `attention.type`, and how it is built."""

    class_name: str
    """Of the module."""
    label: str
    """What drawings call it."""
    weight: str
    """Name, below the module, of an entry of the `state_dict` that only this kind has."""
    gate: Callable[[Layers, str, Node, Attention], Node]
    """From the mean of each channel, layers below a path to what becomes a factor between 0 and 1 for each channel."""
