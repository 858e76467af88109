"""Feature maps cut into parts along the channels, and weighed."""

from ...graph import ops
from ...graph.shapes import Shape
from .steps import Steps


def take_channels(op: ops.Slice, x: str, steps: Steps) -> str:
    bounds = (steps.integers("start", op.start), steps.integers("stop", op.stop), steps.integers("axis", 1))
    return steps("Slice", x, *bounds)


def sum_parts(op: ops.SumParts, x: str, steps: Steps, shape: Shape) -> str:
    """(batch, parts · channels, height, width) to (batch, channels, height, width)."""
    return steps("Sum", *steps.split(x, op.parts, shape[0] // op.parts))


def parts_softmax(op: ops.PartsSoftmax, x: str, steps: Steps, shape: Shape) -> str:
    """Softmax over the parts of (batch, channels, 1, 1), which are then outside of the groups."""
    parts = steps.reshape("parts", x, 0, op.groups, op.parts, shape[0] // (op.groups * op.parts))
    weights = steps("Transpose", steps("Softmax", parts, axis=2), perm=[0, 2, 1, 3])
    return steps.reshape("joined", weights, 0, *shape)


def pixel_softmax(x: str, steps: Steps) -> str:
    """Softmax over the pixels of each channel."""
    return steps.reshape_as(steps("Softmax", steps.reshape("pixels", x, 0, 0, -1), axis=2), x)
