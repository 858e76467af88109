"""A checked document -> Spec, defaults filled in; and a Spec -> a document that says it all."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..diagnostics.source import Span
from .document.lineage import Lineage
from .spec import Attention, Block, BlockType, Expect, Head, Init, Input, Norm, Origins, Shortcut, Spec, Stage, Stem
from .text.tree import Path, Plain, Table, Tree, to_plain
from .text.tree import Sequence as SequenceTree

EXPANSIONS: Mapping[BlockType, int] = {"basic": 1, "bottleneck": 4}
"""Expansion of a block that states none."""

_LAYER_NORM_EPS = 1e-6
"""timm's default for layer norm over channels; the other norms have PyTorch's 1e-5."""

_SCALARS = ("name", "version", "description", "reference", "activation", "antialias", "drop_path")


def default_width(index: int) -> int:
    """Base width of stage `index` (from 0) where the spec states none."""
    return 64 << index


def default_stride(index: int) -> int:
    """Stride of stage `index` (from 0) where the spec states none."""
    return 1 if index == 0 else 2


def make_spec(tree: Table, lineage: Lineage) -> Spec:
    """The spec that a document describes, which has passed the schema and the rules."""
    data: Any = to_plain(tree)
    values: dict[str, Any] = {key: data[key] for key in _SCALARS if key in data}
    for key, part in {"shortcut": Shortcut, "head": Head, "init": Init}.items():
        values[key] = part(**data.get(key, {}))
    return Spec(
        **values,
        input=_input(data.get("input", {})),
        stem=_stem(data.get("stem", {})),
        norm=_norm(data.get("norm", "batch")),
        stages=_stages(data),
        output_stride=data["stages"].get("output_stride"),
        expect=_expect(data.get("expect", {})),
        origins=Origins(_spans(tree), lineage),
    )


def _input(data: dict[str, Any]) -> Input:
    size = data.get("size", (Input().height, Input().width))
    height, width = (size, size) if isinstance(size, int) else size
    return Input(channels=data.get("channels", Input().channels), height=height, width=width)


def _stem(data: dict[str, Any]) -> Stem:
    channels = data.get("channels", Stem().channels)
    return Stem(**data | {"channels": (channels,) if isinstance(channels, int) else tuple(channels)})


def _norm(data: str | dict[str, Any]) -> Norm:
    settings: dict[str, Any] = {"type": data} if isinstance(data, str) else data
    eps = {"eps": _LAYER_NORM_EPS} if settings["type"] == "layer" else {}
    return Norm(**eps | settings)


def _attention(data: str | dict[str, Any]) -> Attention:
    settings: dict[str, Any] = {"type": data} if isinstance(data, str) else data
    return Attention(**settings)


def _stages(data: dict[str, Any]) -> tuple[Stage, ...]:
    stages, block = data["stages"], data["block"]
    depths = stages["depths"]
    count = len(depths)
    types = per_stage(block["type"], count)
    widths = per_stage(stages.get("widths", [default_width(i) for i in range(count)]), count)
    strides = per_stage(stages.get("strides", [default_stride(i) for i in range(count)]), count)
    dilations = per_stage(stages.get("dilations", 1), count)
    expansions = per_stage(block.get("expansion", [EXPANSIONS[type_] for type_ in types]), count)
    groups = per_stage(block.get("groups", 1), count)
    widths_per_group = per_stage(block.get("width_per_group", 64), count)
    reduce_first = per_stage(block.get("reduce_first", 1), count)
    attentions = per_stage(data.get("attention", "none"), count)
    everywhere = {key: block[key] for key in ("stride_in", "preactivation") if key in block}
    return tuple(
        Stage(
            depth=depths[i],
            width=widths[i],
            stride=strides[i],
            dilation=dilations[i],
            block=Block(
                type=types[i],
                expansion=expansions[i],
                groups=1 if types[i] == "basic" else groups[i],
                width_per_group=64 if types[i] == "basic" else widths_per_group[i],
                reduce_first=reduce_first[i],
                attention=_attention(attentions[i]),
                **everywhere,
            ),
        )
        for i in range(count)
    )


def _expect(data: dict[str, Any]) -> Expect:
    output = data.get("output")
    return Expect(**data | {"output": None if output is None else tuple(output)})


def per_stage(value: Any, count: int) -> list[Any]:
    """One value for all stages, or the list of them."""
    return value if isinstance(value, list) else [value] * count


def _spans(tree: Tree, path: Path = ()) -> dict[Path, Span]:
    """The place of every value; of a mapping, the place of its key."""
    match tree:
        case Table():
            spans: dict[Path, Span] = {}
            for key, entry in tree.entries.items():
                here = (*path, key)
                spans |= _spans(entry.value, here)
                spans[here] = entry.key if isinstance(entry.value, Table) else entry.value.span
            return spans
        case SequenceTree():
            nested = [_spans(item, (*path, index)) for index, item in enumerate(tree.items)]
            return {path: tree.span} | {key: span for each in nested for key, span in each.items()}
        case _:
            return {path: tree.span}


def to_data(spec: Spec) -> dict[str, Plain]:
    """The spec as plain data with every default written out; it loads as the same spec."""
    blocks = [stage.block for stage in spec.stages]
    data: dict[str, Plain] = {
        "version": spec.version,
        "name": spec.name,
        "description": spec.description,
        "reference": spec.reference,
        "input": {"channels": spec.input.channels, "size": _collapsed([spec.input.height, spec.input.width])},
        "stem": {
            "channels": spec.stem.channels[0] if len(spec.stem.channels) == 1 else [*spec.stem.channels],
            "kernel": spec.stem.kernel,
            "stride": spec.stem.stride,
            "pool": spec.stem.pool,
        },
        "block": {
            "type": _collapsed([block.type for block in blocks]),
            "expansion": _collapsed([block.expansion for block in blocks]),
            "groups": _collapsed([block.groups for block in blocks]),
            "width_per_group": _collapsed([block.width_per_group for block in blocks]),
            "reduce_first": _collapsed([block.reduce_first for block in blocks]),
            "stride_in": blocks[0].stride_in,
            "preactivation": blocks[0].preactivation,
        },
        "shortcut": {
            "type": spec.shortcut.type,
            "when": spec.shortcut.when,
            "kernel": spec.shortcut.kernel,
            "pool": spec.shortcut.pool,
        },
        "norm": _norm_data(spec.norm),
        "activation": spec.activation,
        "attention": _collapsed([_attention_data(block.attention) for block in blocks]),
        "antialias": spec.antialias,
        "stages": _stages_data(spec),
        "drop_path": spec.drop_path,
        "head": {"pool": spec.head.pool, "dropout": spec.head.dropout, "classes": spec.head.classes},
        "init": {"zero_residual": spec.init.zero_residual},
        "expect": _expect_data(spec.expect),
    }
    return {key: value for key, value in data.items() if value is not None}


def _stages_data(spec: Spec) -> dict[str, Plain]:
    data: dict[str, Plain] = {
        "depths": [stage.depth for stage in spec.stages],
        "widths": [stage.width for stage in spec.stages],
        "strides": [stage.stride for stage in spec.stages],
        "dilations": _collapsed([stage.dilation for stage in spec.stages]),
    }
    return data if spec.output_stride is None else data | {"output_stride": spec.output_stride}


def _norm_data(norm: Norm) -> Plain:
    settings: dict[str, Plain] = {"type": norm.type, "eps": norm.eps}
    match norm.type:
        case "none":
            return "none"
        case "batch":
            return settings | {"momentum": norm.momentum}
        case "group":
            return settings | {"groups": norm.groups}
        case _:
            return settings


def _attention_data(attention: Attention) -> Plain:
    return {"type": "se", "ratio": attention.ratio} if attention.type == "se" else attention.type


def _expect_data(expect: Expect) -> dict[str, Plain] | None:
    facts: dict[str, Plain] = {"params": expect.params, "macs": expect.macs, "depth": expect.depth}
    facts["output"] = None if expect.output is None else [*expect.output]
    return {key: value for key, value in facts.items() if value is not None} or None


def _collapsed(values: Sequence[Any]) -> Any:
    """The one value where all are equal, else the list."""
    return values[0] if all(value == values[0] for value in values) else list(values)
