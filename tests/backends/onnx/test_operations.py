"""Every operation, in every version of ONNX's operators, and what is special about files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch

from resnet_dsl.backends.onnx.model import LOWEST_OPSET
from resnet_dsl.backends.onnx.writing import data_beside
from resnet_dsl.graph.graph import Graph
from resnet_dsl.graph.ops import AvgPool2d, MaxPool2d
from resnet_dsl.language.checks.schema import enumeration, properties
from tests.backends.handmade import handmade
from tests.backends.onnx.models import difference, inputs, session, trained, written
from tests.helpers import lower

TOLERANCE = 1e-5
HALF = 1e-2
"""The same with float16, which has 11 bits."""

NETWORK: Mapping[str, Any] = {
    "name": "small",
    "input": {"size": 48},
    "stem": {"channels": 8},
    "block": {"type": "bottleneck"},
    "stages": {"depths": [1, 1, 1], "widths": [8, 8, 12]},
    "head": {"classes": 5},
}
BASIC = {"type": "basic"}

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    **{f"activation {name}": {"activation": name} for name in enumeration(properties(())["activation"])},
    **{f"attention {name}": {"attention": name} for name in enumeration(properties(())["attention"])},
    **{f"antialias {name}": {"antialias": name} for name in ("blur", "avg")},
    **{f"norm {name}": {"norm": {"type": name}} for name in ("instance", "layer", "none")},
    "norm group": {"norm": {"type": "group", "groups": 4}},
    **{f"conv3x3 {name}": {"block": {"type": "bottleneck", "conv3x3": name}} for name in ("split", "selective")},
    "conv3x3 res2": {"block": {"type": "bottleneck", "width_per_group": 32, "conv3x3": "res2"}},
    **{f"head {name}": {"head": {"pool": name, "classes": 5}} for name in ("max", "avgmax", "catavgmax", "attention")},
    "standardised": {"conv": {"type": "standardized"}},
    "biased": {"conv": {"type": "plain", "bias": True}},
    "preactivation": {"block": {"type": "bottleneck", "preactivation": True}},
    "padding": {"block": BASIC, "shortcut": {"type": "padding"}},
    "padding at both ends": {"block": BASIC, "shortcut": {"type": "padding", "zeros": "both"}},
    "average pooling": {"shortcut": {"pool": "avg"}, "block": {"type": "bottleneck", "pool": "before"}},
    **{
        f"pool {padding}": {"stem": {"channels": 8, "pool": {"type": "max", "padding": padding}}}
        for padding in ("ignore", "zero", "ceil", "same")
    },
    "dropped": {"drop_path": 0.2, "head": {"dropout": 0.5, "classes": 5}},
    "features alone": {"head": {"dropout": 0.5, "classes": 0}},
}


def small(variant: Mapping[str, Any]) -> Graph:
    return lower({**NETWORK, **variant})


def apart(graph: Graph, path: Path, **options: Any) -> float:
    """The largest difference, for two sizes of batches and inputs."""
    module = trained(graph)
    running = session(written(graph, module, path, **options))
    larger = 0 if graph.takes_one_size else 16
    return max(
        difference(running, module, inputs(graph, batch=batch, larger=more)) for batch, more in ((1, 0), (2, larger))
    )


@pytest.mark.parametrize("fold", [False, True], ids=["as it is", "folded"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_operation(variant: str, fold: bool, tmp_path: Path) -> None:
    """It computes what PyTorch does."""
    assert apart(small(VARIANTS[variant]), tmp_path / "net.onnx", fold=fold) <= TOLERANCE


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_operation_with_weights_in_a_second_file(variant: str, tmp_path: Path) -> None:
    """It computes the same, and onnx infers all shapes, for which sizes, axes and padding are in the first."""
    path = tmp_path / "net.onnx"
    assert apart(small(VARIANTS[variant]), path, embedded_bytes=1000) <= TOLERANCE
    assert data_beside(path).stat().st_size > 1000


@pytest.mark.parametrize("opset", range(LOWEST_OPSET, 23))
def test_every_opset(opset: int, tmp_path: Path) -> None:
    """Operators keep their meaning, though some take other inputs; the format is no newer than the operators need."""
    names = ("attention cbam", "attention gc", "norm layer", "conv3x3 split", "pool zero")
    for name in names:
        assert apart(small(VARIANTS[name]), tmp_path / f"{name}.onnx", opset=opset) <= TOLERANCE
    model = onnx.load(tmp_path / "attention gc.onnx")
    assert [each.version for each in model.opset_import] == [opset]
    assert model.ir_version == onnx.helper.find_min_ir_version_for(model.opset_import)


@pytest.mark.parametrize("op", [
    MaxPool2d(2, 2, 0, ceil=True), MaxPool2d(3, 2, 0, ceil=True), MaxPool2d(3, 2, 1, ceil=True),
    MaxPool2d(3, 3, 1, ceil=True), MaxPool2d(2, 3, 1, ceil=True), MaxPool2d(3, 2, 1, zeros=True, ceil=True),
    MaxPool2d(2, 2, "same"), MaxPool2d(3, 2, "same"), MaxPool2d(5, 3, "same"),
    AvgPool2d(2, 2, ceil=True), AvgPool2d(3, 2, padding=1), AvgPool2d(3, 2, padding=1, counts_padding=True),
    AvgPool2d(3, 2, ceil=True, padding=1), AvgPool2d(3, 2, ceil=True, padding=1, counts_padding=True),
], ids=str)  # fmt: skip
def test_windows_are_pytorchs(op: MaxPool2d | AvgPool2d, tmp_path: Path) -> None:
    """As many of them, at the same places, with the same divisors, whatever the size, which the model leaves free."""
    graph = handmade((2, 16, 16), [("pool", op, ("input",))])
    module = trained(graph)
    running = session(written(graph, module, tmp_path / "pool.onnx"))
    for larger in range(-9, 8):
        assert difference(running, module, inputs(graph, larger=larger)) <= TOLERANCE


@pytest.mark.parametrize("variant", ["activation mish", "attention gc", "norm group", "pool ceil", "head attention"])
def test_half_precision(variant: str, tmp_path: Path) -> None:
    """Weights, input and output have float16."""
    graph = small(VARIANTS[variant])
    module = trained(graph)
    path = written(graph, module, tmp_path / "net.onnx", dtype="float16", fold=True)
    x = inputs(graph).half()
    (found,) = session(path).run(["output"], {"input": x.numpy()})
    with torch.no_grad():
        expected = module(x.float())
    assert found.dtype == "float16"
    assert (torch.from_numpy(found).float() - expected).abs().max() <= HALF * expected.abs().max()
    kinds = {tensor.data_type for tensor in onnx.load(path).graph.initializer}
    assert kinds <= {onnx.TensorProto.FLOAT16, onnx.TensorProto.INT64}


def test_folding_leaves_no_norm_behind_a_convolution(tmp_path: Path) -> None:
    """Those of post-activation networks are all gone; of pre-activation ones, those behind another operation stay."""
    for variant, left in (("attention se", 0), ("preactivation", 4)):
        graph = small(VARIANTS[variant])
        model = onnx.load(written(graph, trained(graph), tmp_path / "net.onnx", fold=True))
        assert sum(node.op_type == "BatchNormalization" for node in model.graph.node) == left


def test_large_tensors_lie_in_a_second_file(tmp_path: Path) -> None:
    """Each at a multiple of a page; those of less than 1024 bytes stay in the first."""
    graph = small({})
    module = trained(graph)
    path = written(graph, module, tmp_path / "net.onnx", embedded_bytes=1000)
    assert data_beside(path) == tmp_path / "net.onnx.data"
    model = onnx.load(path, load_external_data=False)
    places = [
        {entry.key: entry.value for entry in tensor.external_data}
        for tensor in model.graph.initializer
        if tensor.external_data
    ]
    assert all(len(tensor.raw_data) < 1024 for tensor in model.graph.initializer)
    assert all(int(place["length"]) >= 1024 for place in places)
    assert {place["location"] for place in places} == {"net.onnx.data"}
    assert all(int(place["offset"]) % 4096 == 0 for place in places)
    assert difference(session(path), module, inputs(graph)) <= TOLERANCE
    embedded = written(graph, module, tmp_path / "whole.onnx")
    assert not data_beside(embedded).exists()
    elements = [[bytes(tensor.raw_data) for tensor in onnx.load(each).graph.initializer] for each in (path, embedded)]
    assert elements[0] == elements[1]


def test_sizes_are_free_unless_the_network_takes_one(tmp_path: Path) -> None:
    """CLIP's pooling has an embedding for each pixel; all else takes any size."""
    found = []
    for variant in ("attention se", "head attention"):
        graph = small(VARIANTS[variant])
        (value,) = onnx.load(written(graph, trained(graph), tmp_path / "net.onnx")).graph.input
        found.append([size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim])
    assert found == [["batch", 3, "height", "width"], ["batch", 3, 48, 48]]
