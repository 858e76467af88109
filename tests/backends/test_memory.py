"""Memory of the bundled networks: to the byte what PyTorch takes, and what training of ResNet-50 needs."""

import pytest
import torch

import resnet_dsl
from resnet_dsl.analysis import Memory, Optimizer, largest_batch, memory
from resnet_dsl.backends.pytorch.module import assemble
from resnet_dsl.graph.features import select_features
from resnet_dsl.language.document.bundled import bundled_specs
from tests.backends.memory_meter import peak_bytes, saved_bytes
from tests.helpers import MODERATE, SEARCHES, lower_small

_SAMPLE = ("test_resnet", "resnet20", "skresnet18", "resnest14d", "resnet50_clip", "gcresnet50t", "resnetv2_50x1_bit")


def compare(graph: resnet_dsl.Graph) -> None:
    """Training in float32 and under autocast, and evaluation, with two inputs."""
    with torch.device("meta"):
        module = assemble(graph)
    module = module.to_empty(device="cpu")
    x = torch.zeros(2, *graph.input_shape)
    found = memory(graph, 2)
    assert found.saved_for_backward == saved_bytes(module, x)
    assert memory(graph, 2, autocast=True).saved_for_backward == saved_bytes(module, x, autocast=True)
    assert found.inference_peak == peak_bytes(module, x)


@pytest.mark.parametrize("name", _SAMPLE)
def test_memory_is_what_pytorch_takes(name: str) -> None:
    """For one network of each kind."""
    compare(lower_small(name, pixels=1))


@pytest.mark.slow
@pytest.mark.parametrize("name", bundled_specs())
def test_memory_of_every_bundled_network_is_what_pytorch_takes(name: str) -> None:
    """Of the largest, only what training in float32 keeps, which takes no computation, unless this is a search."""
    graph = lower_small(name, pixels=1)
    if graph.parameters <= MODERATE or SEARCHES:
        compare(graph)
        return
    with torch.device("meta"):
        assert memory(graph, 2).saved_for_backward == saved_bytes(assemble(graph), torch.zeros(2, *graph.input_shape))


def test_memory_of_selected_features_is_what_pytorch_takes() -> None:
    """Feature maps that the network outputs stay alive, and are not overwritten."""
    compare(select_features(lower_small("resnet18", pixels=1), (1, 3)))


@pytest.mark.parametrize("batch", [0, -1])
def test_a_batch_has_at_least_one_input(batch: int) -> None:
    """Also where a difference counts memory; there is no memory below nothing."""
    with pytest.raises(ValueError, match=f"the batch size must be at least 1, found {batch}"):
        memory(lower_small("resnet18", pixels=1), batch)
    with pytest.raises(ValueError, match=f"the batch size must be at least 1, found {batch}"):
        resnet_dsl.diff("resnet18", "resnet34", batch_size=batch)


def test_what_is_no_optimizer_and_no_integer_is_said() -> None:
    """By the functions that take it."""
    graph = lower_small("resnet18", pixels=1)
    wanted = "unknown optimizer `foo`: optimizers are `sgd`, `momentum`, `adam`, `adamw`"
    with pytest.raises(ValueError, match=wanted):
        memory(graph, optimizer="foo")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=wanted):
        largest_batch(graph, 10**9, optimizer="foo")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="integer"):
        memory(graph, 1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="integer"):
        largest_batch(graph, "24GB")  # type: ignore[arg-type]


def test_figures_of_resnet50() -> None:
    """For a batch of 64 and Adam: 4 bytes a parameter, as many for gradients, twice as many for the state."""
    graph = resnet_dsl.lower("resnet50")
    weights = 4 * 25557032
    found = memory(graph, 64, optimizer="adam")
    assert found == Memory(
        batch_size=64,
        saved_for_backward=found.saved_for_backward,
        inference_peak=found.inference_peak,
        parameters=weights,
        gradients=weights,
        optimizer=2 * weights,
    )
    assert found.training == 4 * weights + found.saved_for_backward


def test_nothing_fits_into_less_than_one_input_takes() -> None:
    """Not even a batch of one."""
    assert largest_batch(resnet_dsl.lower("resnet18"), 10**6) == 0


@pytest.mark.parametrize(("optimizer", "states"), [("sgd", 0), ("momentum", 1), ("adam", 2), ("adamw", 2)])
def test_the_largest_batch_fits_to_the_byte(optimizer: Optimizer, states: int) -> None:
    """With one byte less than a batch takes, one input less fits."""
    graph = lower_small("resnet20", pixels=1)
    for batch in (1, 2, 7):
        for autocast in (False, True):
            need = memory(graph, batch, optimizer=optimizer, autocast=autocast)
            assert need.batch_size == batch
            assert need.optimizer == states * need.parameters
            assert need.parameters == need.gradients == 4 * graph.parameters
            assert need.training == (2 + states) * need.parameters + need.saved_for_backward
            found = [
                largest_batch(graph, need.training + more, optimizer=optimizer, autocast=autocast) for more in (-1, 0)
            ]
            assert found == [batch - 1, batch]
    assert largest_batch(graph, -1) == largest_batch(graph, 0) == 0
    assert memory(graph) == memory(graph, 1, optimizer="sgd", autocast=False)
