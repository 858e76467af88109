"""The bundled networks against torchvision's and timm's `resnet.py`, each against the library's own network.

A spec says in its reference whose network it is: `torchvision.models.NAME` or `timm.models.NAME`. timm has
torchvision's networks too, and builds them alike. What needs a library is skipped where it is not installed.
"""

import random
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeAlias

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_dsl.backends.pytorch.build import build_module
from resnet_dsl.graph.graph import Graph
from resnet_dsl.language.document.bundled import bundled_specs
from tests.peers import hashfill
from tests.peers.libraries import declare_torchvision_operators
from tests.peers.test_recorded import PEERS

from ..helpers import load, lower

Libraries: TypeAlias = dict[str, Any]
"""The modules with the libraries' networks, by library."""

NAMES = tuple(bundled_specs())
OWNERS = {name: re.findall(r"\b(torchvision|timm)\.models\.\w+$", load(name).reference or "") for name in NAMES}
TIMM_ONLY = tuple(name for name in NAMES if OWNERS[name] == ["timm"])
TORCHVISION = tuple(name for name in NAMES if OWNERS[name] == ["torchvision"])
NETWORKS = (*(("torchvision", name) for name in TORCHVISION), *(("timm", name) for name in (*TORCHVISION, *TIMM_ONLY)))
"""Library and name of every network that a library has."""

HUGE = 200_000_000
"""A network with more parameters takes gigabytes in float64, and a minute to fill; resnext101_32x32d is one."""

SMALLER = [network for network in NETWORKS if (load(network[1]).expect.params or 0) <= HUGE]
SAMPLE = {
    *random.Random(0).sample(SMALLER, len(NETWORKS) // 3),
    *(network for network in NETWORKS if ":".join(network) in PEERS),
}
"""A third of them, and those whose logits are recorded."""


@pytest.fixture(scope="module")
def libraries() -> Libraries:
    if any(find_spec(name) is None for name in ("torchvision", "timm")):
        pytest.skip("torchvision or timm is not installed")
    declare_torchvision_operators()
    return {name: import_module(f"{name}.models") for name in ("torchvision", "timm")}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Small layers take longer where threads wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave convolutions and classifiers without the random weights that the test does not look at."""
    monkeypatch.setattr(nn.init, "kaiming_normal_", lambda tensor, *_, **__: tensor)
    monkeypatch.setattr(nn.init, "kaiming_uniform_", lambda tensor, *_, **__: tensor)


@cache
def graph(name: str) -> Graph:
    return lower(load(name))


def their_network(libraries: Libraries, library: str, name: str) -> nn.Module:
    module: nn.Module = getattr(libraries[library], name)()
    return module.eval()


def shapes(module: nn.Module) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in module.state_dict().items()}


def half_the_flops(module: nn.Module, shape: tuple[int, ...]) -> float:
    """Half of what torch counts for one input, of which nothing is computed."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module.eval()(torch.empty(1, *shape, device="meta"))
    flops: int = counter.get_total_flops()
    return flops / 2


def test_every_architecture_is_bundled_under_its_name(libraries: Libraries) -> None:
    """All of timm's and torchvision's `resnet.py`, without pruned networks, whose channels come from a file."""
    timm = {name for name in import_module("timm").list_models(module="resnet") if not name.endswith("_pruned")}
    models = libraries["torchvision"]
    listed = models.list_models(module=models)
    torchvision = {name for name in listed if getattr(models, name).__module__ == models.resnet.__name__}
    assert set(TIMM_ONLY) == timm - torchvision
    assert set(TORCHVISION) == torchvision
    assert torchvision <= timm


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("library", "name"), NETWORKS)
def test_keys_shapes_and_parameters_are_the_librarys(libraries: Libraries, library: str, name: str) -> None:
    """The same state_dict, the same number of parameters, and the spec expects that number."""
    theirs = their_network(libraries, library, name)
    parameters = sum(parameter.numel() for parameter in theirs.parameters())
    assert shapes(build_module(graph(name), device="meta")) == shapes(theirs)
    assert graph(name).parameters == parameters
    assert load(name).expect.params == parameters


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("library", "name"),
    [*(("torchvision", name) for name in TORCHVISION), *(("timm", name) for name in TIMM_ONLY)],
)
def test_the_same_norms_start_at_zero(libraries: Libraries, library: str, name: str) -> None:
    """timm starts each residual branch at zero, torchvision none; a spec does as the library that it cites."""
    theirs = their_network(libraries, library, name)
    norms = {key for key, value in theirs.named_parameters() if value.dim() == 1 and key.endswith(".weight")}
    zeroed = {key for key in norms if not theirs.get_parameter(key).any()}
    assert {f"{node.name}.weight" for node in graph(name).nodes if getattr(node.op, "initial_weight", 1) == 0} == zeroed
    assert len(zeroed) == (len(graph(name).blocks) if library == "timm" else 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_multiply_accumulates_are_what_torch_counts(name: str) -> None:
    """Half of the count for the module that is built, at the spec's input size; the spec expects that number."""
    network = graph(name)
    assert network.macs == half_the_flops(build_module(network, device="meta"), network.input_shape)
    assert load(name).expect.macs == network.macs


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("library", "name"), NETWORKS)
def test_multiply_accumulates_are_the_librarys(libraries: Libraries, library: str, name: str) -> None:
    """Half of torch's count for the library's network, at the spec's input size."""
    theirs = their_network(libraries, library, name).to("meta")
    assert graph(name).macs == half_the_flops(theirs, graph(name).input_shape)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_network_runs(name: str) -> None:
    """With fresh weights, in evaluation mode, it makes finite logits of a small image."""
    # While evaluating, fresh norms scale nothing, so each block that does not start at zero doubles the variance:
    # with 600 of them, beyond what float32 holds. The test after this one trains in float32.
    dtype = torch.float64 if name == "resnet1202" else torch.float32
    network = graph(name)
    module = build_module(network, seed=0, dtype=dtype).eval()
    channels, height, _ = network.input_shape
    size = min(height, 64)
    with torch.inference_mode():
        logits = module(torch.randn(1, channels, size, size, generator=torch.Generator().manual_seed(0), dtype=dtype))
    assert logits.shape == (1, *network.output_shape)
    assert logits.isfinite().all()
    assert logits.std() > 0


@pytest.mark.slow
def test_the_deepest_network_runs_in_training_mode() -> None:
    """resnet1202 in float32: finite logits and gradients, for each norm takes its statistics from the batch."""
    module = build_module(graph("resnet1202"), seed=0)
    logits = module(torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0)))
    logits.sum().backward()
    assert logits.isfinite().all()
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in module.parameters())


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("library", "name"), sorted(SAMPLE))
def test_logits_are_the_librarys(libraries: Libraries, library: str, name: str) -> None:
    """The same weights in both give the same logits, to 1e-9 of each, in float64."""
    theirs = their_network(libraries, library, name).double()
    ours = build_module(graph(name), dtype=torch.float64).eval()
    hashfill.fill(ours)
    theirs.load_state_dict(ours.state_dict(), strict=True, assign=True)
    x = hashfill.probe(3, 64, 64)
    with torch.inference_mode():
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-9, atol=0)
