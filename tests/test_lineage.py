"""The bundled networks of the lineage compared with what is recorded of timm's and torchvision's.

`tests/data/lineage.json` has, for entry points of timm 1.0.31 and torchvision 0.28.0: the trainable parameters of the
library's model, half of what torch's `FlopCounterMode` counts for it on one input of the spec's size, and for timm's a
spec written straight from its arguments, which was found equal to the model in float64.
"""

import json
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl.graph.ops import AttentionPool2d, WeightedSum
from resnet_dsl.language.spec import Expect, Spec

from .helpers import load, lower

RECORDED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "lineage.json").read_text("utf-8"))
TIMM, TORCHVISION = RECORDED["timm"], RECORDED["torchvision"]

WEIGHTED_SUMS = ("gcresnext26ts", "gcresnet33ts", "gcresnet50t", "gcresnext50ts")
"""timm sums pixels by their weights in a matrix product, which it counts; other sums over pixels count nothing."""

ATTENTION_POOLING = tuple(f"resnet{size}_clip" for size in ("50", "101", "50x4", "50x16", "50x64"))
"""timm attends from every pixel and then takes the result of the mean; CLIP attends from the mean alone."""


def network(spec: Spec) -> Spec:
    """The spec without prose, expectations and initial values, which a pruned network of timm loses."""
    return replace(spec, name="network", description=None, reference=None, expect=Expect(), init=load("resnet18").init)


@pytest.mark.parametrize("name", TIMM)
def test_a_bundled_spec_is_the_network_of_the_entry_point(name: str) -> None:
    """However it is written, and whatever it extends, it gives the same values as the recorded spec."""
    assert network(load({"name": name, **TIMM[name]["spec"]})) == network(load(name))


@pytest.mark.parametrize(("name", "facts"), [*TIMM.items(), *TORCHVISION.items()])
def test_parameters_are_the_librarys(name: str, facts: dict[str, Any]) -> None:
    """As many as the model of the entry point has."""
    assert facts["params"] == lower(name).parameters


@pytest.mark.parametrize(
    ("name", "facts"),
    [(name, facts) for name, facts in (TIMM | TORCHVISION).items() if name not in WEIGHTED_SUMS + ATTENTION_POOLING],
)
def test_multiply_accumulates_are_the_librarys(name: str, facts: dict[str, Any]) -> None:
    """Half of the floating-point operations that torch counts in the model."""
    assert facts["macs"] == lower(name).macs


@pytest.mark.parametrize("name", WEIGHTED_SUMS)
def test_a_weighted_sum_of_pixels_counts_nothing(name: str) -> None:
    """timm counts one multiplication for each value that is summed."""
    graph = lower(name)
    summed = sum(prod(graph[node.inputs[0]].shape) for node in graph.nodes if isinstance(node.op, WeightedSum))
    assert summed > 0
    assert TIMM[name]["macs"] - summed == graph.macs


@pytest.mark.parametrize("name", ATTENTION_POOLING)
def test_attention_pooling_counts_the_attention_of_the_mean(name: str) -> None:
    """timm also counts a query, its attention and its projection for every pixel."""
    graph = lower(name)
    (classes,) = graph.output_shape
    pool = graph["attnpool"].op
    assert isinstance(pool, AttentionPool2d)
    pixels = pool.height * pool.width
    per_pixel = pool.channels * (pool.channels + 2 * (pixels + 1) + classes)
    assert TIMM[name]["macs"] - pixels * per_pixel == graph.macs
