"""Pre-activation networks compared with timm's `ResNetV2`, whose modules have different names."""

from typing import Any

import pytest
import torch

import resnet_dsl
from resnet_dsl.checkpoints.dialects import DIALECTS
from tests.peers import hashfill
from tests.peers.libraries import require_libraries

require_libraries(whole_module=True)
timm = pytest.importorskip("timm")

PREACTIVATION: dict[str, Any] = {"preactivation": True}
DEEP = {"stem": {"channels": [32, 32, 64], "kernel": 3}, "shortcut": {"pool": "avg"}}
NETWORKS: dict[str, dict[str, Any]] = {
    "resnetv2_18": {"block": {"type": "basic"} | PREACTIVATION, "stages": {"depths": [2, 2, 2, 2]}},
    "resnetv2_50": {"block": {"type": "bottleneck"} | PREACTIVATION, "stages": {"depths": [3, 4, 6, 3]}},
    "resnetv2_50d": {"block": {"type": "bottleneck"} | PREACTIVATION, "stages": {"depths": [3, 4, 6, 3]}} | DEEP,
}

(RESNETV2,) = (dialect for dialect in DIALECTS if dialect.name == "resnetv2")


@pytest.mark.parametrize("output_stride", [32, 16])
@pytest.mark.parametrize("name", list(NETWORKS))
def test_a_preactivation_network_is_timms(name: str, output_stride: int) -> None:
    """The same weights under other names give the same logits and gradients to 1e-9 in float64."""
    document = NETWORKS[name] | {"name": name, "input": {"size": 64}}
    document["stages"] = document["stages"] | {"output_stride": output_stride}
    theirs = timm.create_model(name, output_stride=output_stride).double()
    ours = resnet_dsl.build(document, dtype="float64")
    hashfill.fill(theirs)
    state = theirs.state_dict()
    shapes = {key: value.shape for key, value in ours.state_dict().items()}
    timms = RESNETV2.write(shapes)
    assert {*timms.values()} == set(state)
    ours.load_state_dict({key: state[timms[key]].reshape(shape) for key, shape in shapes.items()})
    x = hashfill.probe(3, 64, 64)
    with torch.no_grad():
        assert ours.eval()(x) == pytest.approx(theirs.eval()(x), rel=1e-9, abs=0)
    for module in (ours, theirs):
        module.train()(x).sum().backward()
    gradients = dict(theirs.named_parameters())
    for key, parameter in ours.named_parameters():
        expected = gradients[timms[key]].grad.reshape(parameter.shape)
        assert parameter.grad is not None
        assert float((parameter.grad - expected).abs().max()) <= 1e-9 * float(expected.abs().max()), key
