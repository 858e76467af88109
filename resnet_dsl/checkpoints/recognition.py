"""From the names and shapes of a checkpoint to the spec of its network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from ..language.document.canonical import collapsed, shortened_settings
from ..language.spec import Attention
from ..language.text.tree import Plain
from ..limits import MAX_CHANNELS, MAX_SIZE
from ..lowering.attention import ATTENTIONS
from ..lowering.attention.squeeze_excite import reduced_channels
from ..lowering.blocks import BLOCKS
from ..lowering.names import CLASSIFIER, CONVOLUTION, FINAL_NORM, NORM, PROJECTION, STEM_CONVOLUTION, STEM_POOL
from ..lowering.names import block as block_path
from ..lowering.names import stage as stage_path
from .comparison import State
from .observed_stages import ObservedStage, Unrecognised, observed_stages, shape_of

_CLASSIFIER = f"{CLASSIFIER}.weight"
_RATIOS = (Attention().ratio, 0.25, 0.125, 0.5)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A spec as plain data, and by dotted key why some of its values are mere convention."""

    document: dict[str, Plain]
    conventions: Mapping[str, str]


class _Notes(dict[str, str]):
    """Why values are mere convention, by dotted key."""

    def conventional(self, key: str, value: Plain, reason: str) -> Any:
        self[key] = reason
        return value


def recognise(state: State) -> Recognised:
    """The spec of the network whose `state_dict` has these names and shapes.

    Raises:
        Unrecognised: there is no stem convolution or no stage, or a layer has a shape that none has here.
    """
    notes = _Notes()
    stages = tuple(observed_stages(state))
    if not stages:
        raise Unrecognised(f"it has no `{block_path(1, 0)}.{CONVOLUTION}1.weight`")
    stem, in_channels = _stem(state, notes)
    norm = _norm(state, stages, notes)
    shortcut = _shortcut(state, stages, notes)
    keys = _stage_keys(stem, stages, shortcut, notes)
    size = notes.conventional("input.size", _size(stem, keys["strides"]), "a checkpoint fits every size")
    document: dict[str, Plain] = {
        "input": {"channels": in_channels, "size": size},
        "stem": stem,
        "block": _block(state, stages, norm, notes),
        "shortcut": shortcut,
        "norm": norm,
        "activation": notes.conventional("activation", "relu", "an activation has no weights"),
        "attention": _attention(stages),
        "antialias": _antialias(state, notes),
        "stages": keys,
        "head": _head(state, stages[-1].out_channels, notes),
    }
    return Recognised(document, notes)


def _stem(state: State, notes: _Notes) -> tuple[dict[str, Any], int]:
    """The stem, and the channels of the input."""
    found = (STEM_CONVOLUTION.fullmatch(name) for name, shape in state.items() if len(shape) == 4)
    matches = [match for match in found if match is not None]
    shapes = [shape_of(state, match[0], 4) for match in sorted(matches, key=lambda match: int(match[1] or 0))]
    if not shapes:
        raise Unrecognised("it has no convolution `conv1.weight`")
    channels = [shape[0] for shape in shapes]
    kernel = shapes[0][2]
    is_small = len(shapes) == 1 and kernel == 3
    stride = notes.conventional("stem.stride", 1 if is_small else 2, "no shape tells a stride")
    pool = "conv"
    if f"{STEM_POOL}.0.weight" not in state:
        pool = notes.conventional("stem.pool", "none" if is_small else "max", "a pooling has no weights")
    stem = {"channels": channels[0] if len(channels) == 1 else channels, "kernel": kernel}
    return stem | {"stride": stride, "pool": pool}, shapes[0][1]


