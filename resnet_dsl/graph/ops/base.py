"""The base class of all operations."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import ClassVar, Literal, TypeAlias

from ..shapes import Shape, Shapes
from .memory import Numbers, Saved

Initial: TypeAlias = Literal["default", "kaiming_fan_out"] | float
"""PyTorch's default; Kaiming normal (He et al. 2015, arXiv:1502.01852); or a constant for the whole weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How an operation slides over its input, in the terms of PyTorch; its numbers hold for each side."""

    kernel: Shape
    stride: int = 1
    padding: int | Literal["same"] = 0
    """Values added at either end of a side; `same`: as many in all as it takes for a window at every stride-th value,
    the odd one at the end."""
    dilation: int = 1
    groups: int | None = None
    """Groups of channels that are convolved separately; None if nothing is convolved."""


class Operation:
    """The defaults for operations: no weights, no cost, one input, and the output shape equal to the input shape."""

    __slots__ = ()
    is_layer: ClassVar[bool] = True
    """Whether it is a module with a path, or plain arithmetic between modules."""
    gradient_needs_output: ClassVar[bool] = True
    """Whether its gradient is computed from its output, which must then not be overwritten."""
    is_view: ClassVar[bool] = False
    """Whether its output is a part of its input, in the same memory, which must then not be overwritten either."""
    idle_in_evaluation: ClassVar[bool] = False
    """Whether it returns its input as it is, except in training."""
    is_global: ClassVar[bool] = False
    """Whether every value of its output depends on all pixels of its input."""
    has_constants: ClassVar[bool] = False
    """Whether it has tensors that are neither trained nor saved."""
    takes_one_size: ClassVar[bool] = False
    """Whether only feature maps of the height and width in its fields fit, because its weights depend on them."""
    counts_for_depth: ClassVar[bool] = False
    """Whether it counts towards the network's depth."""

    @property
    def kind(self) -> str:
        return type(self).__name__

    @property
    def weights(self) -> Mapping[str, Shape]:
        """Name and shape of each trainable tensor."""
        return {}

    @property
    def statistics(self) -> Mapping[str, Shape]:
        """Name and shape of each tensor that is saved with the weights but not trained."""
        return {}

    @property
    def initial(self) -> Initial:
        """How its weights are initialised."""
        return "default"

    @property
    def parameters(self) -> int:
        """Number of trainable parameters."""
        return _parameters(self)

    @property
    def window(self) -> Window | None:
        """The window that slides over its input, if one does."""
        return None

    @property
    def works_in_place(self) -> bool:
        """Whether it overwrites its first input with its output if that is needed no more."""
        return False

    def macs(self, shapes: Shapes) -> int:
        return 0

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        """What it saves for its gradient, for a batch of inputs of these shapes."""
        return Saved()

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        """What is in memory beside its inputs after each of its steps in evaluation; the output is in the last."""
        return ((Numbers.of(batch, self.infer(shapes)),),)

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return shape


@lru_cache(maxsize=3000)
def _parameters(op: Operation) -> int:
    return sum(prod(shape) for shape in op.weights.values())
