"""Weights whose names mean what a network has."""

from typing import Any

from resnet_dsl.checkpoints.checkpoint import Checkpoint
from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.dialects import dialect_called
from resnet_dsl.checkpoints.fitting.rereading import read_for
from resnet_dsl.checkpoints.stored import Filled, Part
from tests.helpers import lower

RESNETV2 = dialect_called("resnetv2")
DEEP: dict[str, Any] = {
    "name": "deep",
    "stem": {"channels": [4, 4, 8], "kernel": 3},
    "block": {"type": "bottleneck", "preactivation": True},
    "stages": {"depths": [1, 1], "widths": [4, 8]},
    "head": {"classes": 5},
}
POOLED = DEEP | {"shortcut": {"pool": "avg"}}


def checkpoint(state: State) -> Checkpoint:
    """Weights with the names of timm's `resnetv2.py`, read as those of a network with these entries."""
    names = RESNETV2.write(state)
    parts = {name: Part((Filled(shape, 0.0),)) for name, shape in state.items()}
    return Checkpoint(file="w.pt", parts=parts, names={name: names[name] for name in state}, dialect=RESNETV2)


def test_projections_are_read_as_the_network_has_them() -> None:
    """Pooled ones as such without pooling, which have the same name; everything else stays as it is."""
    plain, pooled = lower(DEEP).state, lower(POOLED).state
    usual = checkpoint(pooled)
    assert read_for(pooled, usual) is usual
    reread = read_for(plain, usual)
    assert dict(reread.state) == dict(plain)
    assert reread.names["layer1.0.downsample.0.weight"] == "stages.0.blocks.0.downsample.conv.weight"


def test_the_classifier_may_be_another() -> None:
    """As it may be wherever weights are loaded."""
    plain = lower(DEEP | {"head": {"classes": 9}}).state
    reread = read_for(plain, checkpoint(lower(POOLED).state))
    assert {**reread.state, "fc.weight": (9, 32), "fc.bias": (9,)} == dict(plain)


def test_weights_of_another_network_stay_as_they_are() -> None:
    """However their names may be read."""
    usual = checkpoint(lower(POOLED).state)
    other = lower(DEEP | {"stages": {"depths": [1, 2], "widths": [4, 8]}}).state
    assert read_for(other, usual) is usual
    nameless = Checkpoint(file="w.pt", parts=usual.parts, names=usual.names)
    assert read_for(other, nameless) is nameless
