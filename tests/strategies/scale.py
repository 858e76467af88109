"""How large drawn networks are."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Size limits of networks."""

    stages: int
    depth: int
    width: int
    expansion: int
    groups: int
    splits: int
    """The largest scale of Res2Net's 3x3."""
    stem: int
    kernels: tuple[int, ...]
    strides: tuple[int, ...]
    filtered_stride: int
    """The largest stride of networks whose feature maps must not shrink to one pixel."""
    size: int
    dilations: tuple[int, ...]
    classes: int
    has_large_defaults: bool
    """Whether keys whose defaults have the size of the ImageNet network may be omitted."""


LARGE = Scale(
    stages=16,
    depth=4,
    width=256,
    expansion=5,
    groups=16,
    splits=8,
    stem=96,
    kernels=(1, 3, 5, 7, 31),
    strides=(1, 1, 2, 2, 3, 64),
    filtered_stride=3,
    size=70,
    dilations=(1, 1, 2, 4, 64),
    classes=1000,
    has_large_defaults=True,
)
SMALL = Scale(
    stages=3,
    depth=2,
    width=6,
    expansion=3,
    groups=3,
    splits=4,
    stem=6,
    kernels=(1, 3, 5),
    strides=(1, 1, 2, 3),
    filtered_stride=2,
    size=40,
    dilations=(1, 1, 2, 3),
    classes=6,
    has_large_defaults=False,
)
