"""Spec documents valid by construction: later draws fit earlier ones."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from math import gcd
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from resnet_dsl.diagnostics.diagnostic import SpecError

from ..helpers import load
from . import bodies, conventions
from .attentions import attention
from .branches import Branch, branches
from .choices import flip, integer, omitted_or, one_of, one_or_list, per_stage, stated, values, written
from .conventions import ACTIVATIONS, Conventions
from .heads import Head, heads
from .regnet import widths_by_rule
from .resolution import resolution
from .scale import LARGE, SMALL, Scale
from .single_blocks import single_blocks

Document: TypeAlias = dict[Any, Any]
"""A spec as plain data; the fault strategies insert keys that are not strings."""

_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", fullmatch=True)
_PROSE = st.text(st.characters(exclude_categories=["C"], include_characters="\n\t"), max_size=30)
_BOUNDS = {
    "params": ("<= 9e18", ">= 0", "5e12 ± 100%"),
    "macs": ("<= 9e18", "0 +- 9e18"),
    "memory": (">= 1 B", "<= 1e9 TiB at batch 64", "> 0 KB at batch 2"),
    "receptive_field": (">= 1", "< 1e40"),
}
"""Bounds that every network meets: sixteen strides of 64 alone make a receptive field of 1e29."""
_PROBABILITIES = st.sampled_from([0, 0.0, 1e-5, 0.5]) | st.floats(0, 0.999)


def documents(*, roomy: bool = False, by_rule: bool = False) -> SearchStrategy[Document]:
    """Valid documents over all keys, of networks of any size that can be lowered in milliseconds.

    Args:
        roomy: no feature map shrinks to a single pixel, the only size that a stride does not change; so whether
            shapes are equal does not depend on the input size.
        by_rule: nearly all have stages by RegNet's rule, and not only some.
    """
    return _documents(LARGE, roomy, by_rule).map(without_ineffective_keys)


def small_documents() -> SearchStrategy[Document]:
    """Valid documents of networks small enough to build and run."""
    return _documents(SMALL).map(without_ineffective_keys)


def unrestricted_documents() -> SearchStrategy[Document]:
    """Documents that are valid except for possibly ineffective keys."""
    return _documents(LARGE)


def without_ineffective_keys(document: Document) -> Document:
    """The document without ineffective keys, which only the compiler can find, as they depend on shapes."""
    while found := ineffective_keys(document):
        for path in found:
            document = without(document, path)
    return document


def without(document: Document, path: Sequence[str]) -> Document:
    """The document without a key."""
    key, *rest = path
    if rest:
        return document | {key: without(document[key], rest)}
    return {name: value for name, value in document.items() if name != key}


def ineffective_keys(document: Document) -> list[list[str]]:
    """The paths of the keys that the compiler reports as ineffective, such as `["stages", "dilations"]`."""
    return [
        re.split(r"\.(?![*\d])", key) for key in _ineffective_keys(json.dumps(without(document, ["expect"])))
    ]  # names of blocks have dots


@lru_cache(maxsize=1024)
def _ineffective_keys(text: str) -> list[str]:
    """The same of a text, as many laws look at the same documents."""
    try:
        load(json.loads(text))
    except SpecError as error:
        matches = [re.fullmatch(r"`(.*)` has no effect here", fault.message) for fault in error.diagnostics]
        return [match[1] for match in matches if match]
    return []


def stage_count(document: Document) -> int:
    """How many stages the document's network has."""
    return len(depths_of(document))


def depths_of(document: Document) -> list[int]:
    """Blocks per stage, stated or by a rule."""
    depths: list[int] = without_rule(document)["stages"]["depths"]
    return depths


def without_rule(document: Document) -> Document:
    """The document with the depths and widths of a rule written out."""
    stages, block = dict(document["stages"]), document["block"]
    rule = stages.pop("regnet", None)
    if rule is None:
        return document
    expansion = block.get("expansion", {"basic": 1, "bottleneck": 4}[block["type"]])
    depths, widths = widths_by_rule(rule, expansion=expansion, group_width=block.get("group_width", 0))
    return document | {"stages": stages | {"depths": depths, "widths": widths}}


