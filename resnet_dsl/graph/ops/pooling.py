"""Pooling and low-pass filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal, TypeAlias

from ..shapes import Shape, ShapeError, Shapes, count_windows, counted, slide
from .base import Operation, Window
from .memory import Numbers, Saved


@dataclass(frozen=True, slots=True)
class MaxPool2d(Operation):
    """Padding is minus infinity, unless zeros take part; with `ceil`, a last window may extend past the edge.

    `same` pads as many values in all as make every stride-th pixel the first of a window, the smaller half in front.
    """

    kernel: int
    stride: int
    padding: int | Literal["same"]
    zeros: bool = False
    ceil: bool = False

    @property
    def kind(self) -> str:
        return "MaxPool2dZero" if self.zeros else "MaxPool2dSame" if self.padding == "same" else "MaxPool2d"

    @property
    def window(self) -> Window:
        return Window(kernel=(self.kernel, self.kernel), stride=self.stride, padding=self.padding)

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        if self.padding == "same":
            return (shape[0], *(count_windows(side, 1, self.stride) for side in shape[1:]))
        return slide(shape, shape[0], self.kernel, self.stride, self.padding, ceil=self.ceil)

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        padded, indices = self._padded(shapes[0], batch), Numbers.of(batch, self.infer(shapes), "int64")
        return Saved(more=(*padded, indices)) if padded else Saved(inputs=(0,), more=(indices,))

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        padded, output = self._padded(shapes[0], batch), self.infer(shapes)
        return ((*padded, Numbers.of(batch, output), Numbers.of(batch, output, "int64")),)

    def _padded(self, shape: Shape, batch: int) -> tuple[Numbers, ...]:
        """The copy of its input with values around it that it makes, if its padding is not PyTorch's."""
        if self.padding == "same":
            sides = [max((-(-side // self.stride) - 1) * self.stride + self.kernel, side) for side in shape[1:]]
        else:
            sides = [side + 2 * self.padding for side in shape[1:]]
        return (Numbers.of(batch, (shape[0], *sides)),) if self.zeros or self.padding == "same" else ()


@dataclass(frozen=True, slots=True)
class AvgPool2d(Operation):
    """With `ceil`, a last window may extend past the edge and averages only the pixels inside.

    Padding counts in the average as zeros only where `counts_padding` says so.
    """

    kernel: int
    stride: int
    ceil: bool = False
    padding: int = 0
    counts_padding: bool = False

    @property
    def window(self) -> Window:
        return Window(kernel=(self.kernel, self.kernel), stride=self.stride, padding=self.padding)

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        return slide(shape, shape[0], self.kernel, self.stride, self.padding, ceil=self.ceil)

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(inputs=(0,))


@dataclass(frozen=True, slots=True)
class AvgPool2dSame(Operation):
    """2x2, stride 1, zero-padded by a row at the bottom and a column on the right, which count in the average."""

    @property
    def window(self) -> Window:
        return Window(kernel=(2, 2), padding="same")

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(more=(_framed(shapes[0], batch, 1),))

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        return ((_framed(shapes[0], batch, 1), Numbers.of(batch, shapes[0])),)


@dataclass(frozen=True, slots=True)
class BlurPool2d(Operation):
    """A 3x3 binomial filter per channel, with reflection padding (Zhang 2019, arXiv:1904.11486)."""

    has_constants: ClassVar[bool] = True
    channels: int
    stride: int

    @property
    def window(self) -> Window:
        return Window(kernel=(3, 3), stride=self.stride, padding=1, groups=self.channels)

    def macs(self, shapes: Shapes) -> int:
        return 9 * prod(self.infer(shapes))

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved(widened=(0,), more=(_framed(shapes[0], batch, 2),), casts=9 * self.channels)

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        return ((_framed(shapes[0], batch, 2), Numbers.of(batch, self.infer(shapes))),)

    def infer(self, shapes: Shapes) -> Shape:
        (shape,) = shapes
        if min(shape[1:]) < 2:
            message = f"blur pooling cannot reflect the edges of a feature map of {shape[1]}x{shape[2]}"
            raise ShapeError("size", message, assumed=slide(shape, self.channels, 3, self.stride, padding=1))
        return slide(shape, self.channels, 3, self.stride, padding=1)


GlobalPooling: TypeAlias = Literal["avg", "max", "avgmax", "catavgmax"]

_GLOBAL_POOLS: Mapping[GlobalPooling, str] = {
    "avg": "AdaptiveAvgPool2d",
    "max": "AdaptiveMaxPool2d",
    "avgmax": "AdaptiveAvgMaxPool2d",
    "catavgmax": "AdaptiveCatAvgMaxPool2d",
}


@dataclass(frozen=True, slots=True)
class GlobalPool2d(Operation):
    """One value per channel: the mean, the maximum or their average; or both, concatenated."""

    is_global: ClassVar[bool] = True
    pooling: GlobalPooling

    @property
    def kind(self) -> str:
        return _GLOBAL_POOLS[self.pooling]

    def infer(self, shapes: Shapes) -> Shape:
        ((channels, _, _),) = shapes
        return (2 * channels if self.pooling == "catavgmax" else channels, 1, 1)

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        return Saved() if self.pooling == "avg" else Saved(inputs=(0,), more=(self._indices(shapes, batch),))

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        output, one = Numbers.of(batch, self.infer(shapes)), Numbers(batch * shapes[0][0])
        if self.pooling == "avg":
            return ((output,),)
        if self.pooling == "max":
            return ((output, self._indices(shapes, batch)),)
        return (one, one, self._indices(shapes, batch)), (one, one, output)

    def _indices(self, shapes: Shapes, batch: int) -> Numbers:
        """Where the maximum of each channel is."""
        return Numbers(batch * shapes[0][0], "int64")


@dataclass(frozen=True, slots=True)
class AttentionPool2d(Operation):
    """CLIP's pooling: the pixels' mean attends to itself and to every pixel (Radford et al. 2021, arXiv:2103.00020).

    Only feature maps of this height and width fit, for which it has an embedding.
    """

    is_global: ClassVar[bool] = True
    takes_one_size: ClassVar[bool] = True
    channels: int
    height: int
    width: int
    heads: int

    @property
    def weights(self) -> Mapping[str, Shape]:
        projections = {
            f"{name}.{entry}": shape
            for name in ("q_proj", "k_proj", "v_proj")
            for entry, shape in {"weight": (self.channels, self.channels), "bias": (self.channels,)}.items()
        }
        return {"positional_embedding": (self.height * self.width + 1, self.channels), **projections}

    def macs(self, shapes: Shapes) -> int:
        tokens = self.height * self.width + 1
        return self.channels**2 * (2 * tokens + 1) + 2 * self.channels * tokens

    def infer(self, shapes: Shapes) -> Shape:
        assert [(self.channels, self.height, self.width)] == list(shapes), (self, shapes)
        if self.channels % self.heads:
            message = f"attention pooling cannot divide {counted(self.channels, 'channel')} into {self.heads:,} heads"
            raise ShapeError("heads", message, assumed=(self.channels,))
        return (self.channels,)

    def saved(self, shapes: Shapes, batch: int, *, in_place: bool) -> Saved:
        """The tokens, the keys, the values, the query and the attention; casts of the weights and of the tokens."""
        tokens, one, attention = self._sizes(batch)
        casts = 3 * self.channels**2 + tokens.count + one.count
        return Saved(more=(tokens, tokens, tokens, one, attention), casts=casts)

    def moments(self, shapes: Shapes, batch: int) -> tuple[tuple[Numbers, ...], ...]:
        tokens, one, attention = self._sizes(batch)
        copies = (tokens,) if batch > 1 and self.heads > 1 else ()
        return (
            (one, tokens, tokens),
            (tokens, one, tokens, tokens, one, *copies, attention),
            (tokens, one, tokens, tokens, attention, *copies, one),
        )

    def _sizes(self, batch: int) -> tuple[Numbers, Numbers, Numbers]:
        """All tokens, one for each input, and the attention of each head to them."""
        tokens = batch * (self.height * self.width + 1)
        return Numbers(tokens * self.channels), Numbers(batch * self.channels), Numbers(tokens * self.heads)


def _framed(shape: Shape, batch: int, rows: int) -> Numbers:
    """A batch of feature maps of this shape with so many rows and columns more."""
    return Numbers.of(batch, (shape[0], *(side + rows for side in shape[1:])))
