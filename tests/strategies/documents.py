"""Spec documents valid by construction: later draws fit earlier ones."""

import re
from dataclasses import dataclass
from itertools import accumulate
from math import gcd, prod
from operator import mul
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from resnet_dsl.diagnostics.diagnostic import SpecError

from ..helpers import load, lower
from .choices import OMITTED, for_bottlenecks, omitted_or, one_or_list, per_stage, stated, values, written

Document: TypeAlias = dict[Any, Any]
"""A spec as plain data; the fault strategies insert keys that are not strings."""


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """Size limits of networks."""

    stages: int
    depth: int
    width: int
    expansion: int
    groups: int
    stem: int
    kernels: tuple[int, ...]
    strides: tuple[int, ...]
    filtered_stride: int
    """The largest stride of networks whose feature maps must not shrink to one pixel."""
    size: int
    dilations: tuple[int, ...]
    classes: int
    has_large_defaults: bool
    """Whether keys whose defaults have the size of the ImageNet network may be omitted."""


_LARGE = _Scale(
    stages=16,
    depth=4,
    width=256,
    expansion=5,
    groups=16,
    stem=96,
    kernels=(1, 3, 5, 7, 31),
    strides=(1, 1, 2, 2, 3, 64),
    filtered_stride=3,
    size=70,
    dilations=(1, 1, 2, 4, 64),
    classes=1000,
    has_large_defaults=True,
)
_SMALL = _Scale(
    stages=3,
    depth=2,
    width=6,
    expansion=3,
    groups=3,
    stem=6,
    kernels=(1, 3, 5),
    strides=(1, 1, 2, 3),
    filtered_stride=2,
    size=40,
    dilations=(1, 1, 2, 3),
    classes=6,
    has_large_defaults=False,
)

