"""Laws of the built network: it matches the graph, and costs what torch counts."""

import torch
from hypothesis import given
from torch.utils.flop_counter import FlopCounterMode

import resnet_dsl
from resnet_dsl.backends.pytorch.build import build_module
from resnet_dsl.backends.pytorch.check import differences, run_torchsummary
from resnet_dsl.backends.tables.summary import summary
from tests.strategies import Document, documents, small_documents


def graph_of(document: Document) -> resnet_dsl.Graph:
    return resnet_dsl.lower(resnet_dsl.load(document))


@given(small_documents())
def test_every_valid_spec_builds_and_runs_with_the_shapes_of_the_graph(
    document: Document,
) -> None:
    """A forward pass with actual values, compared with the graph module by module; the output has no NaN."""
    graph = graph_of(document)
    module = build_module(graph, seed=0)
    assert differences(module, graph) == []
    with torch.no_grad():
        output = module.eval()(torch.zeros(2, *graph.input_shape))
    assert output.shape == (2, *graph.output_shape)
    assert bool(output.isfinite().all())


@given(documents())
def test_the_state_dict_has_the_names_and_shapes_of_the_graph(document: Document) -> None:
    """For networks of every size, on `meta`; the parameter count is the graph's."""
    graph = graph_of(document)
    module = build_module(graph, device="meta")
    assert {name: tuple(value.shape) for name, value in module.state_dict().items()} == graph.state
    assert sum(parameter.numel() for parameter in module.parameters()) == graph.parameters


@given(documents())
def test_multiply_accumulates_are_half_of_what_torch_counts(document: Document) -> None:
    """For convolutions, including blur filters, and the classifier, on one input."""
    graph = graph_of(document)
    module = build_module(graph, device="meta").eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.empty(1, *graph.input_shape, device="meta"))
    assert counter.get_total_flops() == graph.flops == 2 * graph.macs


@given(small_documents())
def test_torchsummary_prints_what_summary_prints(document: Document) -> None:
    """Byte for byte, for every network."""
    graph = graph_of(document)
    assert run_torchsummary(build_module(graph), graph, 3) == summary(graph, "torchsummary", 3)


@given(small_documents())
def test_a_network_in_training_takes_a_step(document: Document) -> None:
    """Every parameter gets a gradient, although additions and activations work in place."""
    graph = graph_of(document)
    module = build_module(graph, seed=0)
    x = torch.rand(4, *graph.input_shape, generator=torch.Generator().manual_seed(0))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module(x).square().sum().backward()
    assert [name for name, parameter in module.named_parameters() if parameter.grad is None] == []
