"""A network in the terms of the language: frozen values with every default filled in. The defaults are defined only
here."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Literal, TypeAlias

from ..diagnostics.diagnostic import Label
from ..diagnostics.source import Span
from .document.lineage import Lineage
from .text.tree import Path, Table

NormType: TypeAlias = Literal["batch", "group", "instance", "layer", "none"]
ActivationType: TypeAlias = Literal[
    "relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "mish", "hardswish", "tanh"
]
Antialias: TypeAlias = Literal["none", "blur", "avg"]
ShortcutType: TypeAlias = Literal["projection", "padding", "none"]
HeadPool: TypeAlias = Literal["avg", "max", "avgmax", "catavgmax"]


DESCRIPTIVE = ("name", "version", "description", "reference", "expect")
"""The keys that describe a spec and not its network."""


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

    @property
    def reduction(self) -> int:
        """Input pixels per pixel of the first stage's input, along each side."""
        return self.stride * (1 if self.pool == "none" else 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    type: NormType = "batch"
    eps: float = 1e-5
    momentum: float = 0.1
    groups: int = 32


NORM_SETTINGS: Mapping[NormType, tuple[str, ...]] = {
    "batch": ("eps", "momentum"),
    "group": ("eps", "groups"),
    "instance": ("eps",),
    "layer": ("eps",),
    "none": (),
}
"""The settings of each norm type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    type: str = "none"
    """`none`, or one of the kinds listed in `lowering/attention`."""
    ratio: float = 0.0625
    """Only for `se`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    type: str
    """One of the kinds listed in `lowering/blocks`."""
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
    dilation: int = 1
    """Dilation of the 3x3 convolutions, before `output_stride` increases it."""
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
    norm: Norm = Norm()
    activation: ActivationType = "relu"
    antialias: Antialias = "none"
    shortcut: Shortcut = Shortcut()
    stages: tuple[Stage, ...]
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
    "block": Block,
    "shortcut": Shortcut,
    "norm": Norm,
    "attention": Attention,
    "stages": Stage,
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
