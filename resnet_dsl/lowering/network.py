"""Lowers a whole network: stem, stages, head, and network-wide properties."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from ..graph.builder import Builder
from ..graph.graph import Block, Feature, Graph, parents_of
from ..graph.ops import Input
from ..language.spec import Spec
from .blocks import BLOCKS
from .blocks.block import add_block
from .blocks.kind import Plan
from .head import add_head
from .layers import Layers, layers_of
from .names import CLASSIFIER, block, stage
from .places import block_place, head_place, input_place, stem_place
from .resolution import Resolution, resolutions
from .single_blocks import SingleBlocks
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
    blocks = tuple(add_block(builder.nodes[-1], plan) for plan in _plans(builder, spec, stages, every))
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


def _plans(builder: Builder, spec: Spec, stages: tuple[Resolution, ...], positions: Positions) -> Iterator[Plan]:
    """The plan of each block: only the first of a stage strides, and drop path rises over all of them."""
    singles = SingleBlocks(spec)
    layers: dict[tuple[int, tuple[str, ...]], Layers] = {}
    total, start = sum(each.depth for each in spec.stages), 0
    for number, (each, resolution, built) in enumerate(zip(spec.stages, stages, positions, strict=True), 1):
        for position in built:
            is_first = position == 0
            single = singles.at(number, position)
            dilation = single.values.dilation or resolution.dilation
            if (number, single.names) not in layers:
                place = block_place(spec.origins, number - 1, single.names)
                layers[number, single.names] = layers_of(builder, spec, place)
            yield Plan(
                name=block(number, position),
                number=number,
                is_first=is_first,
                kind=BLOCKS[each.block.type],
                block=single.applied(each.block),
                single=single.values,
                width=each.width,
                stride=resolution.stride if is_first else 1,
                dilation=dilation,
                previous_dilation=resolution.previous_dilation if is_first and not single.values.dilation else dilation,
                drop_path=spec.drop_path * (start + position) / (total - 1) if total > 1 else 0.0,
                shortcut=spec.shortcut,
                zero_residual=spec.init.zero_residual,
                layers=layers[number, single.names],
            )
        start += each.depth