@st.composite
def _documents(draw: DrawFn, scale: Scale, roomy: bool = False, by_rule: bool = False) -> Document:
    shared = draw(conventions.conventions(scale))
    stem = draw(_stems(shared))
    body = draw(bodies.bodies(shared, stem[-1], by_rule))
    block, stages = bodies.written(draw, body)
    convolutions, in_stages = draw(branches(shared, body, stem[-1]))
    blocks, in_blocks = draw(single_blocks(shared, body, in_stages, _PROBABILITIES))
    head = draw(heads(shared, body.outs[-1], _PROBABILITIES))
    sizes = draw(resolution(shared, len(stem), len(body.depths), is_roomy=roomy))

    count = len(body.depths)
    no_attention: list[Any] = ["none"] * count
    kernels = [kernel for kernel in (7, *scale.kernels) if kernel >= shared.least]
    block_pool = one_of(draw, ["none", "none", "before", "after"])
    strides_in = ["3x3", "1x1"] if "bottleneck" in body.types and block_pool == "none" else ["3x3"]
    has_weights = shared.shortcut != "none" and shared.norm not in ("none", "instance")
    return written(
        draw,
        {
            "$schema": omitted_or(draw, "https://example.org/spec.schema.json"),
            "version": omitted_or(draw, 1),
            "name": draw(_NAMES),
            "description": omitted_or(draw, draw(_PROSE)),
            "reference": omitted_or(draw, draw(_PROSE)),
            "input": {"channels": stated(draw, one_of(draw, [3, 3, 3, 1, 2, 4]), 3), "size": sizes.size},
            "stem": {
                "channels": one_or_list(draw, stem, [64]),
                "kernel": stated(draw, one_of(draw, kernels), 7),
                **sizes.stem,
            },
            "conv": conventions.conv(draw, shared),
            "block": {
                **block,
                **convolutions,
                "stride_in": stated(draw, one_of(draw, strides_in), "3x3"),
                "pool": stated(draw, block_pool, "none"),
                "dropout": omitted_or(draw, draw(_PROBABILITIES)),
                "preactivation": stated(draw, shared.preactivation, False),
            },
            "shortcut": conventions.shortcut(draw, shared),
            "norm": _norm(draw, shared, [*stem, *body.outs, *filter(None, [head.conv])], [*in_stages, *in_blocks]),
            "activation": stated(draw, one_of(draw, ACTIVATIONS), "relu"),
            "attention": per_stage(draw, values(draw, count, lambda: attention(draw), no_attention), no_attention),
            "antialias": stated(draw, shared.antialias, "none"),
            "stages": {
                **stages,
                "strides": sizes.strides,
                "dilations": sizes.dilations,
                "output_stride": sizes.output_stride,
            },
            "blocks": blocks,
            "drop_path": omitted_or(draw, 0 if shared.shortcut == "none" else draw(_PROBABILITIES)),
            "head": head.written,
            "init": {"zero_residual": stated(draw, has_weights and flip(draw), False)},
            "expect": {
                **{key: omitted_or(draw, one_of(draw, bounds)) for key, bounds in _BOUNDS.items()},
                "depth": omitted_or(draw, _depth(body, len(stem), head)),
                "output": omitted_or(draw, [head.outputs]),
            },
        },
    )


@st.composite
def _stems(draw: DrawFn, shared: Conventions) -> list[int]:
    """The channels of the stem's convolutions."""
    if shared.scale.has_large_defaults and flip(draw):
        return [64]
    return [shared.unit * integer(draw, 1, shared.scale.stem) for _ in range(integer(draw, 1, 3))]


def _norm(draw: DrawFn, shared: Conventions, channels: list[int], inside: list[Branch]) -> Any:
    """`norm`, whose groups divide the channels of every layer."""
    common = gcd(*channels, *(count for branch in inside for count in branch.channels))
    has_pixel = any(branch.conv3x3["type"] == "split" for branch in inside)
    return conventions.norm(draw, shared.norm, common, is_paired=has_pixel)


def _depth(body: bodies.Body, stem: int, head: Head) -> int:
    per_block = {"basic": 2, "bottleneck": 3}
    convolutions = [depth * per_block[type_] for depth, type_ in zip(body.depths, body.types, strict=True)]
    return stem + sum(convolutions) + (1 if head.classes else 0)
