"""What RegNets, wide ResNets, ResNeSts and other relatives say in their libraries, as a fragment of a spec."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ....limits import MAX_STAGES
from ...document.canonical import collapsed
from ...text.tree import Plain
from .numbers import Document, is_count, is_number, reciprocal, section_of
from .table import folded, folded_value, vocabulary

_RULE: Mapping[str, str] = {
    "depth": "depth",
    "d": "depth",
    "w0": "initial",
    "initial": "initial",
    "initialwidth": "initial",
    "wa": "slope",
    "slope": "slope",
    "widthslope": "slope",
    "wm": "multiplier",
    "multiplier": "multiplier",
}
"""Folded words for the numbers of RegNet's rule."""
_OF_REGNET = frozenset(("w0", "wa", "wm", "initialwidth", "widthslope", "groupw", "seon", "botmul"))
"""Folded words that only RegNets have."""
_RATIOS = frozenset(("expansion", "bottleratio", "bottleneckratio", "botmul", "bottleneckmultiplier"))
_WIDE_WIDTHS = (16, 32, 64)
"""Of the stages of a wide ResNet, times the factor."""
_WIDENING = ("widenfactor", "wideningfactor")
"""Folded words for that factor."""


def _words(document: Document) -> Iterator[tuple[str, Any]]:
    """The keys of the document where libraries write the rule of a RegNet, folded, with their values."""
    stages = section_of(document, "stages")
    for mapping in (document, section_of(document, "regnet"), stages, section_of(stages, "regnet")):
        yield from ((folded(str(key)), value) for key, value in mapping.items())


def is_regnet(document: Document) -> bool:
    """Whether the rest of a document says that it is of a RegNet."""
    if str(document.get("extends")).startswith("regnet") or "regnet" in section_of(document, "stages"):
        return True
    return any(word in _OF_REGNET or word == "regnet" for word, _ in _words(document))


def _number_of_rule(value: Plain, document: Document) -> Plain:
    """A number of RegNet's rule, with the others that are written; blocks do not expand, and all stages stride."""
    rule = {_RULE[word]: number for word, number in _words(document) if word in _RULE and is_number(number)}
    stages = section_of(document, "stages")
    if not is_number(value) or not {*rule} - {"depth"} or ("depths" in stages and len(rule) < len({*_RULE.values()})):
        return None
    if "regnet" in stages or "extends" in document:
        return {"stages": {"regnet": rule}}
    strides = {} if any(word in ("strides", "stride") for word, _ in _words(document)) else {"strides": 2}
    block = section_of(document, "block")
    ratios = {folded(str(key)) for key in (*document, *block, *section_of(document, "regnet"))}
    expansion: dict[str, Plain] = {} if ratios & _RATIOS else {"block": {"expansion": 1}}
    return {**expansion, "stages": {"regnet": rule, **strides}}


def _if_regnet(value: Plain, document: Document) -> Plain:
    return value if is_regnet(document) else None


def _preactivated_regnet(value: Plain, document: Document) -> Plain:
    """RegNetV, whose identity adds the activated input, and whose head has no norm."""
    if value is not True or not is_regnet(document):
        return None
    head: dict[str, Plain] = {"norm": False, "activation": True}
    return {"block": {"preactivation": True}, "shortcut": {"source": "activation"}, "head": head}


def _end_of_preactivation(value: Plain, document: Document) -> Plain:
    """Norm and activation in front of the pooling, of a network whose blocks have them in front of theirs."""
    is_before = section_of(document, "block").get("preactivation") is True
    return {"head": {"norm": value, "activation": value}} if is_before and isinstance(value, bool) else None


def _expansion_of_ratio(value: Any, document: Document) -> Plain:
    """The expansion from a block's inner channels as a fraction of its output channels."""
    return reciprocal(value, document) if is_number(value) and value <= 1 else None


def _last_conv(value: Any, document: Document) -> Plain:
    """Channels of a convolution before the pooling, unless they are the features of a ResNet."""
    return None if value in (512, 2048) and not is_regnet(document) else value


def _least_ratio(value: Any, _: Document) -> Plain:
    """torchvision's way of rounding widths, which timm calls by its number, 0.9."""
    return {0: "pycls", 0.9: "torchvision"}.get(value) if isinstance(value, int | float) else None


def _pooled_block(value: Plain, document: Document) -> Plain:
    """Where ResNeSt's blocks pool, which `avd_first` says beside `avd`."""
    if not isinstance(value, bool):
        return None
    written = section_of(document, "block").get("pool")
    is_first = written == "before" or any(word == "avdfirst" and each is True for word, each in _words(document))
    return ("before" if is_first else "after") if value else "none"


def _selective_kernel(value: Plain, _: Document) -> Plain:
    """timm's settings of selective kernels, with their type."""
    return {"type": vocabulary().kinds["skkwargs"], **value} if isinstance(value, dict) else None


def _width_of_splits(value: Plain, document: Document) -> Plain:
    """Res2Net's width of a split, if that is what `width` is."""
    is_there = any(word in ("scale", "scales") for word, _ in _words(document))
    found = section_of(section_of(document, "block"), "conv3x3").get("type")
    return value if is_there or found == vocabulary().kinds["bottle2neck"] else None


def _wide_dropout(value: Plain, document: Document) -> Plain:
    """The dropout of a wide ResNet, which is in its blocks."""
    is_wide = any(word in _WIDENING for word, _ in _words(document))
    return value if is_wide or "dropRate" in document else None


