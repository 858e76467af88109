"""From the names and shapes of a checkpoint to the spec of its network."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..language.tree import Plain
from .matching import State
from .parts import reduced_channels
from .shapes import Shape

_BLOCK = re.compile(r"layer(\d{1,2})\.(\d{1,5})\.")
_RATIOS = (0.0625, 0.25, 0.125, 0.5)


class Unrecognised(Exception):
    """The names or shapes are not those of a network of this family."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A spec as plain data, and by dotted key why some of its values are mere convention."""

    document: dict[str, Plain]
    conventions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Stage:
    """One stage as its first block shows it."""

    number: int
    depth: int
    type: str
    in_channels: int
    out_channels: int
    first: int
    """Output channels of the block's first convolution."""
    inner: int
    """Output channels of the 3x3 convolution of a bottleneck; of a basic block, the output channels."""
    groups: int
    attention: Shape | None
    """Shape of the first attention layer's weight."""
    downsample: str | None
    """Where the projection's convolution lies: `0`, or `1` behind a pooling."""
    is_always_projected: bool


@dataclass(slots=True)
class _Notes:
    conventions: dict[str, str] = field(default_factory=dict)

    def conventional(self, key: str, value: Plain, reason: str) -> Plain:
        self.conventions[key] = reason
        return value


def recognise(state: State) -> Recognised:
    """The spec of the network whose `state_dict` has these names and shapes.

    Raises:
        Unrecognised: there is no stem convolution or no stage, or a layer has a shape that none has here.
    """
    notes = _Notes()
    stages = list(_stages(state))
    if not stages:
        raise Unrecognised("it has no `layer1.0.conv1.weight`")
    preactivation = not any(name.startswith("bn1.") for name in state) and any(
        name.startswith("norm.") for name in state
    )
    stem, in_channels = _stem(state, notes)
    document: dict[str, Plain] = {
        "input": {
            "channels": in_channels,
            "size": notes.conventional("input.size", _input_size(stem), "a checkpoint fits every size"),
        },
        "stem": stem,
        "block": _block(stages, preactivation, notes),
        "shortcut": _shortcut(state, stages, notes),
        "norm": _norm(state, preactivation, notes),
        "activation": notes.conventional("activation", "relu", "an activation has no weights"),
        "attention": _attention(stages),
        "antialias": _antialias(state, notes),
        "stages": _stage_keys(stages, notes),
        "head": _head(state, stages[-1].out_channels, notes),
    }
    return Recognised(document, notes.conventions)


def _shape(state: State, name: str, rank: int) -> Shape:
    shape = state.get(name)
    if shape is None:
        raise Unrecognised(f"it has no `{name}`")
    if len(shape) != rank:
        raise Unrecognised(f"`{name}` has the shape {list(shape)}, not {rank} dimensions")
    if 0 in shape:
        raise Unrecognised(f"`{name}` is empty")
    return shape


def _stages(state: State) -> Iterator[_Stage]:
    blocks: dict[int, int] = {}
    for name in state:
        match = _BLOCK.match(name)
        if match is not None:
            stage, position = int(match[1]), int(match[2])
            blocks[stage] = max(blocks.get(stage, 0), position + 1)
    for number in sorted(blocks):
        yield _stage(state, number, blocks[number])


