"""What every operation is."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from ..shapes import Shape, Shapes


class Operation:
    """What holds unless an operation says otherwise: no weights, no cost, the shape of its one input."""

    __slots__ = ()
    is_layer: ClassVar[bool] = True

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
    def parameters(self) -> int:
        """Number of trainable numbers."""
        return sum(prod(shape) for shape in self.weights.values())

    def macs(self, shapes: Shapes) -> int:
        return 0

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return shape
