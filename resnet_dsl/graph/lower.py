"""Spec -> Graph: stem, stages, head."""

from ..language.diagnostics import Diagnostic, SpecError, in_file_order
from ..language.spec import Spec
from .blocks import Plan, add_block, conv_norm
from .builder import Builder, Impossible, Place
from .expectations import unmet
from .graph import Block, Graph, Node
from .ops import Conv2d, Dropout, Flatten, GlobalPool2d, Input, Linear, MaxPool2d, ReLU

MAX_PARAMETERS = 2**40


def lower(spec: Spec) -> Graph:
    """The network that the spec describes.

    Raises:
        SpecError: shapes do not fit, the network is too large, or it is not what the spec expects.
    """
    builder = Builder(spec.origins)
    try:
        graph = _network(builder, spec)
    except Impossible:
        raise SpecError(in_file_order(builder.faults)) from None
    faults = [*builder.faults, *_too_large(spec, graph)]
    faults = faults or unmet(spec, graph)
    if faults:
        raise SpecError(in_file_order(faults))
    return graph


def _network(builder: Builder, spec: Spec) -> Graph:
    shape = (spec.input.channels, spec.input.height, spec.input.width)
    x = builder.add("input", Input(shape), place=Place(("input",), {}))
    x = _stem(builder, x, spec)
    blocks = _stages(builder, x, spec)
    _head(builder, builder.nodes[-1], spec)
    convolutions = sum(2 if block.kind == "BasicBlock" else 3 for block in blocks)
    return Graph(
        name=spec.name,
        nodes=tuple(builder.nodes),
        blocks=blocks,
        depth=len(spec.stem.channels) + convolutions + (spec.head.classes > 0),
        containers={"": "ResNet"} | {block.name: block.kind for block in blocks},
    )


def _stem(builder: Builder, x: Node, spec: Spec) -> Node:
    """Convolutions with norm and activation, then the pooling; the last norm is `bn1` however many there are."""
    stem = spec.stem
    place = Place(("stem",), {"channels": ("stem", "channels"), "size": ("input", "size")})
    last = len(stem.channels) - 1
    for index, channels in enumerate(stem.channels):
        conv = f"conv1.{3 * index}" if last else "conv1"
        norm = f"conv1.{3 * index + 1}" if index < last else "bn1"
        activation = f"conv1.{3 * index + 2}" if index < last else "act1"
        stride = stem.stride if index == 0 else 1
        op = Conv2d(x.shape[0], channels, stem.kernel, stride, padding=stem.kernel // 2)
        x = conv_norm(builder, conv, norm, op, x, place)
        x = builder.add(activation, ReLU(), x, place=place)
    match stem.pool:
        case "max":
            return builder.add("maxpool", MaxPool2d(3, 2, padding=1), x, place=place)
        case "conv":
            op = Conv2d(x.shape[0], x.shape[0], 3, 2, padding=1)
            x = conv_norm(builder, "maxpool.0", "maxpool.1", op, x, place)
            return builder.add("maxpool.2", ReLU(), x, place=place)
        case "none":
            return x


def _stages(builder: Builder, x: Node, spec: Spec) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for index, stage in enumerate(spec.stages):
        place = Place(
            ("stages", "depths", index),
            {
                "channels": ("stages", "widths", index),
                "size": ("stages", "strides", index),
                "groups": ("block", "width_per_group"),
                "shortcut": ("shortcut", "type"),
            },
        )
        for position in range(stage.depth):
            plan = Plan(
                name=f"layer{index + 1}.{position}",
                number=index + 1,
                stage=stage,
                stride=stage.stride if position == 0 else 1,
                shortcut=spec.shortcut,
                zero_residual=spec.init.zero_residual,
                place=place,
            )
            blocks.append(add_block(builder, builder.nodes[-1] if blocks else x, plan))
    return tuple(blocks)


def _head(builder: Builder, x: Node, spec: Spec) -> None:
    """Global pooling, flatten, dropout, classifier."""
    head = spec.head
    place = Place(("head",), {"channels": ("head", "pool")})
    name = "avgpool" if head.pool == "avg" else "global_pool"
    x = builder.add(name, GlobalPool2d(head.pool), x, place=place)
    x = builder.add("flatten", Flatten(), x, place=place)
    if head.dropout:
        x = builder.add("dropout", Dropout(head.dropout), x, place=place)
    if head.classes:
        builder.add("fc", Linear(x.shape[0], head.classes), x, place=place)


def _too_large(spec: Spec, graph: Graph) -> list[Diagnostic]:
    if graph.parameters <= MAX_PARAMETERS:
        return []
    largest = max(graph.nodes, key=lambda node: node.parameters)
    return [
        Diagnostic(
            code="RD305",
            message=f"the network has {graph.parameters:,} parameters, more than {MAX_PARAMETERS:,}",
            labels=spec.origins.labels("stages"),
            notes=(f"the largest layer, `{largest.name}`, has {largest.parameters:,}",),
        )
    ]
