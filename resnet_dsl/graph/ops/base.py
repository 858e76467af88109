"""What every operation is."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar, Literal, TypeAlias

from ..shapes import Shape, Shapes

Initial: TypeAlias = Literal["default", "kaiming_fan_out"] | float
"""As PyTorch starts the layer; Kaiming normal (He et al. 2015, arXiv:1502.01852); or a number for all of its weight."""


class Operation:
    """What holds unless an operation says otherwise: no weights, no cost, the shape of its one input."""

    __slots__ = ()
    is_layer: ClassVar[bool] = True
    """Whether it is a module with a path, or plain arithmetic between modules."""
    gradient_needs_output: ClassVar[bool] = True
    """Whether its gradient is computed from its output, which then must not be overwritten."""
    has_constants: ClassVar[bool] = False
    """Whether it holds tensors that are neither trained nor saved."""
    counts_for_depth: ClassVar[bool] = False
    """Whether it is one of the layers that a network's depth counts."""

    @property
    def kind(self) -> str:
        return type(self).__name__

    @property
    def weights(self) -> Mapping[str, Shape]:
        """Name and shape of each trainable tensor."""
        return {}

    @property
    def statistics(self) -> Mapping[str, Shape]:
        """Name and shape of each tensor that is saved with the weights and not trained."""
        return {}

    @property
    def initial(self) -> Initial:
        """How its weights start."""
        return "default"

    @property
    def parameters(self) -> int:
        """Number of trainable numbers."""
        return sum(prod(shape) for shape in self.weights.values())

    def macs(self, shapes: Shapes) -> int:
        return 0

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return shape
