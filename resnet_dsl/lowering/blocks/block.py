"""One residual block of any kind: branch, attention, drop path, shortcut, addition, activation."""

from collections.abc import Sequence

from ...graph.graph import Block, Node
from ...graph.ops import Add
from ...limits import MAX_CHANNELS
from ..attention import ATTENTIONS
from ..attention.gated import add_attention
from ..names import ACTIVATION, ADDITION, ATTENTION, CONVOLUTION, DROP_PATH, FILTER, NORM
from .kind import Plan, Unit
from .shortcut import add_shortcut


def add_block(x: Node, plan: Plan) -> Block:
    """Add a block on top of `x`."""
    layers = plan.layers
    first = len(layers.builder.nodes)
    preactivation = plan.stage.block.preactivation
    _check_width(plan)
    units = plan.kind.units(plan, x)
    branch, activated = _preactivated(plan, units, x) if preactivation else (_activated(plan, units, x), x)
    attention = plan.stage.block.attention
    branch = add_attention(layers, f"{plan.name}.{ATTENTION}", branch, attention)
    branch = layers.drop_path(f"{plan.name}.{DROP_PATH}", branch, plan.drop_path)
    shortcut, source = add_shortcut(plan, x, activated, branch)
    y = branch if source is None else layers.add(f"{plan.name}.{ADDITION}", Add(), branch, source)
    if not preactivation:
        layers.activation(f"{plan.name}.{ACTIVATION}{len(units)}", y)
    return Block(
        name=plan.name,
        kind=plan.kind.class_name,
        convolutions=plan.kind.convolutions,
        attention=ATTENTIONS[attention.type].label if attention.type in ATTENTIONS else "",
        stage=plan.number,
        input_shape=x.shape,
        shortcut=shortcut,
        nodes=tuple(layers.builder.nodes[first:]),
    )


def _check_width(plan: Plan) -> None:
    """Report a block that has too many output channels."""
    if (channels := plan.out_channels) > MAX_CHANNELS:
        product = f"width {plan.stage.width:,} × expansion {plan.stage.block.expansion:,} = {channels:,}"
        plan.layers.builder.report_too_wide(plan.name, channels, plan.layers.place, product)


def _activated(plan: Plan, units: Sequence[Unit], x: Node) -> Node:
    """Each convolution followed by its norm and, except for the last, its activation."""
    for number, unit in enumerate(units, 1):
        is_last = number == len(units)
        x = plan.layers.conv(f"{plan.name}.{CONVOLUTION}{number}", unit.conv, x)
        x = plan.layers.norm(f"{plan.name}.{NORM}{number}", x, _initial_weight(plan, is_last))
        if not is_last:
            x = plan.layers.activation(f"{plan.name}.{ACTIVATION}{number}", x)
        if unit.is_filtered:
            x = plan.layers.low_pass(f"{plan.name}.{FILTER}", x, plan.stride)
    return x


def _preactivated(plan: Plan, units: Sequence[Unit], x: Node) -> tuple[Node, Node]:
    """Each convolution preceded by its norm and activation (He et al. 2016); also returns the first activation."""
    first = x
    filter_next = False
    for number, unit in enumerate(units, 1):
        x = plan.layers.norm(f"{plan.name}.{NORM}{number}", x, _initial_weight(plan, number == len(units)))
        x = plan.layers.activation(f"{plan.name}.{ACTIVATION}{number}", x)
        if number == 1:
            first = x
        if filter_next:
            x = plan.layers.low_pass(f"{plan.name}.{FILTER}", x, plan.stride)
        x = plan.layers.conv(f"{plan.name}.{CONVOLUTION}{number}", unit.conv, x)
        filter_next = unit.is_filtered
    return x, first


def _initial_weight(plan: Plan, is_last: bool) -> float:
    return 0.0 if is_last and plan.zero_residual else 1.0
