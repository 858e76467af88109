"""What the shapes of a checkpoint reveal about strides and dilations."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import prod
from operator import mul
from typing import Any

from ...language.document.canonical import collapsed
from ...language.spec import Block, Spec, Stage, Stem, StemPool, default_stride
from ...language.text.tree import Plain
from ...limits import MAX_SIZE
from ...lowering.blocks import BLOCKS
from ...lowering.resolution import Resolution, resolutions
from .observed_blocks import ObservedBlock
from .observed_stages import ObservedStage
from .observed_stem import reduction
from .open_values import OpenValues
from .single_blocks import Entries, own, picked

_ANY = Block(type=next(iter(BLOCKS)), expansion=1)
_STRIDES = ("stem.stride", "stem.strides", "stem.pool", "stages.strides")
_REASON = "shapes do not reveal strides or the dilations that replace them"


def stride_keys(
    stem: dict[str, Any],
    stages: Sequence[ObservedStage],
    shortcut: Mapping[str, Plain],
    open_values: OpenValues,
    *,
    last_side: int,
    is_regnet: bool,
    is_explained: bool,
) -> dict[str, Any]:
    """Strides, and dilations where there are any.

    In networks with so many stages that no input is large enough, only strides that shapes reveal are kept.

    Args:
        stem: the value of `stem`, which may change.
        stages: the stages.
        shortcut: the value of `shortcut`.
        open_values: what decides on values that shapes leave open.
        last_side: pixels along a side of the last feature map that there must be.
        is_regnet: whether the network is like a RegNet.
        is_explained: whether the preferred values, or else the usual ones, give each block the projection that it has.
    """
    known = [_known_stride(stage, shortcut) for stage in stages]
    usual = usual_strides(len(stages), is_regnet)
    strides = [other if one is None or is_explained else one for one, other in zip(known, usual, strict=True)]
    is_open = all(open_values.preferred_value(key) is None for key in _STRIDES)
    if is_open and last_side * total_stride(stem, strides) > MAX_SIZE:
        strides = [stride or 1 for stride in known]
        stem |= {"stride": 1, "pool": "conv" if stem["pool"] == "conv" else "none"}
    dilations = [2 if 3 in stage.kernels[1:] and not is_explained else 1 for stage in stages]
    is_strided = [None if stride is None or is_explained else stride > 1 for stride in known]
    is_dilated = [None if is_explained else _is_dilated(stage, shortcut) for stage in stages]
    strides = open_values.choose_each("stages.strides", strides, is_strided, _REASON)
    dilations = open_values.choose_each("stages.dilations", dilations, is_dilated, "shapes do not reveal dilations")
    keys: dict[str, Any] = {"strides": strides}
    if any(dilation > 1 for dilation in dilations):
        keys["dilations"] = collapsed(dilations)
    else:
        del open_values.conventions["stages.dilations"]
    reached = accumulate(strides, mul, initial=reduction(stem))
    if open_values.preferred_value("stages.output_stride") in {*reached}:
        keys |= open_values.unusual("stages.output_stride", None)
    return keys


def usual_strides(count: int, is_regnet: bool) -> list[int]:
    """The usual strides of this many stages: those of RegNets all halve the size."""
    return [2 if is_regnet else default_stride(index) for index in range(count)]


def total_stride(stem: Mapping[str, Any], strides: Sequence[int]) -> int:
    """The total stride of the network."""
    return prod(strides) * reduction(stem)


def _known_stride(stage: ObservedStage, shortcut: Mapping[str, Plain]) -> int | None:
    """1 or 2 if shapes reveal whether a stage strides, where 2 represents any stride; else None."""
    first, *others = stage.kernels
    if shortcut.get("kernel") == 3 and first == 1:
        return 1
    if first == 3 and 3 not in others:
        return 2
    is_by_shape = shortcut["type"] == "projection" and shortcut.get("when", "shape_change") == "shape_change"
    if is_by_shape and stage.keeps_channels:
        return 2 if first else 1
    return None


def _is_dilated(stage: ObservedStage, shortcut: Mapping[str, Plain]) -> bool | None:
    """Whether the 3x3 convolutions of a stage are dilated, None if its projections do not reveal it."""
    if shortcut.get("kernel") != 3 or not any(stage.kernels):
        return None
    first, *others = stage.kernels
    if first == 1 or any(others):
        return 3 in others
    return None


def explains_projections(
    stem: Mapping[str, Any],
    stages: Sequence[ObservedStage],
    shortcut: Mapping[str, Plain],
    open_values: OpenValues,
    is_regnet: bool,
) -> bool:
    """Whether the preferred strides and dilations, or else the usual ones, give each block the projection it has."""
    if shortcut["type"] != "projection":
        return True
    preferred = open_values.preferred_values("stages.strides", len(stages))
    usual = usual_strides(len(stages), is_regnet)
    strides = [stride or other for stride, other in zip(preferred, usual, strict=True)]
    values = zip(stages, strides, open_values.preferred_values("stages.dilations", len(stages)), strict=True)
    spec = Spec(
        name="preferred",
        stem=Stem(stride=reduction(stem), pool=StemPool(type="none")),
        stages=tuple(
            Stage(depth=stage.depth, width=1, stride=stride, dilation=dilation or 1, block=_ANY)
            for stage, stride, dilation in values
        ),
        output_stride=open_values.preferred_value("stages.output_stride"),
    )
    single = picked(open_values.preferred_value("blocks"), ["dilation"])
    return all(
        _kernels(stage, shortcut, each, single) == stage.kernels
        for stage, each in zip(stages, resolutions(spec)[0], strict=True)
    )


def _kernels(
    stage: ObservedStage, shortcut: Mapping[str, Plain], resolution: Resolution, single: Entries
) -> tuple[int, ...]:
    """The kernel size of the projection that each block has with this stride and dilation, 0 if it has none."""

    def kernel(position: int, block: ObservedBlock) -> int:
        stride = 1 if position else resolution.stride
        dilation = own(single, stage.number, block.name).get("dilation", resolution.dilation)
        always = shortcut.get("when") == "always" or (shortcut.get("when") == "first" and not position)
        if not always and stride == 1 and block.in_channels == block.out_channels:
            return 0
        return 3 if shortcut.get("kernel") == 3 and (stride != 1 or dilation != 1) else 1

    return tuple(kernel(position, block) for position, block in enumerate(stage.blocks))
