"""Our networks against what torchvision's were recorded to be."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import resnet_dsl
from tests.peers import hashfill

PEERS: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "peers.json").read_text("utf-8"))
TORCHVISION = [key.removeprefix("torchvision:") for key in PEERS if key.startswith("torchvision:") and "?" not in key]


def key_digest(module: nn.Module) -> str:
    """SHA-256 of the sorted names and shapes of a `state_dict`."""
    lines = sorted(f"{name} {tuple(tensor.shape)}" for name, tensor in module.state_dict().items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@pytest.mark.parametrize("name", TORCHVISION)
def test_a_bundled_network_has_torchvisions_keys_parameters_and_logits(name: str) -> None:
    """Same state_dict keys and shapes, same number of parameters, same logits to 1e-9 in float64."""
    recorded = PEERS[f"torchvision:{name}"]
    size = recorded["probe_size"]
    module = resnet_dsl.build(name, dtype=torch.float64).eval()
    assert key_digest(module) == recorded["sha256_sorted"]
    assert len(module.state_dict()) == recorded["entries"]
    assert sum(parameter.numel() for parameter in module.parameters()) == recorded["parameters"]
    hashfill.fill(module)
    with torch.inference_mode():
        logits = module(hashfill.probe(3, size, size))
    assert logits[0, :8].tolist() == pytest.approx(recorded["logits_row0_first8"], rel=1e-9, abs=0)
    assert logits[1].sum().item() == pytest.approx(recorded["logits_row1_sum"], rel=1e-9, abs=0)
    assert logits.abs().mean().item() == pytest.approx(recorded["logits_abs_mean"], rel=1e-9, abs=0)


def test_ten_networks_of_torchvision_are_recorded() -> None:
    """No entry is lost on the way into the test above."""
    assert len(TORCHVISION) == 10
