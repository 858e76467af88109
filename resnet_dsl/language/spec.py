"""A network in the words of the language: frozen values, every default filled in. The defaults stand here and nowhere
else."""

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
    groups: int = 32


NORM_SETTINGS: Mapping[NormType, tuple[str, ...]] = {
    "batch": ("eps", "momentum"),
    "group": ("eps", "groups"),
    "instance": ("eps",),
    "layer": ("eps",),
    "none": (),
}
"""The settings that each type of norm has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    type: str = "none"
    """`none`, or one of the kinds that `lowering/attention` lists."""
    ratio: float = 0.0625
    """Of `se`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    type: str
    """One of the kinds that `lowering/blocks` lists."""
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
    written: Table | None = field(default=None, compare=False, repr=False)
    """The document that it was made of, as written: without the defaults, with what is inherited."""


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
"""The keys that hold a mapping, and what the mapping becomes."""

STAGE_FIELDS: Mapping[str, str] = {"depths": "depth", "widths": "width", "strides": "stride", "dilations": "dilation"}
"""The keys of `stages` with one value per stage, and the field of a stage that each fills."""


def default(path: Sequence[str]) -> object:
    """The value of a key, such as `("block", "groups")`, where a spec does not write it; None where that depends."""
    section, *rest = path
    kind, name = (SECTIONS[section], STAGE_FIELDS.get(rest[0], rest[0])) if rest else (Spec, section)
    value = next((each.default for each in fields(kind) if each.name == name), MISSING)
    return None if value is MISSING else value


def default_width(index: int) -> int:
    """Base width of stage `index` (from 0) where the spec states none."""
    return 64 << index


def default_stride(index: int) -> int:
    """Stride of stage `index` (from 0) where the spec states none."""
    return 1 if index == 0 else 2


def default_norm_eps(norm: NormType) -> float:
    """What is added to the variance where the spec states nothing: for layer norm timm's, else PyTorch's."""
    return 1e-6 if norm == "layer" else Norm().eps
