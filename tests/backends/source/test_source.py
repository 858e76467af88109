"""A network as Python source is the network that the compiler builds."""

import ast
import csv
import re
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from torch import nn

import resnet_dsl
from resnet_dsl.backends.pytorch.check import run_torchsummary
from resnet_dsl.backends.source import python_source
from resnet_dsl.graph.features import select_features

from ...helpers import SEARCHES, lower, lower_small
from ...kinds import of_each_kind
from ...strategies import Document, small_documents
from .written import ODD, SPECS, assert_equal, made, source

DATA = Path(__file__).parents[2] / "data"

SMALL = {
    "name": "small",
    "input": {"size": 32},
    "stem": {"channels": 8, "kernel": 3},
    "block": {"type": "bottleneck", "width_per_group": 32},
    "stages": {"depths": [2, 3], "widths": [8, 16]},
    "head": {"classes": 5},
}


@settings(max_examples=12)
@given(small_documents())
def test_the_source_is_the_network(document: Document) -> None:
    """Whatever the spec asks for: the same names, results and gradients, in evaluation and in training."""
    assert_equal(resnet_dsl.lower(resnet_dsl.load(document)))


@pytest.mark.slow
@settings(max_examples=100)
@given(small_documents())
def test_the_source_is_the_network_for_many_specs(document: Document) -> None:
    """The same of many."""
    assert_equal(resnet_dsl.lower(resnet_dsl.load(document)))


@pytest.mark.parametrize("name", ["resnet18", "resnet20", "regnety_002", "skresnet18", "resnest14d", "test_resnet"])
def test_the_source_of_a_bundled_spec_is_its_network(name: str) -> None:
    """For some of every kind."""
    assert_equal(lower_small(name, pixels=2))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SPECS))
def test_the_source_of_every_bundled_spec_is_its_network(name: str) -> None:
    """For one of each kind, in a search for all; of the others, the names and shapes."""
    graph = lower_small(name, pixels=2)
    if name in of_each_kind():
        assert_equal(graph, is_drawn=SEARCHES)
        return
    with torch.device("meta"):
        network = made(python_source(graph, spec="", version="1.2.3")).eval()  # norms of one pixel take no single image
        assert network(torch.empty(1, *graph.input_shape)).shape == (1, *graph.output_shape)
    assert {key: tuple(value.shape) for key, value in network.state_dict().items()} == graph.state


CHANGES: list[dict[str, object]] = [
    {"block.conv3x3": {"type": "res2", "scale": 4}},
    {"block.conv3x3": {"type": "res2", "scale": 3}, "antialias": "blur", "norm": "layer"},
    {"block.conv3x3": "split", "block.groups": 2, "shortcut.type": "none"},
    {"block.conv3x3": {"type": "selective", "split": True}, "drop_path": 0.3},
    {"attention": "cbam", "block.preactivation": True, "shortcut.source": "activation", "block.dropout": 0.1},
    {"attention": {"type": "gc", "position": "inner"}, "activation": "prelu", "drop_path": 0.2},
    {"attention": {"type": "gca", "position": "activated"}, "shortcut.pool": "avg", "stages.strides": [1, 1]},
    {"conv": "standardized", "stem.pool": {"type": "max", "padding": "zero"}, "block.pool": "after"},
    {"stem.pool": {"type": "max", "padding": "same"}, "shortcut.type": "padding", "shortcut.zeros": "both"},
    {"norm": "layer", "conv": {"type": "plain", "bias": True}, "shortcut.norm": False, "drop_path": 0.3},
    {"blocks": {"layer2.1": {"first": 3}}, "head.pool": {"type": "attention", "heads": 4}, "head.classes": 0},
    {
        "block.type": ["basic", "bottleneck"],
        "block.width_per_group": 64,
        "attention": [{"type": "se"}, {"type": "eca"}],
    },
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_source_of_unusual_blocks_is_the_network(change: dict[str, object]) -> None:
    """Modules of several layers, in which blocks of one class differ."""
    assert_equal(resnet_dsl.lower(resnet_dsl.load(SMALL, overrides=change)))


@pytest.mark.parametrize("indices", [[0], [1], [0, 2], [0, 1, 2]])
@pytest.mark.parametrize("change", [{}, {"stem.channels": [4, 6, 8], "stem.strides": [2, 1, 2], "stem.pool": "none"}])
def test_the_source_of_a_feature_extractor_outputs_feature_maps(indices: list[int], change: dict[str, object]) -> None:
    """Those that are selected, even from the middle of the stem."""
    spec = resnet_dsl.load(SMALL, overrides=change)
    assert_equal(select_features(resnet_dsl.lower(spec), indices))


@pytest.mark.parametrize(("name", "rows"), [("resnet18", 68), ("resnet50_v1", 174)])
def test_torchsummary_prints_the_articles_table_for_the_source(name: str, rows: int) -> None:
    """The same layer names, order, output shapes and parameters, with batch size 64."""
    with (DATA / f"seed_{name}.csv").open(newline="") as file:
        expected = [
            (f"{row['layer']}-{row['index']}", f"[{row['output_shape']}]", f"{int(row['params']):,}")
            for row in csv.DictReader(file)
        ]
    printed = run_torchsummary(made(source(name)), lower(name), 64)
    assert re.findall(r"^ *(\w+-\d+) +(\[.*\]) +(\S+)$", printed, re.MULTILINE) == expected
    assert len(expected) == rows


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnet50_v1"])
def test_the_source_of_a_classical_network_is_short(name: str) -> None:
    """A person can read it at once: the block, the stages, the network."""
    text = source(name)
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    assert len(text.splitlines()) <= 120
    assert len(classes) == 2
    assert "make_layer(" in text


def test_initial_weights_follow_the_same_laws() -> None:
    """Kaiming normal for convolutions, zeros where branches end, PyTorch's default for the classifier."""
    change = {"init.zero_residual": True, "activation": "prelu", "stages.widths": [64, 128]}
    network = made(python_source(resnet_dsl.lower(resnet_dsl.load(SMALL, overrides=change)), spec="", version=""))
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d) and module.weight.numel() > 1000:
            fan_out = module.out_channels * module.kernel_size[0] ** 2
            assert module.weight.std().item() == pytest.approx((2 / fan_out) ** 0.5, rel=0.1), name
            assert module.weight.mean().item() == pytest.approx(0, abs=0.2 * (2 / fan_out) ** 0.5), name
        if isinstance(module, nn.BatchNorm2d):
            assert module.weight.eq(float(not name.endswith("bn3"))).all(), name
            assert module.bias.eq(0).all()
        if isinstance(module, nn.PReLU):
            assert module.weight.eq(0.25).all()
    weight = network.get_parameter("fc.weight")
    assert weight.abs().max().item() == pytest.approx(weight.shape[1] ** -0.5, rel=0.05)


@pytest.mark.parametrize("spec", ODD)
def test_the_docstring_holds_the_spec_and_the_version(spec: str) -> None:
    """Whatever characters are in it."""
    text = python_source(lower("resnet20"), spec=spec, version="1.2.3")
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring is not None
    assert docstring.startswith("resnet20, written by resnet-dsl 1.2.3")
    assert [line.split() for line in docstring.splitlines()[2:]] == [line.split() for line in spec.strip().splitlines()]
