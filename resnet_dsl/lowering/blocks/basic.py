"""`basic`: 3x3, 3x3 (He et al. 2015, arXiv:1512.03385)."""

from ...graph.graph import Node
from .kind import BlockKind, Plan, Unit, conv3x3


def _units(plan: Plan, x: Node) -> tuple[Unit, ...]:
    reduce_first = plan.block.reduce_first
    width = plan.single.first or plan.width // reduce_first
    reason = f"width {plan.width} is less than reduce_first {reduce_first}"
    plan.layers.require(width, plan.name, "groups", reason)
    first = conv3x3(x.shape[0], width, plan.conv_stride, plan.first_dilation)
    return (
        Unit(first, plan.is_filtered, is_main=True),
        Unit(conv3x3(width, plan.out_channels, 1, plan.dilation)),
    )


BASIC = BlockKind(
    class_name="BasicBlock",
    plural="basic blocks",
    convolutions=2,
    expansion=1,
    ineffective={
        "block.groups": "a basic block has no grouped convolution",
        "block.group_width": "a basic block has no grouped convolution",
        "block.width_per_group": "a basic block has no inner width",
        "block.stride_in": "a basic block has no 1x1 convolution",
    },
    units=_units,
)
