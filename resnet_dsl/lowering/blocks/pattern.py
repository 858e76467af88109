"""Blocks that are alike are built once, and repeated under other names."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from ...diagnostics.source import Span
from ...graph.builder import Builder, Impossible, Place
from ...graph.graph import Block, Node
from ...graph.ops import Input
from ...graph.shapes import Shape
from .block import add_block
from .kind import Plan

_KEPT = 512
"""How many patterns are kept, and how many blocks."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A block without faults, wherever it stands: its nodes have names that begin with a dot, its input has none."""

    block: Block
    containers: Mapping[str, str]

    def add(self, builder: Builder, name: str, stage: int, span: Span | None) -> Block:
        """Add a block of this pattern on top of the last node."""
        block = _named(self, name, builder.nodes[-1].name, stage, span)
        builder.nodes += block.nodes
        for path, kind in self.containers.items():
            builder.containers[name + path] = kind
        return block


@lru_cache(_KEPT)
def _named(pattern: Pattern, name: str, source: str, stage: int, span: Span | None) -> Block:
    """The block of a pattern with this name and input; kept, for variants of one network have many in common."""
    nodes = tuple(
        Node(
            name + node.name,
            node.op,
            tuple([name + each if each else source for each in node.inputs]),  # faster than a generator
            node.shape,
            node.macs,
            node.parameters,
            span,
        )
        for node in pattern.block.nodes
    )
    return replace(pattern.block, name=name, stage=stage, nodes=nodes)


_PATTERNS: dict[Hashable, Pattern | None] = {}


def pattern(key: Hashable, shape: Shape, plan: Callable[[], Plan]) -> Pattern | None:
    """The pattern of a block with this input; None if something is wrong with such a block.

    Args:
        key: what the plan says, but for the place of the block in network and text.
        shape: the shape of the input.
        plan: gives the plan of such a block.
    """
    if (key, shape) not in _PATTERNS:
        if len(_PATTERNS) == _KEPT:
            _PATTERNS.clear()
        _PATTERNS[key, shape] = _built(shape, plan())
    return _PATTERNS[key, shape]


def _built(shape: Shape, plan: Plan) -> Pattern | None:
    builder, place = Builder(), Place("", None, lambda _: ())
    x = builder.add("", Input(shape), place=place)
    layers = replace(plan.layers, builder=builder, place=place)
    try:
        block = add_block(x, replace(plan, name="", layers=layers))
    except Impossible:
        return None
    return None if builder.found else Pattern(block, builder.containers)