def _wide_depth(value: Any, document: Document) -> Plain:
    """The blocks of a wide ResNet, which has 6n + 4 layers (Zagoruyko and Komodakis 2016)."""
    factors = [each for word, each in _words(document) if word in _WIDENING and is_count(each)]
    depth: Any = next((each for word, each in _words(document) if word == "depth"), None)
    if not is_count(depth) or depth < 10 or depth % 6 != 4:
        return None
    depths: list[Plain] = [depth // 6] * 3
    if section_of(document, "stages").get("depths") == depths:
        return {"stages": {"depths": depths}}
    if not factors or "stages" in document:
        return None
    return {"stages": {"depths": depths, "widths": [width * factors[0] for width in _WIDE_WIDTHS]}}


def _context_blocks(value: Plain, _: Document) -> Plain:
    """mmdetection's ContextBlock at the end of the blocks of some stages."""
    kind = vocabulary().kinds["contextblock"]
    match value:
        case [{"cfg": {"type": "ContextBlock", "ratio": ratio}, "position": "after_conv3", **others}]:
            block: dict[str, Plain] = {"type": kind, "ratio": ratio}
            stages = others.get("stages")
            if isinstance(stages, list):
                return {"attention": [block if each is True else "none" for each in stages]}
            return {"attention": block} if stages is None else None
        case {"ratio": ratio}:
            return {"attention": {"type": kind, "ratio": ratio}}
        case _:
            return None


def _last_dilations(value: Any, document: Document, factor: int = 1) -> Plain:
    """The dilations of the blocks of the last stage, one by one."""
    depths = section_of(document, "stages").get("depths")
    if not isinstance(value, list) or not isinstance(depths, list) or depths[-1:] != [len(value)]:
        return None
    if not all(map(is_count, value)):
        return None
    stage = len(depths)
    return {"blocks": {f"layer{stage}.{index}": {"dilation": each * factor} for index, each in enumerate(value)}}


def _last_dilations_times(value: Any, document: Document) -> Plain:
    """The same, from factors of the dilation of the last stage."""
    stages = section_of(document, "stages")
    depths, dilations = stages.get("depths"), stages.get("dilations")
    total: Any = stages.get("output_stride")
    if is_count(total) and isinstance(depths, list) and len(depths) <= MAX_STAGES:
        return _last_dilations(value, document, max(1, (2 << len(depths)) // total))
    last = dilations[-1] if isinstance(dilations, list) and dilations else dilations
    written = next((each for word, each in _words(document) if word == "res5dilation"), last or 1)
    return _last_dilations(value, document, written) if is_count(written) else None


def _uncontracted(value: Plain, document: Document) -> Plain:
    """The dilation of the first block of each stage that dilates more than the one before, if it has that too."""
    dilations = section_of(document, "stages").get("dilations")
    if value is not False or not isinstance(dilations, list) or not all(map(is_count, dilations)):
        return None
    firsts: Any = [*enumerate(zip(dilations, [1, *dilations], strict=False), start=1)]
    return {"blocks": {f"layer{n}.0": {"dilation": own} for n, (own, last) in firsts if own > last}}


def _blocks_of_stages(value: Plain, _: Document) -> Plain:
    """timm's ByoBlockCfg, one of each stage."""
    known = vocabulary().kinds
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return None
    items: list[dict[str, Any]] = [{"s": 2, "gs": 0, "br": 1, **item} for item in value]  # type: ignore[dict-item]
    if any({*item} != {"type", "d", "c", "s", "gs", "br"} or folded_value(item["type"]) not in known for item in items):
        return None
    columns = {key: [item[key] for item in items] for key in items[0]}
    expansions: list[Any] = [
        reciprocal(ratio, {}) if is_number(ratio) and ratio <= 1 else None for ratio in columns["br"]
    ]
    if not all(map(is_number, expansions)) or not all(map(is_count, columns["c"])):
        return None
    block = {
        "type": collapsed([known[folded_value(type_)] for type_ in columns["type"]]),
        "expansion": collapsed([int(each) for each in expansions]),
    }
    if any(columns["gs"]):
        block["group_width"] = collapsed(columns["gs"])
    widths = [outputs // int(each) for outputs, each in zip(columns["c"], expansions, strict=True)]
    return {"block": block, "stages": {"depths": columns["d"], "widths": widths, "strides": columns["s"]}}


LINEAGE_CONVERSIONS: Mapping[str, Callable[[Any, Document], Plain]] = {
    "number_of_rule": _number_of_rule,
    "if_regnet": _if_regnet,
    "preactivated_regnet": _preactivated_regnet,
    "end_of_preactivation": _end_of_preactivation,
    "expansion_of_ratio": _expansion_of_ratio,
    "last_conv": _last_conv,
    "least_ratio": _least_ratio,
    "pooled_block": _pooled_block,
    "selective_kernel": _selective_kernel,
    "width_of_splits": _width_of_splits,
    "wide_dropout": _wide_dropout,
    "wide_depth": _wide_depth,
    "context_blocks": _context_blocks,
    "last_dilations": _last_dilations,
    "last_dilations_times": _last_dilations_times,
    "uncontracted": _uncontracted,
    "blocks_of_stages": _blocks_of_stages,
}
"""The conversions of what relatives of ResNet say."""
