"""Lowers a whole network: stem, stages, head, and network-wide properties."""

from collections.abc import Iterator

from ..graph.builder import Builder
from ..graph.graph import Block, Feature, Graph
from ..graph.ops import Input
from ..language.spec import Spec
from .attention import ATTENTIONS
from .blocks import BLOCKS
from .blocks.block import add_block
from .blocks.kind import Plan
from .head import add_head
from .layers import layers_of
from .names import ATTENTION, CLASSIFIER, block, stage
from .places import head_place, input_place, stage_place, stem_place
from .resolution import Resolution, resolutions
from .stem import add_stem


def build_graph(builder: Builder, spec: Spec) -> Graph:
    """The network that the spec describes; the builder collects its faults.

    Raises:
        Impossible: after one of the faults, the remaining nodes cannot have shapes.
    """
    origins = spec.origins
    shape = (spec.input.channels, spec.input.height, spec.input.width)
    x = builder.add("input", Input(shape), place=input_place(origins))
    stem = add_stem(layers_of(builder, spec, stem_place(origins)), x, spec)
    stages, faults = resolutions(spec)
    builder.found += [(None, fault) for fault in faults]
    blocks = tuple(add_block(builder.nodes[-1], plan) for plan in _plans(builder, spec, stages))
    add_head(layers_of(builder, spec, head_place(origins)), builder.nodes[-1], spec)
    return Graph(
        name=spec.name,
        nodes=tuple(builder.nodes),
        blocks=blocks,
        depth=len(spec.stem.channels) + sum(block.convolutions for block in blocks) + (spec.head.classes > 0),
        features=(Feature("stem", stem.name, stem.shape[0], spec.stem.stride), *_features(blocks, stages)),
        outputs=(builder.nodes[-1].name,),
        containers=_containers(spec, blocks),
        classifier=CLASSIFIER if spec.head.classes else None,
    )


def _features(blocks: tuple[Block, ...], stages: tuple[Resolution, ...]) -> Iterator[Feature]:
    """The output of each stage's last block."""
    last = {block.stage: block for block in blocks}
    for number, resolution in enumerate(stages, 1):
        yield Feature(stage(number), last[number].nodes[-1].name, last[number].shape[0], resolution.reduction)


def _containers(spec: Spec, blocks: tuple[Block, ...]) -> dict[str, str]:
    """The modules that are not an `nn.Sequential`: the network, its blocks, and their attention."""
    containers = {"": "ResNet"}
    for each in blocks:
        containers[each.name] = each.kind
        attention = ATTENTIONS.get(spec.stages[each.stage - 1].block.attention.type)
        if attention is not None:
            containers[f"{each.name}.{ATTENTION}"] = attention.class_name
    return containers


def _plans(builder: Builder, spec: Spec, stages: tuple[Resolution, ...]) -> Iterator[Plan]:
    """The plan of each block: only the first of a stage strides, and drop path rises over all of them."""
    total = sum(each.depth for each in spec.stages)
    position = 0
    for index, (each, resolution) in enumerate(zip(spec.stages, stages, strict=True)):
        layers = layers_of(builder, spec, stage_place(spec.origins, index))
        for number in range(each.depth):
            is_first = number == 0
            yield Plan(
                name=block(index + 1, number),
                number=index + 1,
                kind=BLOCKS[each.block.type],
                stage=each,
                stride=resolution.stride if is_first else 1,
                dilation=resolution.dilation,
                previous_dilation=resolution.previous_dilation if is_first else resolution.dilation,
                drop_path=spec.drop_path * position / (total - 1) if total > 1 else 0.0,
                shortcut=spec.shortcut,
                zero_residual=spec.init.zero_residual,
                layers=layers,
            )
            position += 1
