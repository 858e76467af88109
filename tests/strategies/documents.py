"""Valid spec documents, made by construction: what is drawn later fits what was drawn before."""

from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

Document: TypeAlias = dict[Any, Any]
"""A spec as plain data; the strategies of faults put in keys that are no strings."""

_OMITTED: Any = object()
"""Stands for a key that is not written."""

_EXPANSIONS = {"basic": 1, "bottleneck": 4}
_CHANNELS = 65_536


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """How large networks get."""

    stages: int
    depth: int
    width: int
    expansion: int
    groups: int
    stem: int
    kernels: tuple[int, ...]
    strides: tuple[int, ...]
    sizes: tuple[int, int]
    classes: int
    has_large_defaults: bool
    """Whether keys whose defaults are the ImageNet network's size may be left out."""


_LARGE = _Scale(
    stages=16,
    depth=4,
    width=256,
    expansion=5,
    groups=16,
    stem=96,
    kernels=(1, 3, 5, 7, 31),
    strides=(1, 1, 2, 2, 3, 64),
    sizes=(1, 70),
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
    sizes=(1, 40),
    classes=6,
    has_large_defaults=False,
)


def documents(*, roomy: bool = False) -> SearchStrategy[Document]:
    """Valid documents over all keys, of networks of any size that lower in milliseconds.

    Args:
        roomy: no block strides over a feature map of one pixel, which is the only map that a stride does not
            shrink; so whether shapes are equal does not depend on the size of the input.
    """
    return _documents(_LARGE, roomy)


def small_documents() -> SearchStrategy[Document]:
    """Valid documents of networks small enough to build and run."""
    return _documents(_SMALL, False)


def stage_count(document: Document) -> int:
    return len(document["stages"]["depths"])


def block_count(document: Document) -> int:
    return sum(document["stages"]["depths"])


@st.composite
def _documents(draw: DrawFn, scale: _Scale, roomy: bool) -> Document:
    most = draw(st.sampled_from([min(4, scale.stages), scale.stages]))
    depths = draw(st.lists(st.integers(1, scale.depth), min_size=1, max_size=most))
    types = draw(_values(len(depths), st.sampled_from(["basic", "bottleneck"])))
    shortcut = draw(_shortcuts())
    stem = draw(st.lists(st.integers(1, scale.stem), min_size=1, max_size=3) | st.just([64 if _big(scale) else 5]))
    expansions = draw(_values(len(depths), st.integers(1, scale.expansion), [_EXPANSIONS[type_] for type_ in types]))
    floor = stem[-1] if shortcut["type"] == "padding" else 0
    widths = draw(_widths(scale, expansions, floor))
    stem_stride, pool = draw(st.sampled_from([2, *scale.strides])), draw(st.sampled_from(["max", "conv", "none"]))
    strides = draw(_values(len(depths), st.sampled_from(scale.strides), _default_strides(len(depths))))
    if roomy:
        stem_stride, strides = min(stem_stride, 3), _bounded(strides)
    shrinks = stem_stride * (1 if pool == "none" else 2) * prod(strides[:-1])
    lowest, highest = (shrinks + 1, shrinks + 70) if roomy else scale.sizes
    classes = draw(st.integers(0, scale.classes) | st.just(1000 if _big(scale) else 5))
    head_pool = draw(st.sampled_from(["avg", "max", "avgmax", "catavgmax"]))
    features = widths[-1] * expansions[-1] * (2 if head_pool == "catavgmax" else 1)
    return _written(
        draw,
        {
            "$schema": draw(_omitted_or(st.just("https://example.org/spec.schema.json"))),
            "version": draw(_omitted_or(st.just(1))),
            "name": draw(_NAMES),
            "description": draw(_omitted_or(_PROSE)),
            "reference": draw(_omitted_or(_PROSE)),
            "input": {
                "channels": _stated(draw, draw(st.just(3) | st.integers(1, 4)), 3),
                "size": draw(_sizes(lowest, highest, may_omit=_big(scale) and not roomy)),
            },
            "stem": {
                "channels": _stem_channels(draw, stem),
                "kernel": _stated(draw, draw(st.sampled_from([7, *scale.kernels])), 7),
                "stride": _stated(draw, stem_stride, 2),
                "pool": _stated(draw, pool, "max"),
            },
            "block": _block(draw, scale, types, expansions, widths),
            "shortcut": {
                "type": _stated(draw, shortcut["type"], "projection"),
                "when": _stated(draw, shortcut["when"], "shape_change"),
            },
            "stages": {
                "depths": depths,
                "widths": _per_stage(draw, widths, [64 << index for index in range(len(depths))]),
                "strides": _per_stage(draw, strides, _default_strides(len(depths))),
            },
            "head": {
                "pool": _stated(draw, head_pool, "avg"),
                "dropout": draw(_omitted_or(st.sampled_from([0, 0.0, 1e-5, 0.5]) | st.floats(0, 0.999))),
                "classes": _stated(draw, classes, 1000),
            },
            "init": {
                "zero_residual": _stated(draw, shortcut["type"] != "none" and draw(st.booleans()), False),
            },
            "expect": {
                "depth": draw(_omitted_or(st.just(_depth(depths, types, len(stem), classes)))),
                "output": draw(_omitted_or(st.just([classes or features]))),
            },
        },
    )


def _big(scale: _Scale) -> bool:
    return scale.has_large_defaults


def _written(draw: DrawFn, table: Document) -> Document:
    """The table without what is omitted; an empty mapping is left out or stays."""
    result: Document = {}
    for key, value in table.items():
        if value is _OMITTED:
            continue
        if isinstance(value, dict):
            value = _written(draw, value)
            if not value and draw(st.booleans()):
                continue
        result[key] = value
    return result


