"""One residual block of any kind: branch, attention, drop path, shortcut, addition, activation."""

from ...graph.graph import Block, Node
from ...graph.ops import Add
from ...limits import MAX_CHANNELS
from ..attention import ATTENTIONS
from ..names import ACTIVATION, ADDITION, ATTENTION_ACTIVATION, DROP_PATH
from .branch import Branch
from .kind import Plan
from .shortcut import add_shortcut


def add_block(x: Node, plan: Plan) -> Block:
    """Add a block on top of `x`."""
    layers = plan.layers
    first = len(layers.builder.nodes)
    layers.container(plan.name, plan.kind.class_name)
    preactivation = plan.block.preactivation
    _check_width(plan)
    branch = Branch(plan, x)
    y, activated = branch.preactivated() if preactivation else (branch.activated(), x)
    attention = plan.block.attention
    if attention.position == "activated":
        y = layers.activation(f"{plan.name}.{ATTENTION_ACTIVATION}", y)
    if attention.position != "inner":
        y = branch.attended(y)
    y = layers.drop_path(f"{plan.name}.{DROP_PATH}", y, plan.drop_path)
    shortcut, source = add_shortcut(plan, x, activated, y)
    y = y if source is None else layers.add(f"{plan.name}.{ADDITION}", Add(), y, source)
    if not preactivation:
        layers.activation(f"{plan.name}.{ACTIVATION}{plan.kind.convolutions}", y)
    return Block(
        name=plan.name,
        kind=plan.kind.class_name,
        convolutions=plan.kind.convolutions,
        attention=ATTENTIONS[attention.type].label if attention.type in ATTENTIONS else "",
        conv3x3=plan.conv3x3.label if plan.conv3x3 else "",
        stage=plan.number,
        input_shape=x.shape,
        shortcut=shortcut,
        nodes=tuple(layers.builder.nodes[first:]),
    )


def _check_width(plan: Plan) -> None:
    """Report a block that has too many output channels."""
    if (channels := plan.out_channels) > MAX_CHANNELS:
        product = f"width {plan.width:,} × expansion {plan.block.expansion:,} = {channels:,}"
        plan.layers.builder.report_too_wide(plan.name, channels, plan.layers.place, product)
