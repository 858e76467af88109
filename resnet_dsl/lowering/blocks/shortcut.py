"""The shortcut that a block's shapes require; which blocks have a projection is decided only here."""

from ...graph.graph import Node, Shortcut
from ...graph.ops import AvgPool2d, AvgPool2dSame, Conv2d, PaddingShortcut
from ..names import PROJECTION
from .kind import Plan, conv3x3


def add_shortcut(plan: Plan, x: Node, activated: Node, branch: Node) -> tuple[Shortcut, Node | None]:
    """Add the nodes of the shortcut and return its description and output; a plain network has none.

    Args:
        plan: the block's plan.
        x: the block's input.
        activated: the input of a projection: `x`, or the first activation of a pre-activation block.
        branch: the last node of the branch.
    """
    shortcut, reason = plan.shortcut, _difference(x, branch)
    if shortcut.type == "none":
        return Shortcut("none", "the network is plain", plan.stride), None
    if x.shape == branch.shape and not plan.always_projects:
        return Shortcut("identity", reason, plan.stride), activated if shortcut.source == "activation" else x
    if shortcut.type == "padding":
        op = PaddingShortcut(branch.shape[0], plan.stride, splits_zeros=shortcut.zeros == "both")
        return Shortcut("padding", reason, plan.stride), plan.layers.add(f"{plan.name}.{PROJECTION}", op, x)
    if x.shape == branch.shape:
        reason = f"`shortcut.when` is `{shortcut.when}`"
    return Shortcut("projection", reason, plan.stride), _projection(plan, activated)


def _projection(plan: Plan, x: Node) -> Node:
    """A convolution with the block's stride, or pooling and a convolution; then a norm, unless pre-activated."""
    name = f"{plan.name}.{PROJECTION}"
    if plan.shortcut.pool == "avg":
        x = _pooled(plan, f"{name}.0", x)
        x = plan.layers.conv(f"{name}.1", Conv2d(x.shape[0], plan.out_channels, 1), x)
        norm = f"{name}.2"
    else:
        changes_size = plan.stride != 1 or plan.dilation != 1
        if plan.shortcut.kernel == 3 and changes_size:
            conv = conv3x3(x.shape[0], plan.out_channels, plan.stride, plan.first_dilation)
        else:
            conv = Conv2d(x.shape[0], plan.out_channels, 1, plan.stride)
        x = plan.layers.conv(f"{name}.0", conv, x)
        norm = f"{name}.1"
    has_norm = plan.shortcut.norm and not plan.block.preactivation
    return plan.layers.norm(norm, x) if has_norm else x


def _pooled(plan: Plan, name: str, x: Node) -> Node:
    """2x2 average pooling with the block's stride; with stride 1, only if the stage dilates."""
    if plan.stride == plan.dilation == 1:
        return x
    op = AvgPool2dSame() if plan.stride == 1 else AvgPool2d(2, plan.stride, ceil=True)
    return plan.layers.add(name, op, x)


def _difference(x: Node, branch: Node) -> str:
    """How the shapes of the block's input and the branch's output differ."""
    parts = ["channels"] * (x.shape[0] != branch.shape[0]) + ["size"] * (x.shape[1:] != branch.shape[1:])
    match parts:
        case []:
            return "the shapes are equal"
        case ["size"]:
            return "the size differs"
        case _:
            return f"{' and '.join(parts)} differ"
