"""Checked document -> Spec with the defaults filled in."""

from collections.abc import Mapping
from typing import Any

from ..diagnostics.source import Span
from .by_rule import by_rule
from .document.canonical import canonical
from .document.lineage import Lineage
from .kinds import Kinds
from .spec import (
    STAGE_FIELDS,
    Attention,
    Block,
    Conv,
    Conv3x3,
    Expect,
    Head,
    HeadPool,
    Init,
    Input,
    Norm,
    Origins,
    Shortcut,
    SingleBlock,
    Spec,
    Stage,
    Stem,
    StemPool,
    default_norm_eps,
    default_pool_kernel,
    default_stride,
    default_width,
)
from .stages import position
from .text.tree import Path, Table, Tree, to_plain
from .text.tree import Sequence as SequenceTree

_SCALARS = ("name", "version", "description", "reference", "activation", "antialias", "drop_path")


def make_spec(tree: Table, lineage: Lineage, kinds: Kinds) -> Spec:
    """The spec that a document describes.

    Args:
        tree: the document as written, merged with what it inherits; it satisfies the schema and the rules.
        lineage: the texts it inherits from.
        kinds: the available blocks, 3x3 convolutions and attentions.
    """
    computed = by_rule(tree, kinds)
    data: Any = to_plain(canonical(computed))
    stages = data["stages"]
    spec = Spec(
        **{key: data[key] for key in _SCALARS if key in data},
        input=_input(data.get("input", {})),
        stem=_stem(data.get("stem", {})),
        conv=Conv(**data.get("conv", {})),
        norm=_norm(data.get("norm", {})),
        shortcut=Shortcut(**data.get("shortcut", {})),
        stages=tuple(_stage(data, index, kinds) for index in range(len(stages["depths"]))),
        blocks=_single_blocks(data.get("blocks", {}), kinds),
        output_stride=stages.get("output_stride"),
        head=_head(data.get("head", {})),
        init=Init(**data.get("init", {})),
        expect=Expect(**_tuples(data.get("expect", {}))),
        origins=Origins(_spans(tree) if computed is tree else _spans(computed) | _spans(tree), lineage),
        written=tree,
    )
    object.__setattr__(spec, "was_made", True)
    return spec


def is_as_written(spec: Spec, kinds: Kinds) -> bool:
    """Whether the spec still matches its document, rather than having been changed or created in Python."""
    if spec.was_made or spec.written is None:
        return spec.was_made
    made = make_spec(spec.written, spec.origins.lineage, kinds)
    return made == spec and repr(made) == repr(spec)  # 1000.0 == 1000, but only one of them is an integer


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


def _input(data: Mapping[str, Any]) -> Input:
    settings = {key: value for key, value in data.items() if key != "size"}
    if "size" in data:
        settings["height"], settings["width"] = data["size"]
    return Input(**settings)


def _stem(data: Mapping[str, Any]) -> Stem:
    """The stem; a list of strides of which only the first can differ from 1 is a single stride."""
    settings = _tuples(data)
    pool = settings.pop("pool", {})
    first, *others = settings.get("strides", (1, 1))
    if all(stride == 1 for stride in others) and settings.pop("strides", None):
        settings["stride"] = first
    kernel = default_pool_kernel(pool.get("type", StemPool().type))
    return Stem(**settings, pool=StemPool(**{"kernel": kernel} | pool))


def _norm(data: Mapping[str, Any]) -> Norm:
    return Norm(**{"eps": default_norm_eps(data.get("type", Norm().type))} | dict(data))


def _head(data: Mapping[str, Any]) -> Head:
    norm = data.get("norm", Head().norm)
    return Head(**{"activation": norm} | dict(data) | {"pool": HeadPool(**data.get("pool", {}))})


def _stage(data: Mapping[str, Any], index: int, kinds: Kinds) -> Stage:
    stages = {key: data["stages"][key][index] for key in STAGE_FIELDS if key in data["stages"]}
    written = {"widths": default_width(index), "strides": default_stride(index)} | stages
    attention = data["attention"][index] if "attention" in data else {}
    return Stage(
        **{STAGE_FIELDS[key]: value for key, value in written.items()},
        block=_block(data["block"], index, _attention(attention, kinds), kinds),
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
    conv3x3 = kept.pop("conv3x3", {})
    fitting = kinds.convs3x3.get(conv3x3.get("type"))
    if fitting is not None and settings["type"] not in fitting.blocks:
        conv3x3 = {}
    return Block(**{"expansion": facts.expansion} | kept, conv3x3=Conv3x3(**conv3x3), attention=attention)


def _attention(data: Mapping[str, Any], kinds: Kinds) -> Attention:
    facts = kinds.attentions.get(data.get("type", ""))
    return Attention(**{**(facts.defaults if facts else {}), **data})


def _single_blocks(data: Mapping[str, Mapping[str, Any]], kinds: Kinds) -> tuple[SingleBlock, ...]:
    """The values of single blocks in the order of the network, those of all blocks of a stage first."""
    made = []
    for name, values in data.items():
        settings = dict(values)
        if "attention" in settings:
            settings["attention"] = _attention(settings["attention"], kinds)
        if settings:
            made.append(SingleBlock(name=name, **settings))
    return tuple(sorted(made, key=lambda block: position(block.name)))


def _spans(tree: Table) -> dict[Path, Span]:
    """The place of every value; for a mapping, the place of its key."""
    spans: dict[Path, Span] = {}
    _collect(spans, tree, ())
    return spans


def _collect(spans: dict[Path, Span], tree: Tree, path: Path) -> None:
    match tree:
        case Table():
            for key, entry in tree.entries.items():
                _collect(spans, entry.value, (*path, key))
                if isinstance(entry.value, Table):
                    spans[*path, key] = entry.key
        case SequenceTree():
            spans[path] = tree.span
            for index, item in enumerate(tree.items):
                _collect(spans, item, (*path, index))
        case _:
            spans[path] = tree.span
