"""On an NVIDIA GPU: the same network as on the CPU. Skipped without one; `pytest -m cuda` runs only these tests."""

import pytest
import torch

import resnet_dsl
from resnet_dsl.analysis import memory
from resnet_dsl.backends.pytorch.build import build_module
from resnet_dsl.backends.pytorch.check import differences, run_torchsummary
from resnet_dsl.backends.pytorch.device import available_devices, resolve_device
from resnet_dsl.backends.tables.summary import summary
from tests.cli.conftest import CommandLine, resnet_dsl_command

__all__ = ["resnet_dsl_command"]

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]

NAMES = ["resnet50", "resnet20", "resnext50_32x4d", "seresnet50", "ecaresnet50d", "resnetblur18", "resnet50_gn"]


@pytest.mark.parametrize("name", NAMES)
def test_logits_are_the_cpus_within_float32_rounding(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed gives the same weights on both; without TF32 the logits differ only by rounding."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    monkeypatch.setattr(torch.backends.cuda.matmul, "allow_tf32", False)
    graph = resnet_dsl.lower(resnet_dsl.load(name))
    on_cpu, on_cuda = (build_module(graph, device=device, seed=0).eval() for device in ("cpu", "cuda"))
    state = on_cpu.state_dict()
    assert all(torch.equal(value.cpu(), state[key]) for key, value in on_cuda.state_dict().items())
    x = torch.randn(2, *graph.input_shape, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected, actual = on_cpu(x), on_cuda(x.cuda()).cpu()
    assert float((actual - expected).abs().max()) <= 1e-4 * float(expected.abs().max())


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
    """What the allocator has handed out after the forward pass of a batch of 32: within 1 %, with input and output."""
    graph = resnet_dsl.lower(name)
    module = build_module(graph, device="cuda", seed=0).train()
    torch.cuda.synchronize()
    before = torch.cuda.memory_allocated()
    output = module(torch.zeros(32, *graph.input_shape, device="cuda"))
    torch.cuda.synchronize()
    held = torch.cuda.memory_allocated() - before
    expected = memory(graph, 32).saved_for_backward + output.untyped_storage().nbytes()
    assert abs(held - expected) <= 0.01 * expected
