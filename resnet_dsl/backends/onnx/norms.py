"""Norms."""

import numpy as np

from ...graph import ops
from .steps import Steps


def batch_norm(op: ops.BatchNorm2d, x: str, steps: Steps) -> str:
    entries = [steps.weight(name) for name in ("weight", "bias", "running_mean", "running_var")]
    return steps("BatchNormalization", x, *entries, epsilon=op.eps)


def group_norm(op: ops.GroupNorm, x: str, steps: Steps) -> str:
    """Instance norm over the groups; ONNX's own group norm had another meaning before opset 21."""
    groups = steps.reshape("groups", x, 0, op.groups, -1)
    normal = steps("InstanceNormalization", groups, *_unit_scale(op.groups, steps), epsilon=op.eps)
    normal = steps.reshape_as(normal, x)
    scaled = steps("Mul", normal, steps.weight("weight", axes=2))
    return steps("Add", scaled, steps.weight("bias", axes=2))


def instance_norm(op: ops.InstanceNorm2d, x: str, steps: Steps) -> str:
    return steps("InstanceNormalization", x, *_unit_scale(op.channels, steps), epsilon=op.eps)


def layer_norm(op: ops.LayerNorm2d, x: str, steps: Steps) -> str:
    """Over the channels, which are the last axis meanwhile."""
    last = steps("Transpose", x, perm=[0, 2, 3, 1])
    entries = [steps.weight(name) for name in ("weight", "bias")]
    return steps("Transpose", steps("LayerNormalization", last, *entries, epsilon=op.eps), perm=[0, 3, 1, 2])


def _unit_scale(channels: int, steps: Steps) -> tuple[str, str]:
    """The scale and the bias of a norm that has none."""
    return steps.constant("scale", np.ones(channels)), steps.constant("bias", np.zeros(channels))
