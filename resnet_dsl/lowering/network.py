"""Lowers a whole network: stem, stages, head, and network-wide properties."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from ..graph.builder import Builder, parents_of
from ..graph.graph import Block, Feature, Graph
from ..graph.ops import Input
from ..language.spec import Spec
from .blocks import BLOCKS
from .blocks.block import add_block
from .blocks.kind import Plan
from .blocks.pattern import Pattern, pattern
from .head import add_head
from .layers import layers_of
from .names import CLASSIFIER, block, stage
from .places import block_place, head_place, input_place, stem_place
from .resolution import Resolution, resolutions
from .single_blocks import Single, SingleBlocks
from .stem import add_stem

Positions: TypeAlias = Sequence[Sequence[int]]
"""For each stage the blocks that are built, counted from 0."""


def build_graph(builder: Builder, spec: Spec, positions: Positions | None = None) -> Graph:
    """The network that the spec describes; the builder collects its faults.

    Args:
        builder: an empty builder.
        spec: the network.
        positions: the blocks to build, the first of each stage among them; all by default.

    Raises:
        Impossible: after one of the faults, the remaining nodes cannot have shapes.
    """
    origins = spec.origins
    shape = (spec.input.channels, spec.input.height, spec.input.width)
    x = builder.add("input", Input(shape), place=input_place(origins))
    stem = add_stem(layers_of(builder, spec, stem_place(origins)), x, spec)
    stages, faults = resolutions(spec)
    builder.found += [(None, fault) for fault in faults]
    every = positions or [range(each.depth) for each in spec.stages]
    blocks = tuple(_add_blocks(builder, spec, stages, every))
    add_head(layers_of(builder, spec, head_place(origins)), builder.nodes[-1], spec)
    parents = parents_of(builder.nodes)
    return Graph(
        name=spec.name,
        nodes=tuple(builder.nodes),
        blocks=blocks,
        depth=len(spec.stem.channels) + sum(block.convolutions for block in blocks) + (spec.head.classes > 0),
        features=(stem, *_features(blocks, stages)),
        outputs=(builder.nodes[-1].name,),
        containers={"": "ResNet"} | {path: kind for path, kind in builder.containers.items() if path in parents},
        classifier=CLASSIFIER if spec.head.classes else None,
    )


def _features(blocks: tuple[Block, ...], stages: tuple[Resolution, ...]) -> Iterator[Feature]:
    """The output of each stage's last block."""
    last = {block.stage: block for block in blocks}
    for number, resolution in enumerate(stages, 1):
        yield Feature(stage(number), last[number].nodes[-1].name, last[number].shape[0], resolution.reduction)


def _add_blocks(builder: Builder, spec: Spec, stages: tuple[Resolution, ...], positions: Positions) -> Iterator[Block]:
    """Add the blocks: only the first of a stage strides, and drop path rises over all of them."""
    singles = SingleBlocks(spec)
    whole = repr((spec.conv, spec.norm, spec.activation, spec.antialias, spec.shortcut, spec.init))  # 1 is not 1.0
    total, start = sum(each.depth for each in spec.stages), 0
    for number, (each, resolution, built) in enumerate(zip(spec.stages, stages, positions, strict=True), 1):
        settings, span = repr(each.block), block_place(spec.origins, number - 1).span
        patterns: dict[Hashable, Pattern | None] = {}
        for position in built:
            x, name, is_first = builder.nodes[-1], block(number, position), position == 0
            single = singles.at(number, position)
            drop_path = spec.drop_path * (start + position) / (total - 1) if total > 1 else 0.0
            plan = partial(_plan, builder, spec, number, is_first, single, resolution, drop_path)
            kind = (is_first, single.names, drop_path, x.shape)
            if kind not in patterns:
                key = (whole, settings, repr(single.values), each.width, resolution, is_first, drop_path)
                patterns[kind] = pattern(key, x.shape, plan)
            if (known := patterns[kind]) is None:
                yield add_block(x, replace(plan(), name=name))
            else:
                yield known.add(builder, name, number, span)
        start += each.depth


def _plan(
    builder: Builder,
    spec: Spec,
    number: int,
    is_first: bool,
    single: Single,
    resolution: Resolution,
    drop_path: float,
) -> Plan:
    """The plan of a block, which has no name yet."""
    stage = spec.stages[number - 1]
    dilation = single.values.dilation or resolution.dilation
    return Plan(
        name="",
        number=number,
        is_first=is_first,
        kind=BLOCKS[stage.block.type],
        block=single.applied(stage.block),
        single=single.values,
        width=stage.width,
        stride=resolution.stride if is_first else 1,
        dilation=dilation,
        previous_dilation=resolution.previous_dilation if is_first and not single.values.dilation else dilation,
        drop_path=drop_path,
        shortcut=spec.shortcut,
        zero_residual=spec.init.zero_residual,
        layers=layers_of(builder, spec, block_place(spec.origins, number - 1, single.names)),
    )
