"""A network in the terms of the language: frozen values with every default filled in. The defaults are defined only
here."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from math import prod
from typing import Literal, TypeAlias

from ..diagnostics.diagnostic import Label
from ..diagnostics.source import Span
from .document.lineage import Lineage
from .text.tree import Path, Table

NormType: TypeAlias = Literal["batch", "group", "instance", "layer", "none"]
ActivationType: TypeAlias = Literal[
    "relu",
    "leaky_relu",
    "relu6",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "hardswish",
    "tanh",
    "prelu",
    "celu",
    "sigmoid",
    "hardtanh",
    "softplus",
]
Antialias: TypeAlias = Literal["none", "blur", "avg"]
ShortcutType: TypeAlias = Literal["projection", "padding", "none"]
HeadPoolType: TypeAlias = Literal["avg", "max", "avgmax", "catavgmax", "attention"]


DESCRIPTIVE = ("name", "version", "description", "reference", "expect")
"""The keys that describe a spec and not its network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    channels: int = 3
    height: int = 224
    width: int = 224


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv:
    """Every convolution that a norm would follow or precede."""

    type: Literal["plain", "standardized"] = "plain"
    eps: float = 1e-6
    """Only for `standardized`."""
    bias: bool = False
    """Whether they have a bias beside their norm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StemPool:
    type: Literal["max", "avg", "conv", "none"] = "max"
    kernel: int = 3
    padding: Literal["ignore", "zero", "ceil", "same"] = "ignore"
    """Only for `max` with kernel 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stem:
    channels: tuple[int, ...] = (64,)
    """Output channels, one entry per convolution."""
    kernel: int = 7
    stride: int = 2
    strides: tuple[int, ...] | None = None
    """Instead of `stride`, one entry per convolution; None if only the first may stride."""
    pool: StemPool = StemPool()

    @property
    def all_strides(self) -> tuple[int, ...]:
        """The stride of each convolution."""
        return self.strides or (self.stride, *[1] * (len(self.channels) - 1))

    @property
    def reduction(self) -> int:
        """Input pixels per pixel of the first stage's input, along each side."""
        return prod(self.all_strides) * (1 if self.pool.type == "none" else 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    type: NormType = "batch"
    eps: float = 1e-5
    momentum: float = 0.1
    groups: int = 32
    group_width: int = 0
    """Channels per group, instead of `groups`; 0 if that says."""


NORM_SETTINGS: Mapping[NormType, tuple[str, ...]] = {
    "batch": ("eps", "momentum"),
    "group": ("eps", "groups", "group_width"),
    "instance": ("eps",),
    "layer": ("eps",),
    "none": (),
}
"""The settings of each norm type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    type: str = "none"
    """`none`, or one of the kinds listed in `lowering/attention`, which say what settings they have."""
    ratio: float = 0.0625
    divisor: int = 8
    of: Literal["own", "input"] = "own"
    """The channels that `ratio` counts: those that are scaled, or the block's input channels."""
    kernel: int | None = None
    """None if it follows from the channels."""
    position: Literal["end", "activated", "inner"] = "end"
    activation: ActivationType = "relu"
    """The one inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv3x3:
    """What stands for a block's 3x3 convolution with its norm and activation."""

    type: str = "plain"
    """`plain`, or one of the kinds listed in `lowering/conv3x3`, which say what settings they have."""
    scale: int = 4
    radix: int = 2
    ratio: float = 0.0625
    divisor: int = 32
    split: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    type: str
    """One of the kinds listed in `lowering/blocks`."""
    expansion: int
    groups: int = 1
    width_per_group: int = 64
    group_width: int = 0
    """Channels per group, instead of `groups`; 0 if that says."""
    reduce_first: int = 1
    conv3x3: Conv3x3 = Conv3x3()
    stride_in: Literal["3x3", "1x1"] = "3x3"
    pool: Literal["none", "before", "after"] = "none"
    """Average pooling that takes the block's stride, before or after the 3x3 convolution."""
    dropout: float = 0.0
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
    dilation: int = 1
    """Dilation of the 3x3 convolutions, before `output_stride` increases it."""
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    type: ShortcutType = "projection"
    when: Literal["shape_change", "always", "first"] = "shape_change"
    kernel: Literal[1, 3] = 1
    pool: Literal["none", "avg"] = "none"
    source: Literal["input", "activation"] = "input"
    """What the identity of a pre-activation block adds."""
    zeros: Literal["end", "both"] = "end"
    """Where `padding` puts its channels."""
    norm: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPool:
    type: HeadPoolType = "avg"
    heads: int | None = None
    """Only for `attention`; None if there is one for every 64 channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    norm: bool = True
    """Whether a norm follows pre-activation blocks."""
    activation: bool = True
    """Whether an activation follows pre-activation blocks."""
    conv: int = 0
    """Channels of a convolution before the pooling; 0 if there is none."""
    pool: HeadPool = HeadPool()
    dropout: float = 0.0
    classes: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleBlock:
    """What a single block, or each of a stage, has instead of its stage's values; None where it has the stage's."""

    name: str
    """`layer3.1`, or `layer3.*`, over which the block's own name wins, key by key."""
    first: int | None = None
    """Output channels of the first convolution."""
    inner: int | None = None
    """Output channels of the bottleneck's 3x3 convolution."""
    groups: int | None = None
    dilation: int | None = None
    attention: Attention | None = None
    dropout: float | None = None


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
    """The place in the text of each value of a spec."""

    spans: Mapping[Path, Span] = field(default_factory=dict)
    lineage: Lineage = field(default_factory=Lineage)

    def span(self, *path: str | int) -> Span | None:
        """The place of the value, else of the nearest enclosing collection that is written, else of the name."""
        for length in range(len(path), 0, -1):
            if (found := self.spans.get(path[:length])) is not None:
                return found
        return self.spans.get(("name",))

    def first_labels(self, paths: Sequence[Path]) -> tuple[Label, ...]:
        """A label at the first of these values that is written; if none is, at the nearest place to the first."""
        written = (path for path in paths if path in self.spans)
        return self.labels(*next(written, paths[0]))

    def labels(self, *path: str | int, text: str = "") -> tuple[Label, ...]:
        """Labels at the value and at the `extends` that brought it in; none if the spec has no text."""
        span = self.span(*path)
        return () if span is None else (Label(span, text), *self.lineage.labels(span))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One network. Equal specs describe the same network with the same name and expectations."""

    name: str
    version: int = 1
    description: str | None = None
    reference: str | None = None
    input: Input = Input()
    stem: Stem = Stem()
    conv: Conv = Conv()
    norm: Norm = Norm()
    activation: ActivationType = "relu"
    antialias: Antialias = "none"
    shortcut: Shortcut = Shortcut()
    stages: tuple[Stage, ...]
    blocks: tuple[SingleBlock, ...] = ()
    """What single blocks have instead of their stage's values."""
    output_stride: int | None = None
    """The stride at which the network stops losing resolution and dilates instead."""
    drop_path: float = 0.0
    """Probability of dropping the last residual branch, rising linearly from 0 at the first."""
    head: Head = Head()
    init: Init = Init()
    expect: Expect = Expect()
    origins: Origins = field(default=Origins(), compare=False, repr=False)
    written: Table | None = field(default=None, compare=False, repr=False)
    """The document the spec was made from: without defaults, merged with what it inherits."""


SECTIONS: Mapping[str, type] = {
    "input": Input,
    "stem": Stem,
    "conv": Conv,
    "block": Block,
    "shortcut": Shortcut,
    "norm": Norm,
    "attention": Attention,
    "stages": Stage,
    "blocks": SingleBlock,
    "head": Head,
    "init": Init,
    "expect": Expect,
}
"""The keys whose value is a mapping -> the class that represents it."""

STAGE_FIELDS: Mapping[str, str] = {"depths": "depth", "widths": "width", "strides": "stride", "dilations": "dilation"}
"""The keys of `stages` with one value per stage -> the field of `Stage`."""


def default(path: Sequence[str]) -> object:
    """The default of a key such as `("block", "groups")`; None if it has none or depends on other keys."""
    section, *rest = path
    kind, name = (SECTIONS[section], STAGE_FIELDS.get(rest[0], rest[0])) if rest else (Spec, section)
    value = next((each.default for each in fields(kind) if each.name == name), MISSING)
    return None if value is MISSING else value


def default_width(index: int) -> int:
    """Default base width of stage `index` (from 0)."""
    return 64 << index


def default_stride(index: int) -> int:
    """Default stride of stage `index` (from 0)."""
    return 1 if index == 0 else 2


def default_norm_eps(norm: NormType) -> float:
    """The default epsilon: timm's for layer norm, else PyTorch's."""
    return 1e-6 if norm == "layer" else Norm().eps
