"""A network in the terms of the language: frozen values with every default filled in. The defaults are defined only
here and in `stages.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from math import prod
from typing import Literal, TypeAlias

from .origins import Origins as Origins
from .stages import ActivationType as ActivationType
from .stages import Attention as Attention
from .stages import Block as Block
from .stages import Conv3x3 as Conv3x3
from .stages import SingleBlock as SingleBlock
from .stages import Stage as Stage
from .stages import position as position
from .text.tree import Table

NormType: TypeAlias = Literal["batch", "group", "instance", "layer", "none"]
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


CONV_SETTINGS: Mapping[str, tuple[str, ...]] = {"plain": ("bias",), "standardized": ("eps", "bias")}
"""The settings of each type of convolution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StemPool:
    type: Literal["max", "avg", "conv", "none"] = "max"
    kernel: int = 3
    padding: Literal["ignore", "zero", "ceil", "same"] = "ignore"
    """Only for `max` with kernel 3."""


POOL_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "max": ("kernel", "padding"),
    "avg": ("kernel",),
    "conv": (),
    "none": (),
}
"""The settings of each type of the stem's pooling."""


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
class Init:
    zero_residual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What `expect` states; texts are bounds."""

    params: int | str | None = None
    macs: int | str | None = None
    memory: str | None = None
    receptive_field: int | str | None = None
    depth: int | None = None
    output: tuple[int, ...] | None = None


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
    was_made: bool = field(default=False, init=False, compare=False, repr=False)
    """Whether this very value was made from its document, rather than by `dataclasses.replace`."""


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
    return _default(tuple(path))


@cache
def _default(path: tuple[str, ...]) -> object:
    if path[0] == "blocks" and len(path) > 3:  # the settings of an attention have the same defaults everywhere
        return default(path[2:])
    section, *rest = path
    kind, (name, *settings) = (SECTIONS[section], rest[section == "blocks" :]) if rest else (Spec, [section])
    value: object = next((each.default for each in fields(kind) if each.name == STAGE_FIELDS.get(name, name)), MISSING)
    for setting in settings:
        value = getattr(value, setting, MISSING)
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


def default_pool_kernel(pool: str) -> int:
    """The default kernel size of the stem's pooling."""
    return 2 if pool == "avg" else StemPool().kernel