def _block(state: State, stages: Sequence[ObservedStage], norm: Plain, notes: _Notes) -> dict[str, Plain]:
    block: dict[str, Plain] = {"type": collapsed([stage.type for stage in stages])}
    settings = [_settings(stage) for stage in stages]
    for key in ("expansion", "groups", "width_per_group", "reduce_first"):
        block[key] = collapsed([each[key] for each in settings])
    if any("block.stride_in" not in BLOCKS[each.type].ineffective for each in stages):
        block["stride_in"] = notes.conventional("block.stride_in", "3x3", "no shape tells which convolution strides")
    if norm not in ("none", "instance"):
        return block | {"preactivation": f"{FINAL_NORM}.weight" in state}
    reason = "only a norm with weights tells where it stands"
    return block | {"preactivation": notes.conventional("block.preactivation", False, reason)}


def _settings(stage: ObservedStage) -> dict[str, int]:
    """A width and an expansion, the block's own if it will do, groups, and the rest, that give these shapes."""
    kind = BLOCKS[stage.type]
    has_no_inner = not kind.has_inner_width
    for expansion in (kind.expansion, *range(1, stage.out_channels + 1)):
        width, remainder = divmod(stage.out_channels, expansion)
        if remainder:
            continue
        per_group = 64 if has_no_inner else -(-64 * stage.inner // (stage.groups * width))
        inner = width if has_no_inner else width * per_group // 64 * stage.groups
        reduce_first = inner // stage.first
        fits = has_no_inner or (inner == stage.inner and per_group <= MAX_CHANNELS)
        if fits and reduce_first > 0 and inner // reduce_first == stage.first:
            settings = {"width": width, "expansion": expansion, "groups": stage.groups}
            return settings | {"width_per_group": per_group, "reduce_first": reduce_first}
    raise Unrecognised(f"no width gives {stage_path(stage.number)} its {stage.first} and {stage.inner} inner channels")


def _shortcut(state: State, stages: Sequence[ObservedStage], notes: _Notes) -> dict[str, Plain]:
    kernels = [kernel for stage in stages for kernel in stage.kernels]
    if not any(kernels):
        if any(stage.in_channels > stage.out_channels for stage in stages):
            return {"type": "none"}  # padding adds channels only
        kind = "projection" if len(stages) == 1 and stages[0].keeps_channels else "padding"
        return {"type": notes.conventional("shortcut.type", kind, "padding and no shortcut at all have no weights")}
    shortcut: dict[str, Plain] = {"type": "projection"}
    if all(kernels) and any(stage.depth > 1 for stage in stages):
        shortcut["when"] = "always"
    elif all(kernels) and any(_keeps_shape(stage, stages, max(kernels)) for stage in stages):
        reason = "a projection may also stand where a stage strides"
        shortcut["when"] = notes.conventional("shortcut.when", "always", reason)
    is_pooled = any(len(shape) == 4 for name, shape in state.items() if name.endswith(f".{PROJECTION}.1.weight"))
    return shortcut | ({"pool": "avg"} if is_pooled else {"kernel": max(kernels)})


def _keeps_shape(stage: ObservedStage, stages: Sequence[ObservedStage], kernel: int) -> bool:
    """Whether the stage, whose channels stay, is taken for one that does not stride either."""
    return stage.keeps_channels and stage.kernels[0] == 1 and (stage is stages[0] or kernel == 3)


def _norm(state: State, stages: Sequence[ObservedStage], notes: _Notes) -> Any:
    first = block_path(stages[0].number, 0)
    if f"{first}.{NORM}1.running_mean" in state:
        return "batch"
    if f"{first}.{NORM}1.weight" in state:
        channels = [shape[0] for name, shape in state.items() if name.endswith(".weight") and len(shape) == 1]
        divides = all(count % 32 == 0 for count in channels)
        reason = "group and layer norm have the same weights"
        return notes.conventional("norm", "group" if divides else "layer", reason)
    return "none" if f"{first}.{CONVOLUTION}1.bias" in state else "instance"


def _attention(stages: Sequence[ObservedStage]) -> Any:
    shared = _ratio([stage for stage in stages if _has_ratio(stage)])

    def one(stage: ObservedStage) -> Any:
        if not _has_ratio(stage):
            return stage.attention or "none"
        ratio = shared or _ratio([stage])
        if ratio is None:
            raise Unrecognised(f"no ratio gives the attention of {stage_path(stage.number)} its shape")
        settings = {} if ratio == _RATIOS[0] else {"ratio": ratio}
        return shortened_settings({"type": stage.attention, **settings})

    return collapsed([one(stage) for stage in stages])


def _has_ratio(stage: ObservedStage) -> bool:
    return stage.attention in ATTENTIONS and "ratio" in ATTENTIONS[stage.attention].settings


def _ratio(stages: Sequence[ObservedStage]) -> float | None:
    """The share of channels between the layers of `se` that gives all these stages theirs."""
    reduced = [(stage.out_channels, next(iter(stage.attention_shape), 0)) for stage in stages]
    exact = [min(1.0, few / channels) for channels, few in reduced]
    for ratio in (*_RATIOS, *exact):
        if ratio and all(reduced_channels(channels, ratio) == few for channels, few in reduced):
            return ratio
    return None


def _antialias(state: State, notes: _Notes) -> Any:
    is_filtered = f"{STEM_POOL}.2.weight" in state and f"{STEM_POOL}.1.weight" not in state
    reason = "there is a filter in the stem, but it has no weights" if is_filtered else "a filter has no weights"
    return notes.conventional("antialias", "blur" if is_filtered else "none", reason)


def _stage_keys(
    stem: dict[str, Any], stages: Sequence[ObservedStage], shortcut: Mapping[str, Plain], notes: _Notes
) -> dict[str, Any]:
    """Depths, widths, strides, and dilations where a 3x3 projection in a block that cannot stride tells of one.

    Conventional strides give way in networks so long that nothing would be left for those that shapes tell of.
    """
    known = [_known_stride(stage, shortcut) for stage in stages]
    strides = [(2 if index else 1) if stride is None else stride for index, stride in enumerate(known)]
    if 2 * _total(stem, strides) > MAX_SIZE:
        strides = [stride or 1 for stride in known]
        stem |= {"stride": 1, "pool": "conv" if stem["pool"] == "conv" else "none"}
    dilations = [2 if 3 in stage.kernels[1:] else 1 for stage in stages]
    reason = "no shape tells a stride, or a dilation instead"
    return {
        "depths": [stage.depth for stage in stages],
        "widths": [_settings(stage)["width"] for stage in stages],
        "strides": notes.conventional("stages.strides", [*strides], reason),
    } | ({"dilations": dilations} if 2 in dilations else {})


def _known_stride(stage: ObservedStage, shortcut: Mapping[str, Plain]) -> int | None:
    """1 or 2 where shapes tell whether a stage strides; the latter stands for every stride."""
    first, *others = stage.kernels
    if shortcut.get("kernel") == 3 and first == 1:
        return 1
    if first == 3 and 3 not in others:
        return 2
    if shortcut["type"] == "projection" and "when" not in shortcut and stage.keeps_channels:
        return 2 if first else 1
    return None


def _total(stem: Mapping[str, Plain], strides: Sequence[int]) -> int:
    """The stride of the whole network."""
    return prod(strides) * (2 if stem["stride"] == 2 else 1) * (1 if stem["pool"] == "none" else 2)


def _size(stem: Mapping[str, Plain], strides: Any) -> int:
    """The conventional size, or one that leaves something for the last stage to stride over."""
    size, total = 32 if stem["stride"] == 1 else 224, _total(stem, strides)
    return size if size > total else min(2 * total, MAX_SIZE)


def _head(state: State, channels: int, notes: _Notes) -> dict[str, Plain]:
    classes, features = shape_of(state, _CLASSIFIER, 2) if _CLASSIFIER in state else (0, channels)
    if features == 2 * channels:
        return {"pool": "catavgmax", "classes": classes}
    return {"pool": notes.conventional("head.pool", "avg", "a pooling has no weights"), "classes": classes}
