"""What each stage of a network consists of: its blocks, and what they have in them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

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


def position(name: str) -> tuple[int, int]:
    """The place that the name of a block says: its stage, from 1, and its number there, from 0; -1 for every block."""
    stage, _, number = name.removeprefix("layer").partition(".")
    return int(stage), -1 if number == "*" else int(number)
