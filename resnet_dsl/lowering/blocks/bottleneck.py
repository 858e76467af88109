"""`bottleneck`: 1x1, 3x3, 1x1 (He et al. 2015); inner width and groups as in Xie et al. 2016, arXiv:1611.05431."""

from ...graph.graph import Node
from ...graph.ops import Conv2d
from ...limits import MAX_CHANNELS
from .kind import BlockKind, Plan, Unit, conv3x3


def _units(plan: Plan, x: Node) -> tuple[Unit, ...]:
    block, layers = plan.stage.block, plan.layers
    inner = _inner_width(plan)
    reduced = inner // block.reduce_first
    layers.require(
        reduced, plan.name, "groups", f"the inner width {inner} is less than reduce_first {block.reduce_first}"
    )
    strides_early = plan.strides_early
    stride = 1 if plan.is_filtered else plan.stride
    return (
        Unit(Conv2d(x.shape[0], reduced, 1, stride if strides_early else 1), plan.is_filtered and strides_early),
        Unit(
            conv3x3(reduced, inner, 1 if strides_early else stride, plan.first_dilation, block.groups),
            plan.is_filtered and not strides_early,
        ),
        Unit(Conv2d(inner, plan.out_channels, 1)),
    )


def inner_width(width: int, width_per_group: int, groups: int) -> int:
    """Output channels of the 3x3 convolution, as in Xie et al. 2016 and Zagoruyko & Komodakis 2016."""
    return width * width_per_group // 64 * groups


def _inner_width(plan: Plan) -> int:
    """Output channels of the 3x3 convolution, a multiple of the groups."""
    block, width, layers = plan.stage.block, plan.stage.width, plan.layers
    inner = inner_width(width, block.width_per_group, block.groups)
    reason = f"width {width} times width_per_group {block.width_per_group} is less than 64"
    layers.require(inner, plan.name, "inner_width", reason)
    if inner > MAX_CHANNELS:
        product = f"width {width:,} × width_per_group {block.width_per_group:,} ⁄ 64 × groups {block.groups:,}"
        layers.builder.report_too_wide(f"{plan.name}.conv2", inner, layers.place, f"{product} = {inner:,}")
    return inner


BOTTLENECK = BlockKind(
    class_name="Bottleneck",
    plural="bottlenecks",
    convolutions=3,
    expansion=4,
    ineffective={},
    units=_units,
)