_CHANNELS = 65_536
_DILATION = 64
_EXPANSIONS = {"basic": 1, "bottleneck": 4}
_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", fullmatch=True)
_PROSE = st.text(st.characters(exclude_categories=["C"], include_characters="\n\t"), max_size=30)
_PROBABILITIES = st.sampled_from([0, 0.0, 1e-5, 0.5]) | st.floats(0, 0.999)
_ACTIVATIONS = ["relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "mish", "hardswish", "tanh"]
_KINDS = [
    ("projection", "shape_change"),
    ("projection", "always"),
    ("padding", "shape_change"),
    ("none", "shape_change"),
]
"""Values of `shortcut.type` and `shortcut.when`."""


def documents(*, roomy: bool = False) -> SearchStrategy[Document]:
    """Valid documents over all keys, of networks of any size that can be lowered in milliseconds.

    Args:
        roomy: no feature map shrinks to a single pixel, the only size that a stride does not change; so whether
            shapes are equal does not depend on the input size.
    """
    return _documents(_LARGE, roomy).map(without_ineffective_keys)


def small_documents() -> SearchStrategy[Document]:
    """Valid documents of networks small enough to build and run."""
    return _documents(_SMALL, False).map(without_ineffective_keys)


def unrestricted_documents() -> SearchStrategy[Document]:
    """Documents that are valid except for possibly ineffective keys."""
    return _documents(_LARGE, False)


def without_ineffective_keys(document: Document) -> Document:
    """The document without ineffective keys, which only the compiler can find, as they depend on shapes."""
    for *tables, key in ineffective_keys(document):
        del (document[tables[0]] if tables else document)[key]
    return document


def ineffective_keys(document: Document) -> list[list[str]]:
    """The paths of the keys that the compiler reports as ineffective, such as `["stages", "dilations"]`."""
    try:
        lower(load(document))
    except SpecError as error:
        matches = [re.fullmatch(r"`(.*)` has no effect here", fault.message) for fault in error.diagnostics]
        return [match[1].split(".") for match in matches if match]
    return []


def stage_count(document: Document) -> int:
    return len(document["stages"]["depths"])


@st.composite
def _documents(draw: DrawFn, scale: _Scale, roomy: bool) -> Document:
    most = draw(st.sampled_from([min(4, scale.stages), scale.stages]))
    depths = draw(st.lists(st.integers(1, scale.depth), min_size=1, max_size=most))
    count = len(depths)
    kind, when = draw(st.sampled_from(_KINDS))
    norm = draw(st.sampled_from(["batch", "batch", "group", "instance", "layer", "none"]))
    antialias = draw(st.sampled_from(["none", "none", "blur", "avg"]))
    unit = draw(st.sampled_from([1, 4])) if norm == "group" else 1

    stem = [unit * channels for channels in draw(st.lists(st.integers(1, scale.stem), min_size=1, max_size=3))]
    if scale.has_large_defaults and draw(st.booleans()):
        stem = [64]
    types = draw(values(count, st.sampled_from(["basic", "bottleneck"])))
    expansions = draw(values(count, st.integers(1, scale.expansion), [_EXPANSIONS[type_] for type_ in types]))
    widths = draw(_widths(scale, expansions, unit, stem[-1] if kind == "padding" else 0))
    block, mids = draw(_blocks(scale, types, expansions, widths))

    must_not_vanish = roomy or norm in ("instance", "group") or antialias != "none"
    pool = draw(st.sampled_from(["max", "conv", "none"]))
    stem_stride = draw(st.sampled_from([2, *scale.strides]))
    strides = draw(values(count, st.sampled_from(scale.strides), _default_strides(count)))
    if must_not_vanish:
        stem_stride, strides = min(stem_stride, scale.filtered_stride), _bounded(strides, scale.filtered_stride)
    start = stem_stride * (1 if pool == "none" else 2)
    sizes = st.integers(1, scale.size)
    if must_not_vanish:
        total = start * prod(strides)
        sizes = st.integers(2, 3).map(lambda size: size * total) if antialias == "avg" else _more_than(total)
    dilations = draw(values(count, st.sampled_from(scale.dilations), [1] * count))

    outs = [width * expansion for width, expansion in zip(widths, expansions, strict=True)]
    head_pool = draw(st.sampled_from(["avg", "max", "avgmax", "catavgmax"]))
    features = outs[-1] * (2 if head_pool == "catavgmax" else 1)
    classes = draw(st.integers(0, scale.classes))
    if scale.has_large_defaults and draw(st.booleans()):
        classes = 1000
    has_weights = kind != "none" and norm not in ("none", "instance")
    return written(
        draw,
        {
            "$schema": draw(omitted_or(st.just("https://example.org/spec.schema.json"))),
            "version": draw(omitted_or(st.just(1))),
            "name": draw(_NAMES),
            "description": draw(omitted_or(_PROSE)),
            "reference": draw(omitted_or(_PROSE)),
            "input": {
                "channels": stated(draw, draw(st.just(3) | st.integers(1, 4)), 3),
                "size": draw(_sizes(sizes, may_omit=scale.has_large_defaults and not must_not_vanish)),
            },
            "stem": {
                "channels": one_or_list(draw, stem, [64]),
                "kernel": stated(draw, draw(st.sampled_from([7, *scale.kernels])), 7),
                "stride": stated(draw, stem_stride, 2),
                "pool": stated(draw, pool, "max"),
            },
            "block": block | {"preactivation": stated(draw, draw(st.booleans()), False)},
            "shortcut": _shortcut(draw, kind, when),
            "norm": draw(_norms(norm, gcd(*stem, *mids, *outs))),
            "activation": stated(draw, draw(st.sampled_from(_ACTIVATIONS)), "relu"),
            "attention": per_stage(draw, draw(values(count, _attentions(), ["none"] * count)), ["none"] * count),
            "antialias": stated(draw, antialias, "none"),
            "stages": {
                "depths": depths,
                "widths": per_stage(draw, widths, [64 << index for index in range(count)]),
                "strides": per_stage(draw, strides, _default_strides(count)),
                "dilations": per_stage(draw, dilations, [1] * count),
                "output_stride": draw(omitted_or(st.sampled_from(_output_strides(start, strides, dilations)))),
            },
            "drop_path": draw(omitted_or(st.just(0) if kind == "none" else _PROBABILITIES)),
            "head": {
                "pool": stated(draw, head_pool, "avg"),
                "dropout": draw(omitted_or(_PROBABILITIES)),
                "classes": stated(draw, classes, 1000),
            },
            "init": {"zero_residual": stated(draw, has_weights and draw(st.booleans()), False)},
            "expect": {
                "depth": draw(omitted_or(st.just(_depth(depths, types, len(stem), classes)))),
                "output": draw(omitted_or(st.just([classes or features]))),
            },
        },
    )


@st.composite
def _widths(draw: DrawFn, scale: _Scale, expansions: list[int], unit: int, floor: int) -> list[int]:
    """Widths per stage; with a floor, the output channels start there and never decrease, as padding requires."""
    count = len(expansions)
    default = [64 << index for index in range(count)]
    has_default = scale.has_large_defaults and count <= 5 and (not floor or _rises(floor, default, expansions))
    if has_default and draw(st.booleans()):
        return default
    if not floor:
        return [unit * width for width in draw(values(count, st.integers(1, scale.width)))]
    widths = []
    for expansion in expansions:
        least = -(-floor // (expansion * unit))
        widths.append(unit * draw(st.integers(least, max(least, scale.width))))
        floor = widths[-1] * expansion
    return widths


def _rises(floor: int, widths: list[int], expansions: list[int]) -> bool:
    channels = [floor, *(width * expansion for width, expansion in zip(widths, expansions, strict=True))]
    return channels == sorted(channels)


@st.composite
def _blocks(
    draw: DrawFn, scale: _Scale, types: list[str], expansions: list[int], widths: list[int]
) -> tuple[Document, list[int]]:
    """`block`, and the channels inside the blocks: always positive, and divisible by the groups."""
    inner = [index for index, type_ in enumerate(types) if type_ == "bottleneck"]
    least = [-(-64 // widths[index]) for index in inner]
    if draw(st.booleans()) and inner:
        per_group = draw(values(len(inner), st.integers(max(least), 128), [64] * len(inner)))
    else:
        per_group = [draw(st.integers(low, 128)) for low in least]
    bases = [widths[index] * value // 64 for index, value in zip(inner, per_group, strict=True)]
    most = min([scale.groups, *(_CHANNELS // base for base in bases)])
    groups = draw(values(len(inner), st.integers(1, most), [1] * len(inner))) if inner else []

    divided = dict(enumerate(widths)) | dict(zip(inner, bases, strict=True))
    divisors = [[divisor for divisor in range(1, 9) if divided[index] % divisor == 0] for index in range(len(types))]
    common = sorted(set.intersection(*map(set, divisors)))
    uniform = st.sampled_from(common).map(lambda divisor: [divisor] * len(types))
    reduced: list[int] = draw(uniform | st.tuples(*map(st.sampled_from, divisors)).map(list))
    firsts = [divided[index] // divisor for index, divisor in enumerate(reduced)]
    inners = [base * count for base, count in zip(bases, groups, strict=True)]
    for index, count in zip(inner, groups, strict=True):
        firsts[index] *= count
    block = {
        "type": per_stage(draw, types),
        "expansion": per_stage(draw, expansions, [_EXPANSIONS[type_] for type_ in types]),
        "groups": for_bottlenecks(draw, types, groups, 1),
        "width_per_group": for_bottlenecks(draw, types, per_group, 64),
        "reduce_first": per_stage(draw, reduced, [1] * len(types)),
        "stride_in": stated(draw, draw(st.sampled_from(["3x3", "1x1"] if inner else ["3x3"])), "3x3"),
    }
    return block, [*firsts, *inners]


def _shortcut(draw: DrawFn, kind: str, when: str) -> Document:
    pool = draw(st.sampled_from(["none", "avg"])) if kind == "projection" else "none"
    kernel = draw(st.sampled_from([1, 3])) if kind == "projection" and pool == "none" else 1
    return {
        "type": stated(draw, kind, "projection"),
        "when": stated(draw, when, "shape_change"),
        "kernel": stated(draw, kernel, 1),
        "pool": stated(draw, pool, "none"),
    }


@st.composite
def _norms(draw: DrawFn, kind: str, common: int) -> Any:
    """`norm` as a word, or as a mapping with settings; groups divide the channels of every layer."""
    divisors = [divisor for divisor in range(1, min(common, 64) + 1) if common % divisor == 0]
    groups = draw(st.sampled_from(divisors)) if kind == "group" else 32
    eps = draw(st.sampled_from([1e-5, 1e-3, 1e-6])) if kind != "none" else 1e-5
    momentum = draw(st.sampled_from([0, 0.1, 0.01, 1])) if kind == "batch" else 0.1
    is_short = groups == 32 and momentum == 0.1 and draw(st.booleans())
    if is_short:
        return OMITTED if kind == "batch" and draw(st.booleans()) else kind
    return {
        "type": kind,
        "eps": draw(omitted_or(st.just(eps))),
        "momentum": stated(draw, momentum, 0.1),
        "groups": stated(draw, groups, 32),
    }


def _attentions() -> SearchStrategy[Any]:
    """One stage's attention, as a word or as a mapping."""
    se = st.fixed_dictionaries({"type": st.just("se")}, optional={"ratio": st.sampled_from([0.0625, 0.25, 0.01, 1])})
    others = st.fixed_dictionaries({"type": st.sampled_from(["none", "eca"])}, optional={"ratio": st.just(0.0625)})
    return st.sampled_from(["none", "se", "eca"]) | se | others


def _default_strides(count: int) -> list[int]:
    return [1] + [2] * (count - 1)


def _bounded(strides: list[int], largest: int) -> list[int]:
    """The strides, capped and then 1 from the sixth stage on, so that their product stays below 250."""
    return [min(stride, largest) if index < 5 else 1 for index, stride in enumerate(strides)]


def _more_than(total: int) -> SearchStrategy[int]:
    """Input sizes that the network's total stride does not reduce to one pixel."""
    return st.integers(total + 1, total + 40)


def _output_strides(start: int, strides: list[int], dilations: list[int]) -> list[Any]:
    """The possible output strides: powers of two that the network reaches, with the resulting dilations in bounds."""
    found = [
        limit
        for limit in {1 << exponent for exponent in range(15)} & set(accumulate(strides, mul, initial=start))
        if max(_stopped(start, strides, dilations, limit)) <= _DILATION
    ]
    return sorted(found) or [OMITTED]


def _stopped(start: int, strides: list[int], dilations: list[int], limit: int) -> list[int]:
    """The dilation of each stage of a network with that output stride."""
    extra, total, result = 1, start, []
    for stride, dilation in zip(strides, dilations, strict=True):
        if total == limit:
            extra *= stride
        else:
            total *= stride
        result.append(dilation * extra)
    return result


@st.composite
def _sizes(draw: DrawFn, sizes: SearchStrategy[int], may_omit: bool) -> Any:
    height = draw(sizes)
    width = draw(st.just(height) | sizes)
    forms: list[Any] = [[height, width]]
    if height == width:
        forms.append(height)
    if may_omit:
        forms.append(OMITTED)
    return draw(st.sampled_from(forms))


def _depth(depths: list[int], types: list[str], stem: int, classes: int) -> int:
    convolutions = [depth * (2 if type_ == "basic" else 3) for depth, type_ in zip(depths, types, strict=True)]
    return stem + sum(convolutions) + (1 if classes else 0)
