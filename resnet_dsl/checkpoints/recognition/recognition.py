"""Names and shapes of a checkpoint -> the spec of its network."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ...language.document.canonical import collapsed, shortened_settings
from ...language.spec import NORM_SETTINGS, Norm, NormType, default, default_norm_eps
from ...language.text.tree import Plain
from ...lowering.blocks import BLOCKS
from ...lowering.names import CLASSIFIER, CONVOLUTION, NORM, PROJECTION, STEM_CONVOLUTION, STEM_POOL
from ...lowering.names import block as block_path
from ..comparison import State
from .observed_attention import has_ratio, observed_attention
from .observed_channels import channel_settings, is_ambiguous
from .observed_stages import ObservedStage, Unrecognised, observed_preactivation, observed_stages, shape_of
from .observed_strides import conventional_size, smallest, stride_keys, total_stride
from .open_values import DEFAULTED, OpenValues

_CLASSIFIER = f"{CLASSIFIER}.weight"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A spec as plain data, and the reasons why shapes leave some of its values open, by dotted key."""

    document: dict[str, Plain]
    conventions: Mapping[str, str]
    preferred: frozenset[str] = frozenset()
    """The open keys that have the preferred value and not the conventional one."""
    has_other_readings: bool = False
    """Whether other widths, expansions and other settings of the same channels describe the same network."""


def recognise(state: State, *, prefer: Mapping[str, Any] | None = None) -> Recognised:
    """The spec of the network whose `state_dict` has these names and shapes.

    Args:
        state: the names and shapes.
        prefer: values by dotted key, such as those of a spec, that are taken wherever shapes allow them.

    Raises:
        Unrecognised: there is no stem convolution or no stage, or a layer has a shape that no spec can give it.
    """
    open_values = OpenValues(prefer or {})
    stages = tuple(observed_stages(state))
    if not stages:
        raise Unrecognised(f"it has no `{block_path(1, 0)}.{CONVOLUTION}1.weight`")
    stem, in_channels = _stem(state, open_values)
    norm = _norm(state, stages, open_values)
    shortcut = _shortcut(state, stages, open_values)
    settings = channel_settings(stages, open_values)
    widths = [each["width"] for each in settings]
    keys = {"depths": [stage.depth for stage in stages], "widths": widths} | stride_keys(
        stem, stages, shortcut, open_values
    )
    least = total_stride(stem, keys["strides"])
    size = open_values.choose(
        "input.size",
        conventional_size(stem, least),
        "a checkpoint fits any input size",
        lambda value: smallest(value) > least,
    )
    document: dict[str, Plain] = {
        "input": {"channels": in_channels, "size": size},
        "stem": stem,
        "block": _block(state, stages, settings, norm, open_values),
        "shortcut": shortcut,
        "norm": norm,
        "activation": open_values.choose("activation", "relu", "activations have no weights"),
        "attention": observed_attention(stages, open_values),
        "antialias": _antialias(state, open_values),
        "stages": keys,
        "head": _head(state, stages[-1].out_channels, open_values),
    }
    ambiguous = any(is_ambiguous(stage) or has_ratio(stage) for stage in stages)
    return Recognised(
        _add_preferred(document, open_values), open_values.conventions, frozenset(open_values.preferred), ambiguous
    )


def _stem(state: State, open_values: OpenValues) -> tuple[dict[str, Any], int]:
    """The stem, and the channels of the input."""
    found = (STEM_CONVOLUTION.fullmatch(name) for name, shape in state.items() if len(shape) == 4)
    matches = [match for match in found if match is not None]
    shapes = [shape_of(state, match[0], 4) for match in sorted(matches, key=lambda match: int(match[1] or 0))]
    if not shapes:
        raise Unrecognised("it has no convolution `conv1.weight`")
    channels = [shape[0] for shape in shapes]
    kernel = shapes[0][2]
    is_small = len(shapes) == 1 and kernel == 3
    stride = open_values.choose("stem.stride", 1 if is_small else 2, "shapes do not reveal strides")
    pool = "conv"
    if f"{STEM_POOL}.0.weight" not in state:
        conventional = "none" if is_small else "max"
        pool = open_values.choose("stem.pool", conventional, "pooling has no weights", lambda value: value != "conv")
    stem = {"channels": channels[0] if len(channels) == 1 else channels, "kernel": kernel}
    return stem | {"stride": stride, "pool": pool}, shapes[0][1]


def _block(
    state: State,
    stages: Sequence[ObservedStage],
    settings: Sequence[Mapping[str, int]],
    norm: Any,
    open_values: OpenValues,
) -> dict[str, Plain]:
    block: dict[str, Plain] = {"type": collapsed([stage.type for stage in stages])}
    for key in ("expansion", "groups", "width_per_group", "reduce_first"):
        block[key] = collapsed([each[key] for each in settings])
    if any("block.stride_in" not in BLOCKS[each.type].ineffective for each in stages):
        block["stride_in"] = open_values.choose(
            "block.stride_in", "3x3", "shapes do not reveal which convolution strides"
        )
    if (norm["type"] if isinstance(norm, dict) else norm) not in ("none", "instance"):
        return block | {"preactivation": observed_preactivation(state, stages)}
    reason = "only a norm with weights reveals its position"
    return block | {"preactivation": open_values.choose("block.preactivation", False, reason)}


