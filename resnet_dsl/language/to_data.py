"""Spec -> document with every value written out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from ..diagnostics.diagnostic import Diagnostic, SpecError
from .document.canonical import collapsed, shortened_settings
from .kinds import AttentionFacts, Conv3x3Facts, Kinds
from .spec import (
    CONV_SETTINGS,
    NORM_SETTINGS,
    POOL_SETTINGS,
    SECTIONS,
    STAGE_FIELDS,
    Attention,
    Block,
    Conv,
    Conv3x3,
    Expect,
    HeadPool,
    Norm,
    SingleBlock,
    Spec,
    Stage,
    Stem,
    StemPool,
)
from .text.tree import Plain


def to_data(spec: Spec, kinds: Kinds) -> dict[str, Plain]:
    """The spec as plain data with every default written out; loading it gives the same spec.

    Raises:
        SpecError: Python code has put something else where a part of the spec belongs.
    """
    _check_parts(spec)
    data: dict[str, Any] = {
        "version": spec.version,
        "name": spec.name,
        "description": spec.description,
        "reference": spec.reference,
        "input": {"channels": spec.input.channels, "size": collapsed([spec.input.height, spec.input.width])},
        "stem": _stem_data(spec.stem),
        "block": _block_data([stage.block for stage in spec.stages], kinds),
        "shortcut": asdict(spec.shortcut),
        "conv": _settings_data(spec.conv, CONV_SETTINGS.get(spec.conv.type, ()), Conv()),
        "norm": _settings_data(spec.norm, NORM_SETTINGS.get(spec.norm.type, ()), Norm()),
        "activation": spec.activation,
        "attention": collapsed([_attention_data(stage.block.attention, kinds) for stage in spec.stages]),
        "antialias": spec.antialias,
        "stages": _stages_data(spec),
        "blocks": {block.name: _single_block_data(block, kinds) for block in spec.blocks} or None,
        "drop_path": spec.drop_path,
        "head": asdict(spec.head) | {"pool": _settings_data(spec.head.pool, (), HeadPool())},
        "init": asdict(spec.init),
        "expect": _expect_data(spec.expect),
    }
    return {key: value for key, value in data.items() if value is not None}


def _check_parts(spec: Spec) -> None:
    """Raise an error unless every part of the spec has its type; values inside the parts are left to the schema."""
    for name, value, kind in _parts(spec):
        if not isinstance(value, kind):
            message = f"`{name}` of a `Spec` must have type `{kind.__name__}`, found `{type(value).__name__}`"
            raise SpecError(Diagnostic(code="RD201", message=message))


def _parts(spec: Spec) -> Iterator[tuple[str, object, type]]:
    for name, kind in SECTIONS.items():
        if hasattr(spec, name) and name not in ("stages", "blocks"):
            yield name, getattr(spec, name), kind
    yield from [("stages", spec.stages, tuple), ("blocks", spec.blocks, tuple)]
    yield "stem.channels", getattr(spec.stem, "channels", ()), tuple
    yield "stem.pool", getattr(spec.stem, "pool", None), StemPool
    yield "head.pool", getattr(spec.head, "pool", None), HeadPool
    if getattr(spec.stem, "strides", None) is not None:
        yield "stem.strides", spec.stem.strides, tuple
    for index, stage in enumerate(spec.stages if isinstance(spec.stages, tuple) else ()):
        block = getattr(stage, "block", None)
        yield from [(f"stages[{index}]", stage, Stage), (f"stages[{index}].block", block, Block)]
        yield f"stages[{index}].block.attention", getattr(block, "attention", None), Attention
        yield f"stages[{index}].block.conv3x3", getattr(block, "conv3x3", None), Conv3x3
    for index, single in enumerate(spec.blocks if isinstance(spec.blocks, tuple) else ()):
        yield f"blocks[{index}]", single, SingleBlock
        if getattr(single, "attention", None) is not None:
            yield f"blocks[{index}].attention", single.attention, Attention


def _scalar_or_list(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else list(values)


def _stem_data(stem: Stem) -> dict[str, Any]:
    strides = {"stride": stem.stride} if stem.strides is None else {"strides": [*stem.strides]}
    return {
        "channels": _scalar_or_list(stem.channels),
        "kernel": stem.kernel,
        **strides,
        "pool": _settings_data(stem.pool, POOL_SETTINGS.get(stem.pool.type, ()), StemPool()),
    }


def _block_data(blocks: Sequence[Block], kinds: Kinds) -> dict[str, Any]:
    def value(block: Block, name: str) -> Any:
        return _of_kind(block.conv3x3, kinds.convs3x3, Conv3x3()) if name == "conv3x3" else getattr(block, name)

    names = [field.name for field in fields(Block) if field.name != "attention"]
    return {name: collapsed([value(block, name) for block in blocks]) for name in names}


def _stages_data(spec: Spec) -> dict[str, Any]:
    data: dict[str, Any] = {key: [getattr(stage, name) for stage in spec.stages] for key, name in STAGE_FIELDS.items()}
    data["dilations"] = collapsed(data["dilations"])
    return data if spec.output_stride is None else data | {"output_stride": spec.output_stride}


def _settings_data(value: Any, names: Sequence[str], usual: Any) -> Any:
    """The type with the settings that it has, and any other that is not as usual, which is then ineffective."""
    settings, defaults = asdict(value), asdict(usual)
    written = {
        name: setting
        for name, setting in settings.items()
        if setting is not None and (name in names or setting != defaults[name])
    }
    return shortened_settings({"type": settings["type"]} | written)


def _of_kind(value: Any, kinds: Mapping[str, AttentionFacts] | Mapping[str, Conv3x3Facts], usual: Any) -> Any:
    facts = kinds.get(value.type)
    return _settings_data(value, facts.settings if facts else (), usual)


def _attention_data(attention: Attention, kinds: Kinds) -> Any:
    return _of_kind(attention, kinds.attentions, Attention())


def _single_block_data(block: SingleBlock, kinds: Kinds) -> dict[str, Any]:
    data = {name: value for name, value in asdict(block).items() if name != "name" and value is not None}
    return data if block.attention is None else data | {"attention": _attention_data(block.attention, kinds)}


def _expect_data(expect: Expect) -> dict[str, Plain] | None:
    output = [*expect.output] if isinstance(expect.output, tuple) else expect.output
    facts = asdict(expect) | {"output": output}
    return {key: value for key, value in facts.items() if value is not None} or None
