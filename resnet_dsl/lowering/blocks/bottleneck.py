"""`bottleneck`: 1x1, 3x3, 1x1 (He et al. 2015); inner width and groups as in Xie et al. 2016, arXiv:1611.05431."""

from ...graph.graph import Node
from ...graph.ops import Conv2d
from ...graph.shapes import counted
from ...limits import MAX_CHANNELS
from .kind import BlockKind, Plan, Unit, conv3x3


def _units(plan: Plan, x: Node) -> tuple[Unit, ...]:
    inner = plan.single.inner or _inner_width(plan)
    outer = inner * plan.splits
    first = plan.single.first or (outer if plan.keeps_channels else _first_width(plan, inner))
    strides_early = plan.strides_early
    early, late = (plan.conv_stride, 1) if strides_early else (1, plan.conv_stride)
    main = conv3x3(first // plan.splits, inner, late, plan.first_dilation, _groups(plan, inner))
    return (
        Unit(Conv2d(x.shape[0], first, 1, early), plan.is_filtered and strides_early),
        Unit(main, plan.is_filtered and not strides_early, is_main=True),
        Unit(Conv2d(outer, plan.out_channels, 1)),
    )


def inner_width(width: int, width_per_group: int, groups: int) -> int:
    """Output channels of the 3x3 convolution, as in Xie et al. 2016 and Zagoruyko & Komodakis 2016."""
    return width * width_per_group // 64 * groups


def _first_width(plan: Plan, inner: int) -> int:
    """Output channels of the first convolution, which do not follow an inner width of a single block's own."""
    inner = _inner_width(plan) if plan.single.inner else inner
    reduce_first = plan.block.reduce_first
    reason = f"the inner width {inner} is less than reduce_first {reduce_first}"
    plan.layers.require(inner // reduce_first, plan.name, "groups", reason)
    return inner // reduce_first


def _inner_width(plan: Plan) -> int:
    """Output channels of the 3x3 convolution, a multiple of the groups."""
    block, width, layers = plan.block, plan.width, plan.layers
    inner = inner_width(width, block.width_per_group, block.groups)
    reason = f"width {width} times width_per_group {block.width_per_group} is less than 64"
    layers.require(inner, plan.name, "inner_width", reason)
    if inner > MAX_CHANNELS:
        product = f"width {width:,} × width_per_group {block.width_per_group:,} ⁄ 64 × groups {block.groups:,}"
        layers.builder.report_too_wide(f"{plan.name}.conv2", inner, layers.place, f"{product} = {inner:,}")
    return inner


def _groups(plan: Plan, inner: int) -> int:
    """The number of groups; 1 if the inner width cannot be divided into groups of the width that is asked for."""
    if not plan.block.group_width:
        return plan.block.groups
    width = min(plan.block.group_width, inner)
    if inner % width:
        message = f"`{plan.name}.conv2`: cannot divide {counted(inner, 'channel')} into groups of {width:,}"
        plan.layers.builder.report("group_width", message, plan.layers.place, helps=_widths(width, inner))
        return 1
    return inner // width


def _widths(width: int, inner: int) -> tuple[str, ...]:
    """A help with the widths next to this one that divide the channels."""
    below = next(each for each in range(width, 0, -1) if inner % each == 0)
    above = next(each for each in range(width, inner + 1) if inner % each == 0)
    return (f"use groups of {below:,} or {above:,}, which divide {inner:,}",)


BOTTLENECK = BlockKind(
    class_name="Bottleneck",
    plural="bottlenecks",
    convolutions=3,
    expansion=4,
    ineffective={},
    units=_units,
)