def _shortcut(state: State, stages: Sequence[ObservedStage], open_values: OpenValues) -> dict[str, Plain]:
    kernels = [kernel for stage in stages for kernel in stage.kernels]
    if not any(kernels):
        if any(stage.in_channels > stage.out_channels for stage in stages):
            return {"type": "none"}  # padding can only add channels
        keeps_all = all(stage.keeps_channels for stage in stages)
        kind = open_values.choose(
            "shortcut.type",
            "projection" if len(stages) == 1 and keeps_all else "padding",
            "neither padding nor a plain network has shortcut weights",
            lambda value: value != "projection" or keeps_all,
        )
        return {"type": kind}
    shortcut: dict[str, Any] = {"type": "projection"} | _when(stages, open_values)
    is_pooled = any(len(shape) == 4 for name, shape in state.items() if name.endswith(f".{PROJECTION}.1.weight"))
    return shortcut | ({"pool": "avg"} if is_pooled else {"kernel": max(kernels)})


def _when(stages: Sequence[ObservedStage], open_values: OpenValues) -> dict[str, Any]:
    """`shortcut.when`, unless shapes reveal that it has its default."""
    kernels = [kernel for stage in stages for kernel in stage.kernels]
    keeping = [stage for stage in stages if stage.keeps_channels]
    if not all(kernels):
        return {}
    if any(stage.depth > 1 for stage in stages) or any(stage.kernels[0] < max(kernels) for stage in keeping):
        return {"when": "always"}
    if not keeping:
        return {}
    conventional = "always" if keeping[0] is stages[0] and keeping[0].kernels[0] == 1 else "shape_change"
    reason = "the stage may have a projection because it strides"
    return {"when": open_values.choose("shortcut.when", conventional, reason)}


def _norm(state: State, stages: Sequence[ObservedStage], open_values: OpenValues) -> Any:
    first = block_path(stages[0].number, 0)
    preferred = open_values.preferred_settings("norm")
    kind: NormType | None = preferred.get("type")
    found: NormType
    if f"{first}.{NORM}1.running_mean" in state:
        found = "batch"
    elif f"{first}.{NORM}1.weight" in state:
        channels = [shape[0] for name, shape in state.items() if name.endswith(".weight") and len(shape) == 1]
        groups = preferred.get("groups", Norm().groups)
        divides = all(count % groups == 0 for count in channels)
        found = kind if kind == "layer" or (kind == "group" and divides) else ("group" if divides else "layer")
        reason = "layer norm, group norm of any groups, and batch norm without its statistics have the same weights"
        open_values.conventions["norm"] = reason
        if found == kind:
            open_values.preferred.add("norm")
    else:
        found = "none" if f"{first}.{CONVOLUTION}1.bias" in state else "instance"
    defaults = asdict(Norm()) | {"type": None, "eps": default_norm_eps(found)}
    kept = preferred if kind in (None, found) else {}
    settings = {key: kept[key] for key in NORM_SETTINGS[found] if kept.get(key, defaults[key]) != defaults[key]}
    for key in settings.keys() - {"groups"}:
        open_values.choose(f"norm.{key}", None, f"{key} is not among the weights")
    return shortened_settings({"type": found} | settings)


def _antialias(state: State, open_values: OpenValues) -> Any:
    is_numbered = f"{STEM_POOL}.0.weight" in state
    if is_numbered and f"{STEM_POOL}.1.weight" in state:
        return "none"
    is_filtered = is_numbered and f"{STEM_POOL}.2.weight" in state
    reason = "the stem has a filter, but filters have no weights" if is_filtered else "filters have no weights"
    conventional = "blur" if is_filtered else "none"
    return open_values.choose("antialias", conventional, reason, lambda value: not is_filtered or value != "none")


def _head(state: State, channels: int, open_values: OpenValues) -> dict[str, Plain]:
    classes, features = shape_of(state, _CLASSIFIER, 2) if _CLASSIFIER in state else (0, channels)
    if features == 2 * channels:
        return {"pool": "catavgmax", "classes": classes}
    pool = open_values.choose(
        "head.pool", "avg", "pooling has no weights", lambda value: value != "catavgmax" or not classes
    )
    return {"pool": pool, "classes": classes}


def _add_preferred(document: dict[str, Any], open_values: OpenValues) -> dict[str, Plain]:
    """The document with the keys that are only written if another value than the default is preferred."""
    for key, reason in DEFAULTED.items():
        section, _, name = key.partition(".")
        if open_values.preferred_value(key) in (None, default(key.split("."))):
            continue
        value = open_values.choose(key, None, reason)
        document |= {section: document.get(section, {}) | {name: value}} if name else {section: value}
    last = [key for key in ("drop_path", "head", "init") if key in document]
    return {key: value for key, value in document.items() if key not in last} | {key: document[key] for key in last}
