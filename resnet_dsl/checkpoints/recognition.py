"""Names and shapes of a checkpoint -> the spec of its network."""

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
from ..lowering.blocks.bottleneck import inner_width
from ..lowering.names import CLASSIFIER, CONVOLUTION, FINAL_NORM, NORM, PROJECTION, STEM_CONVOLUTION, STEM_POOL
from ..lowering.names import block as block_path
from ..lowering.names import stage as stage_path
from .comparison import State
from .observed_stages import ObservedStage, Unrecognised, observed_stages, shape_of

_CLASSIFIER = f"{CLASSIFIER}.weight"
_RATIOS = (Attention().ratio, 0.25, 0.125, 0.5)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A spec as plain data, and the reasons why some of its values are only conventional, by dotted key."""

    document: dict[str, Plain]
    conventions: Mapping[str, str]


class _Conventions(dict[str, str]):
    """The reasons why values are only conventional, by dotted key."""

    def conventional(self, key: str, value: Plain, reason: str) -> Any:
        self[key] = reason
        return value


def recognise(state: State) -> Recognised:
    """The spec of the network whose `state_dict` has these names and shapes.

    Raises:
        Unrecognised: there is no stem convolution or no stage, or a layer has a shape that no spec can give it.
    """
    conventions = _Conventions()
    stages = tuple(observed_stages(state))
    if not stages:
        raise Unrecognised(f"it has no `{block_path(1, 0)}.{CONVOLUTION}1.weight`")
    stem, in_channels = _stem(state, conventions)
    norm = _norm(state, stages, conventions)
    shortcut = _shortcut(state, stages, conventions)
    keys = _stage_keys(stem, stages, shortcut, conventions)
    size = conventions.conventional("input.size", _size(stem, keys["strides"]), "a checkpoint fits any input size")
    document: dict[str, Plain] = {
        "input": {"channels": in_channels, "size": size},
        "stem": stem,
        "block": _block(state, stages, norm, conventions),
        "shortcut": shortcut,
        "norm": norm,
        "activation": conventions.conventional("activation", "relu", "activations have no weights"),
        "attention": _attention(stages),
        "antialias": _antialias(state, conventions),
        "stages": keys,
        "head": _head(state, stages[-1].out_channels, conventions),
    }
    return Recognised(document, conventions)


def _stem(state: State, conventions: _Conventions) -> tuple[dict[str, Any], int]:
    """The stem, and the channels of the input."""
    found = (STEM_CONVOLUTION.fullmatch(name) for name, shape in state.items() if len(shape) == 4)
    matches = [match for match in found if match is not None]
    shapes = [shape_of(state, match[0], 4) for match in sorted(matches, key=lambda match: int(match[1] or 0))]
    if not shapes:
        raise Unrecognised("it has no convolution `conv1.weight`")
    channels = [shape[0] for shape in shapes]
    kernel = shapes[0][2]
    is_small = len(shapes) == 1 and kernel == 3
    stride = conventions.conventional("stem.stride", 1 if is_small else 2, "shapes do not reveal strides")
    pool = "conv"
    if f"{STEM_POOL}.0.weight" not in state:
        pool = conventions.conventional("stem.pool", "none" if is_small else "max", "pooling has no weights")
    stem = {"channels": channels[0] if len(channels) == 1 else channels, "kernel": kernel}
    return stem | {"stride": stride, "pool": pool}, shapes[0][1]


def _block(state: State, stages: Sequence[ObservedStage], norm: Plain, conventions: _Conventions) -> dict[str, Plain]:
    block: dict[str, Plain] = {"type": collapsed([stage.type for stage in stages])}
    settings = [_settings(stage) for stage in stages]
    for key in ("expansion", "groups", "width_per_group", "reduce_first"):
        block[key] = collapsed([each[key] for each in settings])
    if any("block.stride_in" not in BLOCKS[each.type].ineffective for each in stages):
        block["stride_in"] = conventions.conventional(
            "block.stride_in", "3x3", "shapes do not reveal which convolution strides"
        )
    if norm not in ("none", "instance"):
        return block | {"preactivation": f"{FINAL_NORM}.weight" in state}
    reason = "only a norm with weights reveals its position"
    return block | {"preactivation": conventions.conventional("block.preactivation", False, reason)}


def _settings(stage: ObservedStage) -> dict[str, int]:
    """Width, expansion (the block's default if possible), groups and the other settings that yield these shapes."""
    kind = BLOCKS[stage.type]
    has_no_inner = not kind.has_inner_width
    for expansion in (kind.expansion, *range(1, stage.out_channels + 1)):
        width, remainder = divmod(stage.out_channels, expansion)
        if remainder:
            continue
        per_group = 64 if has_no_inner else -(-64 * stage.inner // (stage.groups * width))
        inner = width if has_no_inner else inner_width(width, per_group, stage.groups)
        reduce_first = inner // stage.first
        fits = has_no_inner or (inner == stage.inner and per_group <= MAX_CHANNELS)
        if fits and reduce_first > 0 and inner // reduce_first == stage.first:
            settings = {"width": width, "expansion": expansion, "groups": stage.groups}
            return settings | {"width_per_group": per_group, "reduce_first": reduce_first}
    path = stage_path(stage.number)
    raise Unrecognised(f"no width yields the {stage.first} and {stage.inner} inner channels of `{path}`")


def _shortcut(state: State, stages: Sequence[ObservedStage], conventions: _Conventions) -> dict[str, Plain]:
    kernels = [kernel for stage in stages for kernel in stage.kernels]
    if not any(kernels):
        if any(stage.in_channels > stage.out_channels for stage in stages):
            return {"type": "none"}  # padding can only add channels
        kind = "projection" if len(stages) == 1 and stages[0].keeps_channels else "padding"
        return {
            "type": conventions.conventional(
                "shortcut.type", kind, "neither padding nor a plain network has shortcut weights"
            )
        }
    shortcut: dict[str, Plain] = {"type": "projection"}
    if all(kernels) and any(stage.depth > 1 for stage in stages):
        shortcut["when"] = "always"
    elif all(kernels) and any(_keeps_shape(stage, stages, max(kernels)) for stage in stages):
        reason = "the stage may have a projection because it strides"
        shortcut["when"] = conventions.conventional("shortcut.when", "always", reason)
    is_pooled = any(len(shape) == 4 for name, shape in state.items() if name.endswith(f".{PROJECTION}.1.weight"))
    return shortcut | ({"pool": "avg"} if is_pooled else {"kernel": max(kernels)})


def _keeps_shape(stage: ObservedStage, stages: Sequence[ObservedStage], kernel: int) -> bool:
    """Whether a stage that keeps its channels is assumed not to stride either."""
    return stage.keeps_channels and stage.kernels[0] == 1 and (stage is stages[0] or kernel == 3)


def _norm(state: State, stages: Sequence[ObservedStage], conventions: _Conventions) -> Any:
    first = block_path(stages[0].number, 0)
    if f"{first}.{NORM}1.running_mean" in state:
        return "batch"
    if f"{first}.{NORM}1.weight" in state:
        channels = [shape[0] for name, shape in state.items() if name.endswith(".weight") and len(shape) == 1]
        divides = all(count % 32 == 0 for count in channels)
        reason = "group and layer norm have the same weights"
        return conventions.conventional("norm", "group" if divides else "layer", reason)
    return "none" if f"{first}.{CONVOLUTION}1.bias" in state else "instance"


def _attention(stages: Sequence[ObservedStage]) -> Any:
    shared = _ratio([stage for stage in stages if _has_ratio(stage)])

    def one(stage: ObservedStage) -> Any:
        if not _has_ratio(stage):
            return stage.attention or "none"
        ratio = shared or _ratio([stage])
        if ratio is None:
            raise Unrecognised(f"no ratio yields the shape of the attention in `{stage_path(stage.number)}`")
        settings = {} if ratio == _RATIOS[0] else {"ratio": ratio}
        return shortened_settings({"type": stage.attention, **settings})

    return collapsed([one(stage) for stage in stages])


def _has_ratio(stage: ObservedStage) -> bool:
    return stage.attention in ATTENTIONS and "ratio" in ATTENTIONS[stage.attention].settings


def _ratio(stages: Sequence[ObservedStage]) -> float | None:
    """The reduction ratio of `se` that yields the reduced channels of all these stages."""
    pairs = [(stage.out_channels, next(iter(stage.attention_shape), 0)) for stage in stages]
    exact = [min(1.0, reduced / channels) for channels, reduced in pairs]
    for ratio in (*_RATIOS, *exact):
        if ratio and all(reduced_channels(channels, ratio) == reduced for channels, reduced in pairs):
            return ratio
    return None


def _antialias(state: State, conventions: _Conventions) -> Any:
    is_filtered = f"{STEM_POOL}.2.weight" in state and f"{STEM_POOL}.1.weight" not in state
    reason = "the stem has a filter, but filters have no weights" if is_filtered else "filters have no weights"
    return conventions.conventional("antialias", "blur" if is_filtered else "none", reason)


def _stage_keys(
    stem: dict[str, Any], stages: Sequence[ObservedStage], shortcut: Mapping[str, Plain], conventions: _Conventions
) -> dict[str, Any]:
    """Depths, widths, strides, and dilations if a 3x3 projection in a block that cannot stride reveals one.

    In networks with so many stages that the input would shrink to nothing, only strides that shapes reveal are kept.
    """
    known = [_known_stride(stage, shortcut) for stage in stages]
    strides = [(2 if index else 1) if stride is None else stride for index, stride in enumerate(known)]
    if 2 * _total(stem, strides) > MAX_SIZE:
        strides = [stride or 1 for stride in known]
        stem |= {"stride": 1, "pool": "conv" if stem["pool"] == "conv" else "none"}
    dilations = [2 if 3 in stage.kernels[1:] else 1 for stage in stages]
    reason = "shapes do not reveal strides or the dilations that replace them"
    return {
        "depths": [stage.depth for stage in stages],
        "widths": [_settings(stage)["width"] for stage in stages],
        "strides": conventions.conventional("stages.strides", [*strides], reason),
    } | ({"dilations": dilations} if 2 in dilations else {})


def _known_stride(stage: ObservedStage, shortcut: Mapping[str, Plain]) -> int | None:
    """1 or 2 if shapes reveal whether a stage strides, where 2 represents any stride; else None."""
    first, *others = stage.kernels
    if shortcut.get("kernel") == 3 and first == 1:
        return 1
    if first == 3 and 3 not in others:
        return 2
    if shortcut["type"] == "projection" and "when" not in shortcut and stage.keeps_channels:
        return 2 if first else 1
    return None


def _total(stem: Mapping[str, Plain], strides: Sequence[int]) -> int:
    """The total stride of the network."""
    return prod(strides) * (2 if stem["stride"] == 2 else 1) * (1 if stem["pool"] == "none" else 2)


def _size(stem: Mapping[str, Plain], strides: Any) -> int:
    """The conventional input size, or one large enough that the last stage can still stride."""
    size, total = 32 if stem["stride"] == 1 else 224, _total(stem, strides)
    return size if size > total else min(2 * total, MAX_SIZE)


def _head(state: State, channels: int, conventions: _Conventions) -> dict[str, Plain]:
    classes, features = shape_of(state, _CLASSIFIER, 2) if _CLASSIFIER in state else (0, channels)
    if features == 2 * channels:
        return {"pool": "catavgmax", "classes": classes}
    return {"pool": conventions.conventional("head.pool", "avg", "pooling has no weights"), "classes": classes}
