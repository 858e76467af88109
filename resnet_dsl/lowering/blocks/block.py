"""The residual blocks: a branch of two or three convolutions, and the shortcut that its shape asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...graph.builder import MAX_CHANNELS, Impossible
from ...graph.graph import Block, Node, Shortcut
from ...graph.ops import Add, AvgPool2d, AvgPool2dSame, Conv2d, PaddingShortcut
from ...graph.shapes import Cause
from ...language.spec import Shortcut as ShortcutSpec
from ...language.spec import Stage
from ..layers import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one block is to be."""

    name: str
    number: int
    """Of the stage, from 1."""
    stage: Stage
    stride: int
    dilation: int
    previous_dilation: int
    """Of the block before."""
    drop_path: float
    shortcut: ShortcutSpec
    zero_residual: bool
    parts: Parts

    @property
    def out_channels(self) -> int:
        return self.stage.width * self.stage.block.expansion

    @property
    def strides_early(self) -> bool:
        """Whether the block's first 1x1 convolution strides, and not its 3x3."""
        return self.stage.block.type == "bottleneck" and self.stage.block.stride_in == "1x1"

    @property
    def first_dilation(self) -> int:
        """Of the first 3x3 convolution: the one that strides keeps the dilation of the block before."""
        return self.dilation if self.strides_early else self.previous_dilation

    @property
    def is_filtered(self) -> bool:
        """Whether a low-pass filter takes over the stride."""
        return self.parts.antialias != "none" and (self.stride != 1 or self.previous_dilation != self.dilation)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A convolution of the branch, and whether the filter follows the activation behind it."""

    conv: Conv2d
    is_filtered: bool = False


def add_block(x: Node, plan: Plan) -> Block:
    """The block on top of `x`: branch, attention, drop path, shortcut, addition, activation."""
    builder = plan.parts.builder
    first = len(builder.nodes)
    preactivation = plan.stage.block.preactivation
    _check_width(plan)
    units = _basic(plan, x) if plan.stage.block.type == "basic" else _bottleneck(plan, x)
    branch, activated = _preactivated(plan, units, x) if preactivation else (_activated(plan, units, x), x)
    branch = plan.parts.attention(f"{plan.name}.se", branch, plan.stage.block.attention)
    branch = plan.parts.drop_path(f"{plan.name}.drop_path", branch, plan.drop_path)
    shortcut, source = _shortcut(plan, x, activated, branch)
    y = branch
    if source is not None:
        y = builder.add(f"{plan.name}.add", Add(), branch, source, place=plan.parts.place)
    if not preactivation:
        plan.parts.activation(f"{plan.name}.act{len(units)}", y)
    return Block(
        name=plan.name,
        kind="BasicBlock" if plan.stage.block.type == "basic" else "Bottleneck",
        stage=plan.number,
        input_shape=x.shape,
        shortcut=shortcut,
        nodes=tuple(builder.nodes[first:]),
    )


def _check_width(plan: Plan) -> None:
    """Report a block with too many output channels."""
    if (channels := plan.out_channels) > MAX_CHANNELS:
        product = f"width {plan.stage.width:,} × expansion {plan.stage.block.expansion:,} = {channels:,}"
        plan.parts.builder.too_wide(plan.name, channels, plan.parts.place, product)


def _basic(plan: Plan, x: Node) -> tuple[_Unit, ...]:
    """3x3, 3x3."""
    width = plan.stage.width // plan.stage.block.reduce_first
    _require(
        width, plan, "groups", f"width {plan.stage.width} is less than reduce_first {plan.stage.block.reduce_first}"
    )
    stride = 1 if plan.is_filtered else plan.stride
    return (
        _Unit(_conv3x3(x.shape[0], width, stride, plan.first_dilation), plan.is_filtered),
        _Unit(_conv3x3(width, plan.out_channels, 1, plan.dilation)),
    )


def _bottleneck(plan: Plan, x: Node) -> tuple[_Unit, ...]:
    """1x1, 3x3, 1x1; the inner width as in Xie et al. 2016 and Zagoruyko & Komodakis 2016."""
    block, width = plan.stage.block, plan.stage.width
    inner = width * block.width_per_group // 64 * block.groups
    _require(inner, plan, "inner_width", f"width {width} times width_per_group {block.width_per_group} is less than 64")
    if inner > MAX_CHANNELS:
        product = f"width {width:,} × width_per_group {block.width_per_group:,} ⁄ 64 × groups {block.groups:,}"
        plan.parts.builder.too_wide(f"{plan.name}.conv2", inner, plan.parts.place, f"{product} = {inner:,}")
    reduced = inner // block.reduce_first
    _require(reduced, plan, "groups", f"the inner width {inner} is less than reduce_first {block.reduce_first}")
    strides_early = plan.strides_early
    stride = 1 if plan.is_filtered else plan.stride
    return (
        _Unit(Conv2d(x.shape[0], reduced, 1, stride if strides_early else 1), plan.is_filtered and strides_early),
        _Unit(
            _conv3x3(reduced, inner, 1 if strides_early else stride, plan.first_dilation, block.groups),
            plan.is_filtered and not strides_early,
        ),
        _Unit(Conv2d(inner, plan.out_channels, 1)),
    )


def _conv3x3(in_channels: int, out_channels: int, stride: int, dilation: int, groups: int = 1) -> Conv2d:
    return Conv2d(in_channels, out_channels, 3, stride, padding=dilation, dilation=dilation, groups=groups)


def _require(channels: int, plan: Plan, cause: Cause, reason: str) -> None:
    """Give up on a convolution without channels."""
    if channels == 0:
        message = f"`{plan.name}` has a convolution without channels: {reason}"
        plan.parts.builder.fault(cause, message, plan.parts.place)
        raise Impossible


def _activated(plan: Plan, units: Sequence[_Unit], x: Node) -> Node:
    """Each convolution followed by its norm and, but for the last, its activation."""
    for number, unit in enumerate(units, 1):
        is_last = number == len(units)
        x = plan.parts.conv(f"{plan.name}.conv{number}", unit.conv, x)
        x = plan.parts.norm(f"{plan.name}.bn{number}", x, _initial_weight(plan, is_last))
        if not is_last:
            x = plan.parts.activation(f"{plan.name}.act{number}", x)
        if unit.is_filtered:
            x = plan.parts.low_pass(f"{plan.name}.aa", x, plan.stride)
    return x


def _preactivated(plan: Plan, units: Sequence[_Unit], x: Node) -> tuple[Node, Node]:
    """Each convolution preceded by its norm and activation; also the first activation (He et al. 2016)."""
    first = x
    filter_next = False
    for number, unit in enumerate(units, 1):
        x = plan.parts.norm(f"{plan.name}.bn{number}", x, _initial_weight(plan, number == len(units)))
        x = plan.parts.activation(f"{plan.name}.act{number}", x)
        if number == 1:
            first = x
        if filter_next:
            x = plan.parts.low_pass(f"{plan.name}.aa", x, plan.stride)
        x = plan.parts.conv(f"{plan.name}.conv{number}", unit.conv, x)
        filter_next = unit.is_filtered
    return x, first


def _initial_weight(plan: Plan, is_last: bool) -> float:
    return 0.0 if is_last and plan.zero_residual else 1.0


def _shortcut(plan: Plan, x: Node, activated: Node, branch: Node) -> tuple[Shortcut, Node | None]:
    """What is added to the branch; a plain network adds nothing."""
    reason = _difference(x, branch)
    if plan.shortcut.type == "none":
        return Shortcut("none", "the network is plain", plan.stride), None
    if x.shape == branch.shape and plan.shortcut.when == "shape_change":
        return Shortcut("identity", reason, plan.stride), x
    if plan.shortcut.type == "padding":
        op = PaddingShortcut(branch.shape[0], plan.stride)
        y = plan.parts.builder.add(f"{plan.name}.downsample", op, x, place=plan.parts.place)
        return Shortcut("padding", reason, plan.stride), y
    if x.shape == branch.shape:
        reason = "`shortcut.when` is `always`"
    return Shortcut("projection", reason, plan.stride), _projection(plan, activated)


def _projection(plan: Plan, x: Node) -> Node:
    """A convolution with the block's stride, or a pooling and a convolution; and a norm, but for pre-activation."""
    name = f"{plan.name}.downsample"
    if plan.shortcut.pool == "avg":
        x = _pooled(plan, f"{name}.0", x)
        x = plan.parts.conv(f"{name}.1", Conv2d(x.shape[0], plan.out_channels, 1), x)
        norm = f"{name}.2"
    else:
        changes_size = plan.stride != 1 or plan.dilation != 1
        if plan.shortcut.kernel == 3 and changes_size:
            conv = _conv3x3(x.shape[0], plan.out_channels, plan.stride, plan.first_dilation)
        else:
            conv = Conv2d(x.shape[0], plan.out_channels, 1, plan.stride)
        x = plan.parts.conv(f"{name}.0", conv, x)
        norm = f"{name}.1"
    return x if plan.stage.block.preactivation else plan.parts.norm(norm, x)


def _pooled(plan: Plan, name: str, x: Node) -> Node:
    """2x2 average pooling with the stride, or over neighbours where the stage dilates and does not stride."""
    if plan.stride == plan.dilation == 1:
        return x
    op = AvgPool2dSame() if plan.stride == 1 else AvgPool2d(2, plan.stride, ceil=True)
    return plan.parts.builder.add(name, op, x, place=plan.parts.place)


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
