"""The bundled networks compared with the corresponding ones in the `resnet.py` of torchvision and timm.

A spec's reference names the library: `torchvision.models.NAME` or `timm.models.NAME`. timm also has torchvision's
networks, and builds them identically. Tests that need a library are skipped if it is not installed. Networks of other
modules are in `test_lineage.py`.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_dsl.backends.pytorch.build import build_module
from resnet_dsl.graph.graph import Graph
from resnet_dsl.language.document.bundled import bundled_specs
from tests.backends.test_recorded_logits import UNREPEATABLE
from tests.peers import hashfill
from tests.peers.libraries import require_libraries
from tests.test_lineage import TIMM
from tests.test_lineage import TORCHVISION as TORCHVISION_REGNETS

from ..helpers import load, lower
from ..kinds import of_each_kind

pytestmark = pytest.mark.slow

Libraries: TypeAlias = dict[str, Any]
"""The library modules that define the networks, by library."""

NAMES = tuple(name for name in bundled_specs() if name not in TIMM | TORCHVISION_REGNETS)
OWNERS = {name: re.findall(r"\b(torchvision|timm)\.models\.\w+$", load(name).reference or "") for name in NAMES}
TIMM_ONLY = tuple(name for name in NAMES if OWNERS[name] == ["timm"])
TORCHVISION = tuple(name for name in NAMES if OWNERS[name] == ["torchvision"])
NETWORKS = (*(("torchvision", name) for name in TORCHVISION), *(("timm", name) for name in (*TORCHVISION, *TIMM_ONLY)))
"""Library and name of every network that a library defines."""

COMPARED = [network for network in NETWORKS if network[1] in of_each_kind() or ":".join(network) == UNREPEATABLE]
"""One network of each kind, and the one whose recorded logits are for one machine."""

DEEPEST = {"resnetrs420", "resnet1202"}


@pytest.fixture(scope="module")
def libraries() -> Libraries:
    require_libraries()
    return {name: import_module(f"{name}.models") for name in ("torchvision", "timm")}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """With small layers, threads cost more time than they save."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the random initialisation of convolutions and classifiers, which the test does not need."""
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
    """Half of torch's count for one input, without computing anything."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module.eval()(torch.empty(1, *shape, device="meta"))
    flops: int = counter.get_total_flops()
    return flops / 2


def test_every_architecture_is_bundled_under_its_name(libraries: Libraries) -> None:
    """All networks in the `resnet.py` of timm and torchvision, except pruned ones, whose channels come from a file."""
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
    """The same state_dict and number of parameters, which the spec expects."""
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
    """timm initialises each residual branch to zero, torchvision does not; a spec follows the library that it cites."""
    theirs = their_network(libraries, library, name)
    norms = {key for key, value in theirs.named_parameters() if value.dim() == 1 and key.endswith(".weight")}
    zeroed = {key for key in norms if not theirs.get_parameter(key).any()}
    assert {f"{node.name}.weight" for node in graph(name).nodes if getattr(node.op, "initial_weight", 1) == 0} == zeroed
    assert len(zeroed) == (len(graph(name).blocks) if library == "timm" else 0)


@pytest.mark.parametrize("name", [name for name in NAMES if not OWNERS[name]])
def test_multiply_accumulates_are_what_torch_counts(name: str) -> None:
    """Half of torch's count at the spec's input size, as the spec expects, where no library has the network."""
    network = graph(name)
    assert network.macs == half_the_flops(build_module(network, device="meta"), network.input_shape)
    assert load(name).expect.macs == network.macs


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("library", "name"), NETWORKS)
def test_multiply_accumulates_are_the_librarys(libraries: Libraries, library: str, name: str) -> None:
    """Half of torch's count for the library's network at the spec's input size."""
    theirs = their_network(libraries, library, name).to("meta")
    assert graph(name).macs == half_the_flops(theirs, graph(name).input_shape)


@pytest.mark.parametrize("name", [name for name in NAMES if name in DEEPEST or name in of_each_kind()])
def test_a_bundled_network_runs(name: str) -> None:
    """With fresh weights, in evaluation mode, one of each kind and the deepest give finite logits for a small image."""
    # In evaluation mode, fresh norms do not scale, so each block not initialised to zero doubles the variance: 600 of
    # them exceed the range of float32. The next test trains in float32.
    network = graph(name)
    dtype = torch.float64 if network.depth > 1000 else torch.float32
    module = build_module(network, seed=0, dtype=dtype).eval()
    channels, height, _ = network.input_shape
    size = min(height, 64)
    with torch.inference_mode():
        logits = module(torch.randn(1, channels, size, size, generator=torch.Generator().manual_seed(0), dtype=dtype))
    assert logits.shape == (1, *network.output_shape)
    assert logits.isfinite().all()
    assert logits.std() > 0


def test_the_deepest_network_runs_in_training_mode() -> None:
    """resnet1202 in float32 has finite logits and gradients, with batch statistics in each norm."""
    module = build_module(graph("resnet1202"), seed=0)
    logits = module(torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0)))
    logits.sum().backward()
    assert logits.isfinite().all()
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in module.parameters())


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("library", "name"), COMPARED)
def test_logits_are_the_librarys(libraries: Libraries, library: str, name: str) -> None:
    """The same weights in both give the same logits, to a relative 1e-9 each, in float64."""
    theirs = their_network(libraries, library, name).double()
    ours = build_module(graph(name), dtype=torch.float64).eval()
    hashfill.fill(ours)
    theirs.load_state_dict(ours.state_dict(), strict=True, assign=True)
    x = hashfill.probe(3, 64, 64)
    with torch.inference_mode():
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-9, atol=0)
