"""The layers of a network, one by one: stem, stages, head."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from ..graph.builder import Builder, Place
from ..graph.graph import Block, Feature, Graph, Node
from ..graph.ops import AvgPool2d, Conv2d, Dropout, Flatten, GlobalPool2d, Input, Linear, MaxPool2d
from ..graph.shapes import Cause
from ..language.spec import Spec
from ..language.text.tree import Path
from .blocks.block import Plan, add_block
from .layers import Parts
from .resolution import Resolution, resolutions


def network(builder: Builder, spec: Spec) -> Graph:
    """The network that the spec describes, with the faults that the builder has found.

    Raises:
        Impossible: what follows one of them cannot have shapes.
    """
    shape = (spec.input.channels, spec.input.height, spec.input.width)
    x = builder.add("input", Input(shape), place=Place("the input", ("input",), {}))
    stem = _stem(_parts(builder, spec, Place("the stem", ("stem",), _STEM_CAUSES)), x, spec)
    stages = resolutions(builder, spec)
    blocks = _stages(builder, spec, stages)
    _head(_parts(builder, spec, Place("the head", ("head",), _HEAD_CAUSES)), builder.nodes[-1], spec)
    return Graph(
        name=spec.name,
        nodes=tuple(builder.nodes),
        blocks=blocks,
        depth=len(spec.stem.channels) + sum(block.convolutions for block in blocks) + (spec.head.classes > 0),
        features=(Feature("stem", stem.name, stem.shape[0], spec.stem.stride), *_features(blocks, stages)),
        outputs=(builder.nodes[-1].name,),
        containers=_containers(spec, blocks),
    )


def _features(blocks: tuple[Block, ...], stages: tuple[Resolution, ...]) -> Iterator[Feature]:
    """What the last block of each stage gives."""
    last = {block.stage: block for block in blocks}
    for number, stage in enumerate(stages, 1):
        yield Feature(f"layer{number}", last[number].nodes[-1].name, last[number].shape[0], stage.reduction)


def _containers(spec: Spec, blocks: tuple[Block, ...]) -> dict[str, str]:
    """The modules that are no plain sequences: the network, its blocks, and their attention."""
    containers = {"": "ResNet"}
    for block in blocks:
        containers[block.name] = block.kind
        match spec.stages[block.stage - 1].block.attention.type:
            case "se":
                containers[f"{block.name}.se"] = "SqueezeExcite"
            case "eca":
                containers[f"{block.name}.se"] = "EfficientChannelAttention"
            case "none":
                pass
    return containers


def _parts(builder: Builder, spec: Spec, place: Place) -> Parts:
    return Parts(builder, spec.norm, spec.activation, spec.antialias, place)


_Causes: TypeAlias = Mapping[Cause, tuple[Path, ...]]

_SIZE: tuple[Path, ...] = (("input", "size"), ("antialias",), ("norm",))
_COMMON_CAUSES: _Causes = {"size": _SIZE, "norm": (("norm", "groups"),)}
_STEM_CAUSES: _Causes = {**_COMMON_CAUSES, "channels": (("stem", "channels"),)}
_HEAD_CAUSES: _Causes = {**_COMMON_CAUSES, "channels": (("head", "pool"),)}


def _stem(parts: Parts, x: Node, spec: Spec) -> Node:
    """Convolutions with norm and activation, then the pooling; the last norm is `bn1` however many there are.

    Before pre-activation blocks the stem ends with a convolution, for the first block begins with its norm.
    Returns the node before the pooling.
    """
    stem = spec.stem
    preactivation = spec.stages[0].block.preactivation
    last = len(stem.channels) - 1
    for index, channels in enumerate(stem.channels):
        conv = f"conv1.{3 * index}" if last else "conv1"
        norm = f"conv1.{3 * index + 1}" if index < last else "bn1"
        activation = f"conv1.{3 * index + 2}" if index < last else "act1"
        stride = stem.stride if index == 0 else 1
        x = parts.conv(conv, Conv2d(x.shape[0], channels, stem.kernel, stride, padding=stem.kernel // 2), x)
        if index < last or stem.pool == "conv" or not preactivation:
            x = parts.activation(activation, parts.norm(norm, x))
    match stem.pool:
        case "max":
            _max_pool(parts, x)
        case "conv":
            _conv_pool(parts, x, preactivation)
        case "none":
            pass
    return x


def _max_pool(parts: Parts, x: Node) -> None:
    """3x3 max pooling of stride 2; a blur takes over the stride, an average the whole pooling."""
    match parts.antialias:
        case "none":
            parts.builder.add("maxpool", MaxPool2d(3, 2, padding=1), x, place=parts.place)
        case "avg":
            parts.builder.add("maxpool", AvgPool2d(2, 2), x, place=parts.place)
        case "blur":
            x = parts.builder.add("maxpool.0", MaxPool2d(3, 1, padding=1), x, place=parts.place)
            parts.low_pass("maxpool.1", x, 2)


def _conv_pool(parts: Parts, x: Node, preactivation: bool) -> None:
    """A 3x3 convolution of stride 2, with the filter that takes over its stride, norm and activation."""
    channels = x.shape[0]
    is_filtered = parts.antialias != "none"
    x = parts.conv("maxpool.0", Conv2d(channels, channels, 3, 1 if is_filtered else 2, padding=1), x)
    x = parts.low_pass("maxpool.1", x, 2)
    if preactivation:
        return
    number = 2 if is_filtered else 1
    y = parts.norm(f"maxpool.{number}", x)
    parts.activation(f"maxpool.{number if y is x else number + 1}", y)


def _stages(builder: Builder, spec: Spec, stages: tuple[Resolution, ...]) -> tuple[Block, ...]:
    """Each block on top of the last node."""
    total = sum(stage.depth for stage in spec.stages)
    return tuple(add_block(builder.nodes[-1], plan) for plan in _plans(builder, spec, stages, total))


def _plans(builder: Builder, spec: Spec, stages: tuple[Resolution, ...], total: int) -> Iterator[Plan]:
    """The blocks one by one; only a stage's first strides, and drop path rises over all of them."""
    position = 0
    for index, (stage, resolution) in enumerate(zip(spec.stages, stages, strict=True)):
        parts = _parts(builder, spec, _stage_place(index))
        for number in range(stage.depth):
            is_first = number == 0
            yield Plan(
                name=f"layer{index + 1}.{number}",
                number=index + 1,
                stage=stage,
                stride=resolution.stride if is_first else 1,
                dilation=resolution.dilation,
                previous_dilation=resolution.previous_dilation if is_first else resolution.dilation,
                drop_path=spec.drop_path * position / (total - 1) if total > 1 else 0.0,
                shortcut=spec.shortcut,
                zero_residual=spec.init.zero_residual,
                parts=parts,
            )
            position += 1


def _stage_place(index: int) -> Place:
    return Place(
        f"stage {index + 1}",
        ("stages", "depths", index),
        {
            **_COMMON_CAUSES,
            "channels": (
                ("stages", "widths", index),
                ("stages", "widths"),
                ("block", "expansion", index),
                ("block", "expansion"),
            ),
            "groups": (("block", "reduce_first", index), ("block", "reduce_first")),
            "inner_width": (("block", "width_per_group", index),),
            "shortcut": (("shortcut", "type"),),
        },
    )


def _head(parts: Parts, x: Node, spec: Spec) -> None:
    """Norm and activation behind pre-activation blocks; global pooling, flatten, dropout, classifier."""
    head, builder, place = spec.head, parts.builder, parts.place
    if spec.stages[0].block.preactivation:
        x = parts.activation("act", parts.norm("norm", x))
    name = "avgpool" if head.pool == "avg" else "global_pool"
    x = builder.add(name, GlobalPool2d(head.pool), x, place=place)
    x = builder.add("flatten", Flatten(), x, place=place)
    if head.dropout:
        x = builder.add("dropout", Dropout(head.dropout), x, place=place)
    if head.classes:
        builder.add("fc", Linear(x.shape[0], head.classes), x, place=place)
