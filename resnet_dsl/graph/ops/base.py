"""What every operation is."""

from typing import ClassVar

from ..shapes import Shape, Shapes


class Operation:
    """What holds unless an operation says otherwise: no parameters, no cost, the shape of its one input."""

    __slots__ = ()
    is_layer: ClassVar[bool] = True

    @property
    def kind(self) -> str:
        return type(self).__name__

    @property
    def parameters(self) -> int:
        return 0

    def macs(self, shapes: Shapes) -> int:
        return 0

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return shape
