"""The definition of a kind of attention."""

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
    """Class name of the module."""
    label: str
    """Its name in drawings."""
    weight: str
    """Name, relative to the module, of a `state_dict` entry that only this kind has; without a `kernel` among the
    settings, its second axis are the channels that are scaled."""
    attend: Callable[[Layers, str, Node, Attention, int], Node]
    """Adds the module at a path on top of a node, for a block with this many input channels."""
