"""What other libraries say of the stages, in their ways of counting, as a fragment of a spec."""

from collections.abc import Callable, Mapping
from typing import Any

from ...document.canonical import collapsed
from ...spec import default_stride, default_width
from ...text.tree import Plain
from .numbers import Document, is_count, is_number, reciprocal, section_of
from .table import vocabulary


def _from_block_outputs(value: Plain, document: Document) -> Plain:
    """Widths from the output channels of each stage, which are the widths times the expansion."""
    settings = section_of(document, "block")
    type_ = settings.get("type", document.get("layer_type", document.get("block_type")))
    expansion = settings.get("expansion", vocabulary().expansions.get(str(type_)))
    if not is_count(expansion) or not value or not isinstance(value, list) or not all(map(is_count, value)):
        return None
    widths: list[Any] = [*value]
    return [each // expansion for each in widths] if all(each % expansion == 0 for each in widths) else None


def _doubling(value: Any, document: Document) -> Plain:
    """Widths from that of the first stage."""
    if not is_count(value) or value < 8:  # a smaller number is a factor
        return value if isinstance(value, list) else None
    return [value * 2**index for index in range(_stages(document))] or None


def _stem_and_widths(value: Any, document: Document) -> Plain:
    """The stem's channels and the widths of the stages from the first of them."""
    if isinstance(value, list):
        return {"stages": {"widths": value}} if len(value) == _stages(document) else None
    widths = _doubling(value, document)
    return {"stem": {"channels": value}, "stages": {"widths": widths}} if widths else None


def _stem_channels_and_outputs(value: Plain, document: Document) -> Plain:
    """The stem's channels, and the widths of the stages from their output channels, in one list."""
    if not isinstance(value, list) or len(value) != _stages(document) + 1:
        return None
    widths = _from_block_outputs(value[1:], document)
    is_likely = isinstance(widths, list) and widths[0] == value[0]  # or else these are not outputs
    return {"stem": {"channels": value[0]}, "stages": {"widths": widths}} if is_likely else None


def _widened_network(value: Any, document: Document) -> Plain:
    """The stem's channels and the widths of the stages, all of them times a factor."""
    stages = _widened_stages(value, document)
    channels = section_of(document, "stem").get("channels", 64)
    if stages is None or not isinstance(channels, int):
        return None
    return {"stem": {"channels": _times(channels, value)}, **stages}


def _widened_stages(value: Any, document: Document) -> dict[str, Plain] | None:
    """The widths of the stages times a factor."""
    widths = _widths(document)
    if not is_number(value) or not 0 < value <= 64 or not widths:
        return None
    if widths == [width * value for width in (16, 32, 64)]:  # a wide ResNet's, times this already
        return {"stages": {"widths": [*widths]}}
    return {"stages": {"widths": [_times(width, value) for width in widths]}}


def _times(number: int, factor: float) -> int:
    return max(1, int(number * factor))


def _last_stride(value: Any, document: Document) -> Plain:
    """The strides of all stages from that of the last one."""
    count = _stages(document)
    strides: list[Plain] = [default_stride(index) for index in range(count)]
    return {"stages": {"strides": [*strides[:-1], value]}} if is_count(value) and count else None


def _first_stride(value: Any, document: Document) -> Plain:
    """The strides of all stages from that of the first one."""
    count = _stages(document)
    strides: list[Plain] = [default_stride(index) for index in range(count)]
    return {"stages": {"strides": [value, *strides[1:]]}} if is_count(value) and count else None


def _five_strides(value: Plain, document: Document) -> Plain:
    """The strides of the stages from a list that begins with those of the stem's convolution and pooling."""
    if isinstance(value, list) and len(value) == _stages(document) + 1 and value[:2] == [2, 2]:
        return [1, *value[2:]]
    return value if isinstance(value, list) and len(value) == _stages(document) else None


def _per_stage(value: Plain, document: Document) -> Plain:
    """A list with one width per stage, unless it could as well be their output channels."""
    if not isinstance(value, list) or len(value) != _stages(document):
        return None
    return None if _from_block_outputs(value, document) == [64, 128, 256, 512] != value else value


def _stage_widths(value: Plain, document: Document) -> Plain:
    """A list of widths, or that of the first stage."""
    return _per_stage(value, document) if isinstance(value, list) else _doubling(value, document)


def _per_stage_ratio(value: Plain, document: Document) -> Plain:
    """Expansions from ratios of inner to output channels, one per stage or one for all."""
    ratios = value if isinstance(value, list) else [value]
    if any(not isinstance(ratio, int | float) or ratio > 1 for ratio in ratios):
        return None
    found: Plain = collapsed([reciprocal(ratio, document) for ratio in ratios])
    return found


def _from_first_outputs(value: Any, document: Document) -> Plain:
    """The expansion from the output channels of the first stage."""
    width = next(iter(_widths(document)), 64)
    return value // width if is_count(value) and value % width == 0 else None


def _alike_stages(value: Any, _: Document) -> Plain:
    """Depths of the three stages of a network for CIFAR-10, which has 6n + 2 layers (He et al. 2015, Sec. 4.2)."""
    return [value] * 3 if is_count(value) and value <= 200 else None


def _block_list(value: Plain, _: Document) -> Plain:
    """Depths from a list with one mapping per stage."""
    if not isinstance(value, list) or not value:
        return None
    repeats = [item.get("num_repeats") if isinstance(item, dict) else None for item in value]
    filters = [item.get("input_filters") if isinstance(item, dict) else None for item in value]
    known: dict[str, Plain] = {"depths": [*repeats]}
    if None not in filters:
        known["widths"] = [*filters]
    return None if None in repeats else known


def _stages(document: Document) -> int:
    depths = section_of(document, "stages").get("depths")
    return len(depths) if isinstance(depths, list) else 0


def _widths(document: Document) -> list[int]:
    """The widths of the stages, as far as they are plain numbers."""
    widths = section_of(document, "stages").get("widths", [default_width(index) for index in range(_stages(document))])
    return widths if isinstance(widths, list) and all(map(is_count, widths)) else []


def _replaced_strides(value: Plain, document: Document) -> Plain:
    """torchvision's list of the stages, from the second on, that dilate instead of striding."""
    if not isinstance(value, list) or not value or not all(isinstance(each, bool) for each in value):
        return None
    if _stages(document) not in (0, len(value) + 1):
        return None
    replaced = value.count(True)
    if value[len(value) - replaced :] == [True] * replaced:
        return {"stages": {"output_stride": 4 << (len(value) - replaced)}}
    strides: list[Plain] = [1, *(1 if each else 2 for each in value)]
    dilations: list[Plain] = [2 ** value[:index].count(True) for index in range(len(value) + 1)]
    return {"stages": {"strides": strides, "dilations": dilations}}


def _first_downsamples(value: Plain, document: Document) -> Plain:
    """The strides of all stages from whether the first one strides."""
    return _first_stride(2 if value else 1, document) if isinstance(value, bool) else None


def _first_stages(value: Any, document: Document) -> Plain:
    """The depths of the first stages."""
    depths = section_of(document, "stages").get("depths")
    return depths[:value] if is_count(value) and isinstance(depths, list) and value <= len(depths) else None


def _dilated_res5(value: Plain, _: Document) -> Plain:
    return {1: 32, 2: 16}.get(value) if isinstance(value, int) else None


STAGE_CONVERSIONS: Mapping[str, Callable[[Any, Document], Plain]] = {
    "from_block_outputs": _from_block_outputs,
    "from_first_outputs": _from_first_outputs,
    "doubling": _doubling,
    "stem_and_widths": _stem_and_widths,
    "stem_channels_and_outputs": _stem_channels_and_outputs,
    "widened_network": _widened_network,
    "widened_stages": _widened_stages,
    "last_stride": _last_stride,
    "first_stride": _first_stride,
    "five_strides": _five_strides,
    "per_stage": _per_stage,
    "stage_widths": _stage_widths,
    "per_stage_ratio": _per_stage_ratio,
    "alike_stages": _alike_stages,
    "block_list": _block_list,
    "first_downsamples": _first_downsamples,
    "first_stages": _first_stages,
    "replaced_strides": _replaced_strides,
    "dilated_res5": _dilated_res5,
}
"""The conversions of what is said of stages."""
