"""The residual blocks: basic, bottleneck, and the shortcut that their shapes ask for."""

from dataclasses import dataclass

from ..language.spec import Shortcut as ShortcutSpec
from ..language.spec import Stage
from .builder import Builder, Impossible, Place
from .graph import Block, Node, Shortcut
from .ops import Add, BatchNorm2d, Conv2d, PaddingShortcut, ReLU


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a block needs to know of the spec."""

    name: str
    number: int
    """Of the stage, from 1."""
    stage: Stage
    stride: int
    shortcut: ShortcutSpec
    zero_residual: bool
    place: Place


def conv_norm(
    builder: Builder, conv: str, norm: str, op: Conv2d, x: Node, place: Place, initial_weight: float = 1.0
) -> Node:
    """Convolution, norm."""
    y = builder.add(conv, op, x, place=place)
    return builder.add(norm, BatchNorm2d(op.out_channels, initial_weight), y, place=place)


def add_block(builder: Builder, x: Node, plan: Plan) -> Block:
    """The block on top of `x`: branch, shortcut, addition, activation."""
    first = len(builder.nodes)
    is_basic = plan.stage.block.type == "basic"
    branch = _basic_branch(builder, x, plan) if is_basic else _bottleneck_branch(builder, x, plan)
    shortcut, source = _shortcut(builder, x, branch, plan)
    y = branch if source is None else builder.add(f"{plan.name}.add", Add(), branch, source, place=plan.place)
    builder.add(f"{plan.name}.act{2 if is_basic else 3}", ReLU(), y, place=plan.place)
    return Block(
        name=plan.name,
        kind="BasicBlock" if is_basic else "Bottleneck",
        stage=plan.number,
        input_shape=x.shape,
        shortcut=shortcut,
        nodes=tuple(builder.nodes[first:]),
    )


def _basic_branch(builder: Builder, x: Node, plan: Plan) -> Node:
    """3x3, norm, activation, 3x3, norm."""
    width = plan.stage.width
    y = _conv_norm(builder, x, plan, 1, Conv2d(x.shape[0], width, 3, plan.stride, padding=1))
    y = _activation(builder, y, plan, 1)
    return _conv_norm(builder, y, plan, 2, Conv2d(width, _out_channels(plan), 3, padding=1), last=True)


def _bottleneck_branch(builder: Builder, x: Node, plan: Plan) -> Node:
    """1x1, norm, activation, 3x3, norm, activation, 1x1, norm."""
    inner, groups = _inner_width(builder, plan), plan.stage.block.groups
    outer_stride, inner_stride = (plan.stride, 1) if plan.stage.block.stride_in == "1x1" else (1, plan.stride)
    y = _conv_norm(builder, x, plan, 1, Conv2d(x.shape[0], inner, 1, outer_stride))
    y = _activation(builder, y, plan, 1)
    y = _conv_norm(builder, y, plan, 2, Conv2d(inner, inner, 3, inner_stride, padding=1, groups=groups))
    y = _activation(builder, y, plan, 2)
    return _conv_norm(builder, y, plan, 3, Conv2d(inner, _out_channels(plan), 1), last=True)


def _inner_width(builder: Builder, plan: Plan) -> int:
    """Channels of the bottleneck's 3x3 convolution (Xie et al. 2017, Zagoruyko & Komodakis 2016)."""
    block, width = plan.stage.block, plan.stage.width
    inner = width * block.width_per_group // 64 * block.groups
    if inner == 0:
        message = (
            f"`{plan.name}`: the bottleneck has no inner channels:"
            f" width {width} times width_per_group {block.width_per_group} is less than 64"
        )
        builder.fault("groups", message, plan.place, "raise `block.width_per_group`, or the stage's width")
        raise Impossible
    return inner


def _out_channels(plan: Plan) -> int:
    return plan.stage.width * plan.stage.block.expansion


def _conv_norm(builder: Builder, x: Node, plan: Plan, number: int, op: Conv2d, *, last: bool = False) -> Node:
    initial_weight = 0.0 if last and plan.zero_residual else 1.0
    conv, norm = f"{plan.name}.conv{number}", f"{plan.name}.bn{number}"
    return conv_norm(builder, conv, norm, op, x, plan.place, initial_weight)


def _activation(builder: Builder, x: Node, plan: Plan, number: int) -> Node:
    return builder.add(f"{plan.name}.act{number}", ReLU(), x, place=plan.place)


def _shortcut(builder: Builder, x: Node, branch: Node, plan: Plan) -> tuple[Shortcut, Node | None]:
    """What the block's input goes through before it is added; nothing is added in a plain network."""
    reason = _difference(x, branch)
    if plan.shortcut.type == "none":
        return Shortcut("none", "the network is plain", plan.stride), None
    if x.shape == branch.shape and plan.shortcut.when == "shape_change":
        return Shortcut("identity", reason, plan.stride), x
    if plan.shortcut.type == "padding":
        op = PaddingShortcut(branch.shape[0], plan.stride)
        y = builder.add(f"{plan.name}.downsample", op, x, place=plan.place)
        return Shortcut("padding", reason, plan.stride), y
    conv = Conv2d(x.shape[0], branch.shape[0], 1, plan.stride)
    y = conv_norm(builder, f"{plan.name}.downsample.0", f"{plan.name}.downsample.1", conv, x, plan.place)
    if x.shape == branch.shape:
        reason = "`shortcut.when` is `always`"
    return Shortcut("projection", reason, plan.stride), y


def _difference(x: Node, branch: Node) -> str:
    """How the block's input and its branch's output differ in shape."""
    parts = ["channels"] * (x.shape[0] != branch.shape[0]) + ["size"] * (x.shape[1:] != branch.shape[1:])
    match parts:
        case []:
            return "the shapes are equal"
        case ["size"]:
            return "the size differs"
        case _:
            return f"{' and '.join(parts)} differ"
