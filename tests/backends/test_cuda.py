"""On an NVIDIA GPU: the same network as on the CPU. Skipped without one; `pytest -m cuda` runs only these tests."""

import pytest
import torch

import resnet_dsl
from resnet_dsl.analysis import memory
from resnet_dsl.backends.pytorch.build import build_module
from resnet_dsl.backends.pytorch.check import differences, run_torchsummary
from resnet_dsl.backends.pytorch.device import available_devices, resolve_device
from resnet_dsl.backends.tables.summary import summary
from resnet_dsl.language.document.bundled import bundled_specs
from tests.cli.conftest import CommandLine, resnet_dsl_command
from tests.helpers import MODERATE, SEARCHES

__all__ = ["resnet_dsl_command"]

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]


@pytest.mark.parametrize("name", sorted(bundled_specs()))
def test_logits_are_the_cpus(name: str) -> None:
    """The same seed gives the same weights on both, and with float64's precision the same logits."""
    if resnet_dsl.lower(name).parameters > MODERATE and not SEARCHES:
        pytest.skip("networks of more than 60 million parameters are run on both only in a search")
    assert difference_of_logits(name, torch.float64) <= 1e-10


@pytest.mark.parametrize("name", ["resnet50", "resnet20", "seresnet50", "resnetblur18", "resnet50_gn"])
def test_logits_are_the_cpus_within_float32_rounding(name: str) -> None:
    """Without TF32, which is less precise."""
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        assert difference_of_logits(name, torch.float32) <= 1e-4


def difference_of_logits(name: str, dtype: torch.dtype) -> float:
    """How much the logits on both devices differ at most, relative to the largest."""
    graph = resnet_dsl.lower(name)
    on_cpu, on_cuda = (build_module(graph, device=device, dtype=dtype, seed=0).eval() for device in ("cpu", "cuda"))
    state = on_cpu.state_dict()
    assert all(torch.equal(value.cpu(), state[key]) for key, value in on_cuda.state_dict().items())
    x = torch.randn(2, *graph.input_shape, generator=torch.Generator().manual_seed(0), dtype=dtype)
    with torch.inference_mode():
        expected, actual = on_cpu(x), on_cuda(x.cuda()).cpu()
    return float((actual - expected).abs().max() / expected.abs().max())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_the_network_on_cuda_matches_the_graph(dtype: torch.dtype) -> None:
    """Every layer's shape and parameters; in float32, torchsummary prints the same table."""
    graph = resnet_dsl.lower(resnet_dsl.load("resnet18"))
    module = build_module(graph, device="cuda", dtype=dtype)
    assert differences(module, graph) == []
    if dtype == torch.float32:
        assert run_torchsummary(module, graph, 64) == summary(graph, "torchsummary", 64)


def test_auto_is_the_first_cuda_device_and_an_index_out_of_range_is_refused() -> None:
    """The error lists the available devices."""
    assert resolve_device("auto") == torch.device("cuda", 0)
    assert resolve_device("cuda").type == "cuda"
    count = torch.cuda.device_count()
    with pytest.raises(resnet_dsl.EnvironmentFault) as caught:
        resolve_device(f"cuda:{count}")
    (fault,) = caught.value.diagnostics
    assert fault.code == "RD501"
    assert fault.notes == (f"available devices: {', '.join(f'`{device}`' for device in available_devices())}",)


def test_build_checks_the_network_on_cuda(resnet_dsl_command: CommandLine) -> None:
    """`resnet-dsl build resnet50 --device cuda` runs torchsummary there and reports the device."""
    result = resnet_dsl_command("build", "resnet50", "--device", "cuda")
    assert (result.status, result.err) == (0, "")
    assert "checked on cuda:0 in float32" in result.out


@pytest.mark.parametrize("name", ["resnet50", "seresnet50", "resnet50_gn"])
def test_a_training_pass_holds_what_the_graph_says(name: str) -> None:
    """What the allocator has handed out after the forward pass of a batch of 32, and at its highest: within 1 %."""
    graph = resnet_dsl.lower(name)
    module = build_module(graph, device="cuda", seed=0).train()
    torch.cuda.synchronize()
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    output = module(torch.zeros(32, *graph.input_shape, device="cuda"))
    torch.cuda.synchronize()
    expected = memory(graph, 32).saved_for_backward + output.untyped_storage().nbytes()
    for taken in (torch.cuda.memory_allocated(), torch.cuda.max_memory_allocated()):
        assert abs(taken - before - expected) <= 0.01 * expected