_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", fullmatch=True)
_PROSE = st.text(st.characters(exclude_categories=["C"], include_characters="\n\t"), max_size=30)


def _omitted_or(values: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.just(_OMITTED) | values


def _stated(draw: DrawFn, value: Any, default: Any) -> Any:
    """The value; left out now and then where it is the default."""
    return draw(_omitted_or(st.just(value))) if value == default else value


def _values(count: int, each: SearchStrategy[Any], default: list[Any] | None = None) -> SearchStrategy[list[Any]]:
    """One value per stage: all alike, all different, or the defaults."""
    uniform = each.map(lambda value: [value] * count)
    varied = st.lists(each, min_size=count, max_size=count)
    return uniform | varied if default is None else st.just(default) | uniform | varied


def _per_stage(draw: DrawFn, values: list[Any], default: list[Any] | None = None) -> Any:
    """The values as the language lets one write them: a list, a scalar where they are equal, nothing."""
    forms: list[Any] = [values]
    if len(set(values)) == 1:
        forms.append(values[0])
    if values == default:
        forms.append(_OMITTED)
    return draw(st.sampled_from(forms))


def _shortcuts() -> SearchStrategy[dict[str, str]]:
    kinds = [("projection", "shape_change"), ("projection", "always"), ("padding", "shape_change")]
    return st.sampled_from([*kinds, ("none", "shape_change")]).map(lambda kind: {"type": kind[0], "when": kind[1]})


@st.composite
def _widths(draw: DrawFn, scale: _Scale, expansions: list[int], floor: int) -> list[int]:
    """Widths per stage; with a floor, the output channels start there and never fall, as padding needs it."""
    count = len(expansions)
    default = [64 << index for index in range(count)]
    has_default = _big(scale) and count <= 5 and (not floor or _rises(floor, default, expansions))
    if has_default and draw(st.booleans()):
        return default
    if not floor:
        return draw(_values(count, st.integers(1, scale.width)))
    widths = []
    for expansion in expansions:
        least = -(-floor // expansion)
        widths.append(draw(st.integers(least, max(least, scale.width))))
        floor = widths[-1] * expansion
    return widths


def _rises(floor: int, widths: list[int], expansions: list[int]) -> bool:
    channels = [floor, *(width * expansion for width, expansion in zip(widths, expansions, strict=True))]
    return channels == sorted(channels)


def _default_strides(count: int) -> list[int]:
    return [1] + [2] * (count - 1)


def _bounded(strides: list[int]) -> list[int]:
    """The strides, from some stage on 1, so that their product stays below a thousand."""
    return [min(stride, 3) if 3 ** (index + 1) < 1000 else 1 for index, stride in enumerate(strides)]


@st.composite
def _sizes(draw: DrawFn, lowest: int, highest: int, may_omit: bool) -> Any:
    height = draw(st.integers(lowest, highest))
    width = draw(st.just(height) | st.integers(lowest, highest))
    forms: list[Any] = [[height, width]]
    if height == width:
        forms.append(height)
    if may_omit:
        forms.append(_OMITTED)
    return draw(st.sampled_from(forms))


def _stem_channels(draw: DrawFn, channels: list[int]) -> Any:
    forms: list[Any] = [channels]
    if len(channels) == 1:
        forms.append(channels[0])
    if channels == [64]:
        forms.append(_OMITTED)
    return draw(st.sampled_from(forms))


def _block(draw: DrawFn, scale: _Scale, types: list[str], expansions: list[int], widths: list[int]) -> Document:
    """`block`; groups and inner widths only where there are bottlenecks, and never an inner width of 0."""
    inner = [index for index, type_ in enumerate(types) if type_ == "bottleneck"]
    least = [-(-64 // widths[index]) for index in inner]
    if draw(st.booleans()) and inner:
        per_group = draw(_values(len(inner), st.integers(max(least), 128), [64] * len(inner)))
    else:
        per_group = [draw(st.integers(low, 128)) for low in least]
    bases = [widths[index] * value // 64 for index, value in zip(inner, per_group, strict=True)]
    most = min([scale.groups, *(_CHANNELS // base for base in bases)])
    groups = draw(_values(len(inner), st.integers(1, most), [1] * len(inner))) if inner else []
    strides_in = ["3x3", "1x1"] if inner else ["3x3"]
    return {
        "type": _per_stage(draw, types),
        "expansion": _per_stage(draw, expansions, [_EXPANSIONS[type_] for type_ in types]),
        "groups": _bottleneck_key(draw, types, groups, 1),
        "width_per_group": _bottleneck_key(draw, types, per_group, 64),
        "stride_in": _stated(draw, draw(st.sampled_from(strides_in)), "3x3"),
    }


def _bottleneck_key(draw: DrawFn, types: list[str], values: list[int], default: int) -> Any:
    """A key of bottlenecks, as a list with the default for the basic blocks, a scalar, or nothing."""
    rest = iter(values)
    forms: list[Any] = [[next(rest) if type_ == "bottleneck" else default for type_ in types]]
    if len(set(values)) == 1:
        forms.append(values[0])
    if set(values) <= {default}:
        forms += [default, _OMITTED]
    return draw(st.sampled_from(forms))


def _depth(depths: list[int], types: list[str], stem: int, classes: int) -> int:
    convolutions = [depth * (2 if type_ == "basic" else 3) for depth, type_ in zip(depths, types, strict=True)]
    return stem + sum(convolutions) + (1 if classes else 0)
