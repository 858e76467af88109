"""A network in the words of the language: frozen values, every default filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..diagnostics.diagnostic import Label
from ..diagnostics.source import Span
from .document.lineage import Lineage
from .text.tree import Path

BlockType: TypeAlias = Literal["basic", "bottleneck"]
NormType: TypeAlias = Literal["batch", "group", "instance", "layer", "none"]
ActivationType: TypeAlias = Literal[
    "relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "mish", "hardswish", "tanh"
]
AttentionType: TypeAlias = Literal["none", "se", "eca"]
Antialias: TypeAlias = Literal["none", "blur", "avg"]
ShortcutType: TypeAlias = Literal["projection", "padding", "none"]
HeadPool: TypeAlias = Literal["avg", "max", "avgmax", "catavgmax"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    channels: int = 3
    height: int = 224
    width: int = 224


@dataclass(frozen=True, slots=True, kw_only=True)
class Stem:
    channels: tuple[int, ...] = (64,)
    """Output channels, one entry per convolution."""
    kernel: int = 7
    stride: int = 2
    pool: Literal["max", "conv", "none"] = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    type: NormType = "batch"
    eps: float = 1e-5
    momentum: float = 0.1
    """Of `batch`."""
    groups: int = 32
    """Of `group`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    type: AttentionType = "none"
    ratio: float = 0.0625
    """Of `se`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    type: BlockType
    expansion: int
    groups: int = 1
    width_per_group: int = 64
    reduce_first: int = 1
    stride_in: Literal["3x3", "1x1"] = "3x3"
    preactivation: bool = False
    attention: Attention = Attention()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    depth: int
    """Number of blocks."""
    width: int
    """Base width, before expansion."""
    stride: int
    """Stride of the first block."""
    dilation: int
    """Of the 3x3 convolutions, before what `output_stride` adds."""
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    type: ShortcutType = "projection"
    when: Literal["shape_change", "always"] = "shape_change"
    kernel: Literal[1, 3] = 1
    pool: Literal["none", "avg"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    pool: HeadPool = "avg"
    dropout: float = 0.0
    classes: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Init:
    zero_residual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    params: int | None = None
    macs: int | None = None
    depth: int | None = None
    output: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Origins:
    """Where in the text each value of a spec stands."""

    spans: Mapping[Path, Span] = field(default_factory=dict)
    lineage: Lineage = field(default_factory=Lineage)

    def span(self, *path: str | int) -> Span | None:
        """The place of the value, of the nearest collection around it that is written, or of the name."""
        for length in range(len(path), 0, -1):
            if (found := self.spans.get(path[:length])) is not None:
                return found
        return self.spans.get(("name",))

    def first_labels(self, paths: Sequence[Path]) -> tuple[Label, ...]:
        """A label at the first of these values that is written; where none is, at what is nearest to the first."""
        written = (path for path in paths if path in self.spans)
        return self.labels(*next(written, paths[0]))

    def labels(self, *path: str | int, text: str = "") -> tuple[Label, ...]:
        """A label at the place of the value, and at the `extends` that it came by; none where the spec has no text."""
        span = self.span(*path)
        return () if span is None else (Label(span, text), *self.lineage.labels(span))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One network. Equal specs describe the same network with the same name and the same expectations."""

    name: str
    version: int = 1
    description: str | None = None
    reference: str | None = None
    input: Input = Input()
    stem: Stem = Stem()
    norm: Norm = Norm()
    activation: ActivationType = "relu"
    antialias: Antialias = "none"
    shortcut: Shortcut = Shortcut()
    stages: tuple[Stage, ...]
    output_stride: int | None = None
    """The stride at which the network stops losing resolution and dilates instead."""
    drop_path: float = 0.0
    """Probability of dropping the last residual branch; the first has 0, those between rise evenly."""
    head: Head = Head()
    init: Init = Init()
    expect: Expect = Expect()
    origins: Origins = field(default=Origins(), compare=False, repr=False)
