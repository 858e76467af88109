"""What operations keep in memory, as numbers of values."""

from dataclasses import dataclass
from math import prod
from typing import Literal, TypeAlias

from ..shapes import Shape

Kind: TypeAlias = Literal["value", "float32", "int64"]
"""`value`: in the dtype of the feature maps, which autocast changes."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers in a memory of their own."""

    count: int
    kind: Kind = "value"

    @classmethod
    def of(cls, batch: int, shape: Shape, kind: Kind = "value") -> "Numbers":
        """Those of a batch of this shape."""
        return cls(batch * prod(shape), kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What an operation saves for its gradient in training, as PyTorch's autograd does; weights and buffers aside."""

    inputs: tuple[int, ...] = ()
    """The inputs that it saves, by position."""
    operands: tuple[int, ...] = ()
    """The inputs that it saves as its arithmetic takes them: autocast casts them before."""
    widened: tuple[int, ...] = ()
    """Those that it saves in float32, to which autocast casts them."""
    output: bool = False
    more: tuple[Numbers, ...] = ()
    """What else it computes and saves."""
    casts: int = 0
    """Weights and other numbers that it saves only because autocast casts them."""

    @property
    def lowers_precision(self) -> bool:
        """Whether autocast computes the operation in the lower precision."""
        return bool(self.operands or self.casts)
