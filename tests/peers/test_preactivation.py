"""Pre-activation networks compared with timm's `ResNetV2`, whose modules have different names."""

import re
from typing import Any

import pytest
import torch

import resnet_dsl
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

RENAMED = (
    (r"^conv1\.0\.", "stem.conv1."),
    (r"^conv1\.1\.", "stem.norm1."),
    (r"^conv1\.3\.", "stem.conv2."),
    (r"^conv1\.4\.", "stem.norm2."),
    (r"^conv1\.6\.", "stem.conv3."),
    (r"^conv1\.", "stem.conv."),
    (r"\.downsample\.[01]\.", ".downsample.conv."),
    (r"\.bn(\d)\.", r".norm\1."),
    (r"^fc\.", "head.fc."),
)


def timms_name(name: str) -> str:
    """timm's name for our `state_dict` entry."""
    block = re.match(r"layer(\d+)\.(\d+)\.", name)
    if block:
        name = f"stages.{int(block[1]) - 1}.blocks.{block[2]}.{name[block.end() :]}"
    for pattern, replacement in RENAMED:
        name, count = re.subn(pattern, replacement, name)
        if count and not block:
            break
    return name


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
    assert {timms_name(key) for key in shapes} == set(state)
    ours.load_state_dict({key: state[timms_name(key)].reshape(shape) for key, shape in shapes.items()})
    x = hashfill.probe(3, 64, 64)
    with torch.no_grad():
        assert ours.eval()(x) == pytest.approx(theirs.eval()(x), rel=1e-9, abs=0)
    for module in (ours, theirs):
        module.train()(x).sum().backward()
    gradients = dict(theirs.named_parameters())
    for key, parameter in ours.named_parameters():
        expected = gradients[timms_name(key)].grad.reshape(parameter.shape)
        assert parameter.grad is not None
        assert float((parameter.grad - expected).abs().max()) <= 1e-9 * float(expected.abs().max()), key
