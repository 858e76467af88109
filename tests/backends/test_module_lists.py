"""Modules in lists, called one by one by the module around them, and parts of values that others read."""

import copy
import pickle

import torch
from torch import nn

from resnet_dsl.backends.pytorch.build import build_module
from resnet_dsl.backends.pytorch.check import differences, run_torchsummary, torchsummary_difference
from resnet_dsl.graph.graph import Graph
from resnet_dsl.graph.ops import (
    Activation,
    Add,
    AttentionPool2d,
    BatchNorm2d,
    Concatenate,
    Conv2d,
    GlobalPool2d,
    Multiply,
    PartsSoftmax,
    Slice,
    SumParts,
)
from resnet_dsl.graph.verify import verify

from .handmade import INPUT, handmade

RELU = Activation("relu")
CONV = Conv2d(4, 4, 3, padding=1)
WHOLE = Conv2d(12, 12, 1)


def hierarchy() -> Graph:
    """Lists whose modules take turns: each split of the channels is convolved with the output for the one before."""
    return handmade(
        (3, 9, 9),
        [
            ("conv1", Conv2d(3, 12, 1), (INPUT,)),
            ("bn1", BatchNorm2d(12), ("conv1",)),
            ("conv2.split0", Slice(0, 4), ("bn1",)),
            ("conv2.convs.0", CONV, ("conv2.split0",)),
            ("conv2.bns.0", BatchNorm2d(4), ("conv2.convs.0",)),
            ("conv2.acts.0", RELU, ("conv2.bns.0",)),
            ("conv2.split1", Slice(4, 8), ("bn1",)),
            ("conv2.add1", Add(), ("conv2.split1", "conv2.acts.0")),
            ("conv2.convs.1", CONV, ("conv2.add1",)),
            ("conv2.bns.1", BatchNorm2d(4), ("conv2.convs.1",)),
            ("conv2.acts.1", RELU, ("conv2.bns.1",)),
            ("conv2.split2", Slice(8, 12), ("bn1",)),
            ("conv2.act", RELU, ("conv2.split2",)),
            ("conv2.join", Concatenate(), ("conv2.acts.0", "conv2.acts.1", "conv2.act")),
            ("add", Add(), ("conv2.join", "bn1")),
            ("attnpool", AttentionPool2d(12, 9, 9, 3), ("add",)),
        ],
        {"conv2": "Hierarchy", "conv2.convs": "ModuleList", "conv2.bns": "ModuleList", "conv2.acts": "ModuleList"},
    )


def paths() -> Graph:
    """A list of modules that have submodules themselves."""
    return handmade(
        (12, 9, 9),
        [
            ("act", RELU, (INPUT,)),
            ("conv2.paths.0.conv", WHOLE, ("act",)),
            ("conv2.paths.0.act", RELU, ("conv2.paths.0.conv",)),
            ("conv2.paths.1.conv", WHOLE, ("act",)),
            ("conv2.paths.1.act", RELU, ("conv2.paths.1.conv",)),
            ("conv2.join", Concatenate(), ("conv2.paths.0.act", "conv2.paths.1.act")),
            ("conv2.sum", SumParts(2), ("conv2.join",)),
            ("conv2.attn.pool", GlobalPool2d("avg"), ("conv2.sum",)),
            ("conv2.attn.fc", Conv2d(12, 24, 1), ("conv2.attn.pool",)),
            ("conv2.attn.softmax", PartsSoftmax(2), ("conv2.attn.fc",)),
            ("conv2.scale", Multiply(), ("conv2.join", "conv2.attn.softmax")),
            ("conv2.select", SumParts(2), ("conv2.scale",)),
        ],
        {
            "conv2": "Selective",
            "conv2.paths": "ModuleList",
            "conv2.paths.0": "Path",
            "conv2.paths.1": "Path",
            "conv2.attn": "Attention",
        },
    )


def reference(module: nn.Module, graph: Graph, x: torch.Tensor) -> torch.Tensor:
    """The network's output by the graph, node by node, nothing in place."""
    values = {INPUT: x}
    for node in graph.nodes[1:]:
        one, *more = (values[name] for name in node.inputs)
        match node.op:
            case Slice(start, stop):
                values[node.name] = one[:, start:stop].clone()
            case Add():
                values[node.name] = one + more[0]
            case Multiply():
                values[node.name] = one * more[0]
            case Concatenate():
                values[node.name] = torch.cat((one, *more), 1)
            case SumParts(parts):
                values[node.name] = torch.stack(one.chunk(parts, 1)).sum(0)
            case PartsSoftmax(parts):
                values[node.name] = torch.cat(torch.stack(one.chunk(parts, 1)).softmax(0).unbind(0), 1)
            case Activation():
                values[node.name] = one.relu()
            case _:
                values[node.name] = module.get_submodule(node.name)(one)
    return values[graph.outputs[0]]


def test_modules_in_lists_run_in_the_order_of_the_graph() -> None:
    """Outputs and gradients are those of the graph's nodes one by one, in training too, whatever works in place."""
    for graph in (hierarchy(), paths()):
        verify(graph)
        module = build_module(graph, dtype=torch.float64, seed=0).train()
        x = torch.randn(2, *graph.input_shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
        outputs = module(x), reference(copy.deepcopy(module), graph, x)
        assert torch.allclose(*outputs, rtol=1e-12)
        expected = torch.autograd.grad(reference(module, graph, x).square().sum(), list(module.parameters()))
        actual = torch.autograd.grad(module(x).square().sum(), list(module.parameters()))
        assert all(torch.allclose(one, other, rtol=1e-9) for one, other in zip(actual, expected, strict=True))


def test_lists_are_pytorchs_and_have_no_forward_pass() -> None:
    """Their names are in the keys of the `state_dict`; the check and the table of torchsummary leave them out."""
    for graph in (hierarchy(), paths()):
        module = build_module(graph)
        lists = {path for path, child in module.named_modules() if isinstance(child, nn.ModuleList)}
        assert lists == {path for path, kind in graph.containers.items() if kind == "ModuleList"}
        assert {name: tuple(value.shape) for name, value in module.state_dict().items()} == graph.state
        assert differences(module, graph) == []
        assert torchsummary_difference(run_torchsummary(module, graph, None), graph, None) == []


def test_networks_with_lists_export_compile_copy_and_pickle() -> None:
    """As those without, with equal results."""
    for graph in (hierarchy(), paths()):
        module = build_module(graph).eval()
        x = torch.randn(2, *graph.input_shape)
        expected = module(x)
        torch.compiler.reset()
        assert torch.equal(torch.compile(module, fullgraph=True, backend="eager")(x), expected)
        assert torch.equal(torch.export.export(module, (x,)).module()(x), expected)
        assert torch.equal(pickle.loads(pickle.dumps(module))(x), expected)
        assert torch.equal(copy.deepcopy(module)(x), expected)