def _stage(state: State, number: int, depth: int) -> _Stage:
    block = f"layer{number}.0"
    conv1, conv2 = (_shape(state, f"{block}.{conv}.weight", 4) for conv in ("conv1", "conv2"))
    is_bottleneck = f"{block}.conv3.weight" in state
    out = _shape(state, f"{block}.conv3.weight", 4)[0] if is_bottleneck else conv2[0]
    attention = state.get(f"{block}.se.fc1.weight", state.get(f"{block}.se.conv.weight"))
    convolutions = [place for place in "01" if len(state.get(f"{block}.downsample.{place}.weight", ())) == 4]
    return _Stage(
        number=number,
        depth=depth,
        type="bottleneck" if is_bottleneck else "basic",
        in_channels=conv1[1],
        out_channels=out,
        first=conv1[0],
        inner=conv2[0],
        groups=max(1, conv1[0] // conv2[1]) if is_bottleneck else 1,
        attention=attention,
        downsample=convolutions[0] if convolutions else None,
        is_always_projected=any(name.startswith(f"layer{number}.1.downsample.") for name in state),
    )


def _stem(state: State, notes: _Notes) -> tuple[dict[str, Plain], int]:
    names = sorted(
        (name for name in state if name == "conv1.weight" or _is_stem_convolution(name, state)),
        key=lambda name: [int(part) for part in name.split(".") if part.isdecimal()],
    )
    if not names:
        raise Unrecognised("it has no `conv1.weight`")
    shapes = [_shape(state, name, 4) for name in names]
    channels: list[Plain] = [shape[0] for shape in shapes]
    kernel = shapes[0][2]
    is_small = len(shapes) == 1 and kernel == 3
    reason = "no shape tells a stride"
    stem: dict[str, Plain] = {
        "channels": channels[0] if len(channels) == 1 else channels,
        "kernel": kernel,
        "stride": notes.conventional("stem.stride", 1 if is_small else 2, reason),
    }
    if "maxpool.0.weight" in state:
        return stem | {"pool": "conv"}, shapes[0][1]
    pool = notes.conventional("stem.pool", "none" if is_small else "max", "a pooling has no weights")
    return stem | {"pool": pool}, shapes[0][1]


def _is_stem_convolution(name: str, state: State) -> bool:
    first, _, rest = name.partition(".")
    return first == "conv1" and rest.endswith(".weight") and len(state[name]) == 4


def _input_size(stem: Mapping[str, Plain]) -> int:
    return 32 if stem["stride"] == 1 else 224


def _block(stages: Sequence[_Stage], preactivation: bool, notes: _Notes) -> dict[str, Plain]:
    block: dict[str, Plain] = {"type": _collapsed([stage.type for stage in stages])}
    settings = [_settings(stage) for stage in stages]
    for key in ("expansion", "groups", "width_per_group", "reduce_first"):
        block[key] = _collapsed([each[key] for each in settings])
    if any(stage.type == "bottleneck" for stage in stages):
        block["stride_in"] = notes.conventional("block.stride_in", "3x3", "no shape tells which convolution strides")
    return block | {"preactivation": preactivation}


def _settings(stage: _Stage) -> dict[str, int]:
    """Width, expansion, groups, width per group and reduction: the conventional ones that give these shapes."""
    if stage.type == "basic":
        reduce_first = max(1, stage.out_channels // stage.first)
        if stage.out_channels // reduce_first == stage.first:
            width, expansion = stage.out_channels, 1
        else:
            width, expansion, reduce_first = stage.first, stage.out_channels // stage.first, 1
        return {
            "width": width,
            "expansion": expansion,
            "groups": 1,
            "width_per_group": 64,
            "reduce_first": reduce_first,
        }
    per_group = stage.inner // stage.groups
    for expansion in (4, *range(1, 65)):
        width, remainder = divmod(stage.out_channels, expansion)
        width_per_group = -(-64 * per_group // width) if width else 0
        if width and remainder == 0 and width * width_per_group // 64 == per_group:
            return {
                "width": width,
                "expansion": expansion,
                "groups": stage.groups,
                "width_per_group": width_per_group,
                "reduce_first": max(1, stage.inner // stage.first),
            }
    raise Unrecognised(f"no width gives layer{stage.number} its {stage.inner} inner channels")


def _shortcut(state: State, stages: Sequence[_Stage], notes: _Notes) -> dict[str, Plain]:
    projected = [stage for stage in stages if stage.downsample is not None]
    if not projected:
        changes = any(stage.in_channels != stage.out_channels for stage in stages)
        kind = "padding" if changes else "projection"
        return {"type": notes.conventional("shortcut.type", kind, "padding and no shortcut at all have no weights")}
    shortcut: dict[str, Plain] = {"type": "projection"}
    if any(stage.is_always_projected for stage in stages):
        shortcut["when"] = "always"
    kernels = [state[f"layer{stage.number}.0.downsample.{stage.downsample}.weight"][2] for stage in projected]
    if any(stage.downsample == "1" for stage in projected):
        return shortcut | {"pool": "avg"}
    return shortcut | {"kernel": max(kernels)}


def _norm(state: State, preactivation: bool, notes: _Notes) -> Plain:
    name = "norm" if preactivation else "bn1"
    if f"{name}.running_mean" in state:
        return "batch"
    if f"{name}.weight" in state:
        return notes.conventional("norm", "group", "group and layer norm have the same weights")
    if any(name.startswith("conv1.") and name.endswith(".bias") for name in state):
        return "none"
    return notes.conventional("norm", "instance", "there is no norm with weights, and no convolution with a bias")


def _attention(stages: Sequence[_Stage]) -> Plain:
    ratio = _ratio([stage for stage in stages if stage.attention is not None and len(stage.attention) == 4])

    def one(stage: _Stage) -> Plain:
        match stage.attention:
            case None:
                return "none"
            case (_, _, _):
                return "eca"
            case _:
                return "se" if ratio == 0.0625 else {"type": "se", "ratio": ratio}

    value: Plain = _collapsed([one(stage) for stage in stages])
    return value


def _ratio(stages: Sequence[_Stage]) -> float:
    """The share of channels between the layers of `se` that gives all stages theirs."""
    exact = [stage.attention[0] / stage.out_channels for stage in stages if stage.attention]
    for ratio in (*_RATIOS, *sorted(exact)):
        if all(reduced_channels(stage.out_channels, ratio) == (stage.attention or (0,))[0] for stage in stages):
            return ratio
    raise Unrecognised("its attention layers have different ratios")


def _antialias(state: State, notes: _Notes) -> Plain:
    if "maxpool.0.weight" in state and "maxpool.1.weight" not in state and "maxpool.2.weight" in state:
        return notes.conventional("antialias", "blur", "there is a filter in the stem, but it has no weights")
    return notes.conventional("antialias", "none", "a filter has no weights")


def _stage_keys(stages: Sequence[_Stage], notes: _Notes) -> dict[str, Plain]:
    strides: list[Plain] = []
    for stage in stages:
        is_equal = stage.in_channels == stage.out_channels
        if is_equal and not stage.is_always_projected and any(each.downsample for each in stages):
            strides.append(2 if stage.downsample else 1)
        else:
            strides.append(1 if stage.number == stages[0].number else 2)
    return {
        "depths": [stage.depth for stage in stages],
        "widths": [_settings(stage)["width"] for stage in stages],
        "strides": notes.conventional("stages.strides", strides, "no shape tells a stride, or a dilation instead"),
    }


def _head(state: State, channels: int, notes: _Notes) -> dict[str, Plain]:
    if "fc.weight" not in state:
        pool = notes.conventional("head.pool", "avg", "a pooling has no weights")
        return {"pool": pool, "classes": 0}
    classes, features = _shape(state, "fc.weight", 2)
    if features == 2 * channels:
        return {"pool": "catavgmax", "classes": classes}
    return {"pool": notes.conventional("head.pool", "avg", "a pooling has no weights"), "classes": classes}


def _collapsed(values: Sequence[Any]) -> Any:
    return values[0] if all(value == values[0] for value in values) else list(values)
