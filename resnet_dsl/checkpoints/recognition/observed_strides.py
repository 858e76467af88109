"""What the shapes of a checkpoint reveal about strides and dilations, and the sizes that fit them."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from ...language.document.canonical import collapsed
from ...language.text.tree import Plain
from ...limits import MAX_SIZE
from .observed_stages import ObservedStage
from .open_values import OpenValues


def stride_keys(
    stem: dict[str, Any], stages: Sequence[ObservedStage], shortcut: Mapping[str, Plain], open_values: OpenValues
) -> dict[str, Any]:
    """Strides, and dilations where there are any.

    In networks with so many stages that the input would shrink to nothing, only strides that shapes reveal are kept.
    """
    known = [_known_stride(stage, shortcut) for stage in stages]
    strides = [(2 if index else 1) if stride is None else stride for index, stride in enumerate(known)]
    if 2 * total_stride(stem, strides) > MAX_SIZE:
        strides = [stride or 1 for stride in known]
        stem |= {"stride": 1, "pool": "conv" if stem["pool"] == "conv" else "none"}
    dilations = [2 if 3 in stage.kernels[1:] else 1 for stage in stages]
    is_dilated = [_is_dilated(stage, shortcut) for stage in stages]
    reason = "shapes do not reveal strides or the dilations that replace them"
    keys = {
        "strides": open_values.choose_each("stages.strides", strides, [_is_more(stride) for stride in known], reason)
    }
    dilations = open_values.choose_each("stages.dilations", dilations, is_dilated, "shapes do not reveal dilations")
    if any(dilation > 1 for dilation in dilations):
        return keys | {"dilations": collapsed(dilations)}
    del open_values.conventions["stages.dilations"]
    return keys


def _is_more(known: int | None) -> bool | None:
    return None if known is None else known > 1


def _known_stride(stage: ObservedStage, shortcut: Mapping[str, Plain]) -> int | None:
    """1 or 2 if shapes reveal whether a stage strides, where 2 represents any stride; else None."""
    first, *others = stage.kernels
    if shortcut.get("kernel") == 3 and first == 1:
        return 1
    if first == 3 and 3 not in others:
        return 2
    if shortcut["type"] == "projection" and shortcut.get("when") != "always" and stage.keeps_channels:
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


def total_stride(stem: Mapping[str, Any], strides: Sequence[int]) -> int:
    """The total stride of the network."""
    return prod(strides) * int(stem["stride"]) * (1 if stem["pool"] == "none" else 2)


def conventional_size(stem: Mapping[str, Plain], total: int) -> int:
    """The conventional input size, or one large enough that the last stage can still stride."""
    size = 32 if stem["stride"] == 1 else 224
    return size if size > total else min(2 * total, MAX_SIZE)


def smallest(size: Any) -> int:
    """The shorter side of an input size."""
    return int(min(size)) if isinstance(size, list | tuple) else int(size)
