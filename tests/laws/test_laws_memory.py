"""Laws of memory: what the graph says of it is what PyTorch takes, to the byte."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import resnet_dsl
from resnet_dsl.analysis import OPTIMIZERS, Optimizer, largest_batch, memory
from resnet_dsl.analysis.inference import inference_peak
from resnet_dsl.analysis.saved_tensors import saved_for_backward
from resnet_dsl.backends.pytorch.module import assemble
from tests.backends.memory_meter import peak_bytes, saved_bytes
from tests.strategies import Document, small_documents

BATCHES = st.integers(2, 3)


def graph_of(document: Document) -> resnet_dsl.Graph:
    return resnet_dsl.lower(resnet_dsl.load(document))


@given(small_documents(), BATCHES)
def test_training_keeps_what_autograd_saves(document: Document, batch: int) -> None:
    """The tensors that hooks see in training mode, each storage once, in float32."""
    graph = graph_of(document)
    x = torch.zeros(batch, *graph.input_shape)
    assert sum(saved_for_backward(graph, batch).values()) == saved_bytes(assemble(graph), x)


@pytest.mark.slow
@settings(max_examples=100)
@given(small_documents(), BATCHES)
def test_training_of_many_networks_keeps_what_autograd_saves(document: Document, batch: int) -> None:
    """The same for more of them."""
    graph = graph_of(document)
    x = torch.zeros(batch, *graph.input_shape)
    assert sum(saved_for_backward(graph, batch).values()) == saved_bytes(assemble(graph), x)


@given(small_documents(), BATCHES)
def test_training_under_autocast_keeps_what_autograd_saves(document: Document, batch: int) -> None:
    """The same in bfloat16, with casts of weights and inputs."""
    graph = graph_of(document)
    x = torch.zeros(batch, *graph.input_shape)
    kept = saved_for_backward(graph, batch, autocast=True)
    assert sum(kept.values()) == saved_bytes(assemble(graph), x, autocast=True)


@given(small_documents(), st.integers(1, 3))
def test_evaluation_takes_as_much_memory_at_once_as_its_tensors(document: Document, batch: int) -> None:
    """The storages that are alive at once after any operation of PyTorch."""
    graph = graph_of(document)
    x = torch.zeros(batch, *graph.input_shape)
    assert inference_peak(graph, batch) == peak_bytes(assemble(graph), x)


@given(small_documents(), st.integers(1, 50), st.sampled_from(OPTIMIZERS), st.booleans())
def test_the_largest_batch_fits_and_the_next_one_does_not(
    document: Document, batch: int, optimizer: Optimizer, autocast: bool
) -> None:
    """As much memory as a batch takes is enough for it; with one byte less, it is enough for one input less."""
    graph = graph_of(document)
    needed = memory(graph, batch, optimizer=optimizer, autocast=autocast).training
    for capacity, largest in ((needed, batch), (needed - 1, batch - 1)):
        assert largest_batch(graph, capacity, optimizer=optimizer, autocast=autocast) == largest
