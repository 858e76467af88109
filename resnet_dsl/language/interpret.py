"""Checked document -> Spec with the defaults filled in, and Spec -> document with every value written out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from ..diagnostics.diagnostic import Diagnostic, SpecError
from ..diagnostics.source import Span
from .document.canonical import canonical, collapsed, shortened_settings
from .document.lineage import Lineage
from .kinds import Kinds
from .spec import (
    NORM_SETTINGS,
    SECTIONS,
    STAGE_FIELDS,
    Attention,
    Block,
    Expect,
    Head,
    Init,
    Input,
    Norm,
    Origins,
    Shortcut,
    Spec,
    Stage,
    Stem,
    default_norm_eps,
    default_stride,
    default_width,
)
from .text.tree import Path, Plain, Table, Tree, to_plain
from .text.tree import Sequence as SequenceTree

_SCALARS = ("name", "version", "description", "reference", "activation", "antialias", "drop_path")


def make_spec(tree: Table, lineage: Lineage, kinds: Kinds) -> Spec:
    """The spec that a document describes.

    Args:
        tree: the document as written, merged with what it inherits; it satisfies the schema and the rules.
        lineage: the texts it inherits from.
        kinds: the available blocks and attentions.
    """
    data: Any = to_plain(canonical(tree))
    stages = data["stages"]
    return Spec(
        **{key: data[key] for key in _SCALARS if key in data},
        input=_input(data.get("input", {})),
        stem=Stem(**_tuples(data.get("stem", {}))),
        norm=_norm(data.get("norm", {})),
        shortcut=Shortcut(**data.get("shortcut", {})),
        stages=tuple(_stage(data, index, kinds) for index in range(len(stages["depths"]))),
        output_stride=stages.get("output_stride"),
        head=Head(**data.get("head", {})),
        init=Init(**data.get("init", {})),
        expect=Expect(**_tuples(data.get("expect", {}))),
        origins=Origins(_spans(tree), lineage),
        written=tree,
    )


def is_as_written(spec: Spec, kinds: Kinds) -> bool:
    """Whether the spec still matches its document, rather than having been changed or created in Python."""
    if spec.written is None:
        return False
    made = make_spec(spec.written, spec.origins.lineage, kinds)
    return made == spec and repr(made) == repr(spec)  # 1000.0 == 1000, but only one of them is an integer


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


def _input(data: Mapping[str, Any]) -> Input:
    settings = {key: value for key, value in data.items() if key != "size"}
    if "size" in data:
        settings["height"], settings["width"] = data["size"]
    return Input(**settings)


def _norm(data: Mapping[str, Any]) -> Norm:
    return Norm(**{"eps": default_norm_eps(data.get("type", Norm().type))} | dict(data))


def _stage(data: Mapping[str, Any], index: int, kinds: Kinds) -> Stage:
    stages = {key: data["stages"][key][index] for key in STAGE_FIELDS if key in data["stages"]}
    written = {"widths": default_width(index), "strides": default_stride(index)} | stages
    attention = Attention(**data["attention"][index]) if "attention" in data else Attention()
    return Stage(
        **{STAGE_FIELDS[key]: value for key, value in written.items()},
        block=_block(data["block"], index, attention, kinds),
    )


def _block(data: Mapping[str, Any], index: int, attention: Attention, kinds: Kinds) -> Block:
    """The block of one stage; a value for all stages is ignored where the stage's block type has no such key."""
    settings = {key: value[index] if isinstance(value, list) else value for key, value in data.items()}
    facts = kinds.blocks[settings["type"]]
    kept = {
        key: value
        for key, value in settings.items()
        if not (isinstance(data[key], list) and f"block.{key}" in facts.ineffective)
    }
    return Block(**{"expansion": facts.expansion} | kept, attention=attention)


def _spans(tree: Tree, path: Path = ()) -> dict[Path, Span]:
    """The place of every value; for a mapping, the place of its key."""
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
        "stem": asdict(spec.stem) | {"channels": _scalar_or_list(spec.stem.channels)},
        "block": _block_data([stage.block for stage in spec.stages]),
        "shortcut": asdict(spec.shortcut),
        "norm": _settings_data(asdict(spec.norm), NORM_SETTINGS.get(spec.norm.type, ()), asdict(Norm())),
        "activation": spec.activation,
        "attention": collapsed([_attention_data(stage.block.attention, kinds) for stage in spec.stages]),
        "antialias": spec.antialias,
        "stages": _stages_data(spec),
        "drop_path": spec.drop_path,
        "head": asdict(spec.head),
        "init": asdict(spec.init),
        "expect": _expect_data(spec.expect),
    }
    return {key: value for key, value in data.items() if value is not None}


def _check_parts(spec: Spec) -> None:
    """Raise an error unless every part of the spec has its type; values inside the parts are left to the schema."""
    parts: list[tuple[str, object, type]] = [
        (name, getattr(spec, name), kind) for name, kind in SECTIONS.items() if hasattr(spec, name) and name != "stages"
    ]
    parts += [("stages", spec.stages, tuple), ("stem.channels", getattr(spec.stem, "channels", ()), tuple)]
    stages = spec.stages if isinstance(spec.stages, tuple) else ()
    for index, stage in enumerate(stages):
        block = getattr(stage, "block", None)
        parts += [(f"stages[{index}]", stage, Stage), (f"stages[{index}].block", block, Block)]
        parts += [(f"stages[{index}].block.attention", getattr(block, "attention", None), Attention)]
    for name, value, kind in parts:
        if not isinstance(value, kind):
            message = f"`{name}` of a `Spec` must have type `{kind.__name__}`, found `{type(value).__name__}`"
            raise SpecError(Diagnostic(code="RD201", message=message))


def _scalar_or_list(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else list(values)


def _block_data(blocks: Sequence[Block]) -> dict[str, Any]:
    names = [field.name for field in fields(Block) if field.name != "attention"]
    return {name: collapsed([getattr(block, name) for block in blocks]) for name in names}


def _stages_data(spec: Spec) -> dict[str, Any]:
    data: dict[str, Any] = {key: [getattr(stage, name) for stage in spec.stages] for key, name in STAGE_FIELDS.items()}
    data["dilations"] = collapsed(data["dilations"])
    return data if spec.output_stride is None else data | {"output_stride": spec.output_stride}


def _settings_data(settings: Mapping[str, Any], names: Sequence[str], defaults: Mapping[str, Any]) -> Any:
    """The settings of this type, and any other that is not its default, which is then ineffective."""
    written = {name: value for name, value in settings.items() if name in names or value != defaults[name]}
    return shortened_settings({"type": settings["type"]} | written)


def _attention_data(attention: Attention, kinds: Kinds) -> Any:
    facts = kinds.attentions.get(attention.type)
    return _settings_data(asdict(attention), facts.settings if facts else (), asdict(Attention()))


def _expect_data(expect: Expect) -> dict[str, Plain] | None:
    output = [*expect.output] if isinstance(expect.output, tuple) else expect.output
    facts = asdict(expect) | {"output": output}
    return {key: value for key, value in facts.items() if value is not None} or None
