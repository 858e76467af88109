"""What names and shapes reveal about norms and their order: whole values, and all that is left open."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.recognition.observed_norms import ObservedNorm, observed_norm, observed_preactivation
from resnet_dsl.checkpoints.recognition.observed_stages import ObservedStage
from resnet_dsl.checkpoints.recognition.open_values import OpenValues

from .observations import BATCH, GROUP, INSTANCE, NONE, PRELUS, PRELUS_INSTANCE, PRELUS_NONE, Shapes, stage, weights

STAGES = [stage(1, 64, 64, 0)]
LAYER = ObservedNorm("layer", "layer", False, False)
BIAS: Shapes = {"layer1.0.conv2.bias": (64,)}
MEAN: Shapes = {"layer1.0.bn2.running_mean": (64,)}
WEIGHT: Shapes = {"layer1.0.bn2.weight": (64,), "layer1.0.bn2.bias": (64,)}
ODD = WEIGHT | {"layer1.0.bn1.weight": (48,), "layer1.0.bn1.bias": (48,)}
PRELU: Shapes = {"layer1.0.act2.weight": (64,)}
WITHIN = WEIGHT | {f"{path}.bn.{leaf}": (3,) for path in ("a.se", "b.attn") for leaf in ("weight", "bias")}
OTHERS = WEIGHT | {"a.act.weight": (3,), "b.running_var": (3,), "b.bias": (3,), "fc.weight": (3, 3), "fc.bias": (3,)}
BASE = WEIGHT | {"base.weight": (3,), "base.bias": (3,)}

SAME_WEIGHTS = {
    "norm": "layer norm, group norm of any groups, and batch norm without its statistics have the same weights"
}
BIASES = {"norm": "a network without norms has biases, and so may one with instance norm"}
EPS = {"norm.eps": "eps is not among the weights"}
MOMENTUM = {"norm.momentum": "momentum is not among the weights"}


def settings(kind: Any, **keys: Any) -> ObservedNorm:
    return ObservedNorm(kind, {"type": kind} | keys, False, False)


@pytest.mark.parametrize(
    ("state", "prefer", "expected", "conventions", "kept"),
    [
        (MEAN, {}, BATCH, {}, ""),
        (MEAN | BIAS, {}, ObservedNorm("batch", "batch", True, False), {}, ""),
        (MEAN | PRELU, {}, PRELUS, {}, ""),
        (MEAN | WEIGHT, {"norm": "group"}, BATCH, {}, ""),
        (
            MEAN,
            {"norm": {"type": "batch", "eps": 0.5, "momentum": 0.2, "groups": 3}},
            settings("batch", eps=0.5, momentum=0.2),
            EPS | MOMENTUM,
            "",
        ),
        (MEAN, {"norm.eps": 0.5}, settings("batch", eps=0.5), EPS, ""),
        (MEAN, {"norm": {"type": "group", "eps": 0.5}}, BATCH, {}, ""),
        (MEAN, {"norm": {"type": "batch", "eps": 1e-5}}, BATCH, {}, ""),
        (WEIGHT, {}, GROUP, SAME_WEIGHTS, ""),
        (WEIGHT | BIAS, {}, ObservedNorm("group", "group", True, False), SAME_WEIGHTS, ""),
        (WEIGHT, {"norm": "group"}, GROUP, SAME_WEIGHTS, "norm"),
        (WEIGHT, {"norm": "layer"}, LAYER, SAME_WEIGHTS, "norm"),
        (WEIGHT, {"norm": "batch"}, GROUP, SAME_WEIGHTS, ""),
        (WEIGHT, {"norm": "instance"}, GROUP, SAME_WEIGHTS, ""),
        (ODD, {}, LAYER, SAME_WEIGHTS, ""),
        (ODD, {"norm": "group"}, LAYER, SAME_WEIGHTS, ""),
        (ODD, {"norm": {"type": "group", "groups": 8}}, settings("group", groups=8), SAME_WEIGHTS, "norm"),
        (ODD, {"norm": {"type": "group", "group_width": 16}}, settings("group", group_width=16), SAME_WEIGHTS, "norm"),
        (WEIGHT, {"norm": {"type": "group", "group_width": 48}}, LAYER, SAME_WEIGHTS, ""),
        (WEIGHT, {"norm": {"type": "layer", "eps": 0.5}}, settings("layer", eps=0.5), SAME_WEIGHTS | EPS, "norm"),
        (WITHIN, {}, GROUP, SAME_WEIGHTS, ""),
        (OTHERS, {}, GROUP, SAME_WEIGHTS, ""),
        (BASE, {}, LAYER, SAME_WEIGHTS, ""),
        ({}, {}, INSTANCE, {}, ""),
        ({}, {"norm": "none"}, INSTANCE, {}, ""),
        (PRELU, {}, PRELUS_INSTANCE, {}, ""),
        (
            {},
            {"norm": {"type": "instance", "eps": 0.5, "momentum": 0.2}},
            settings("instance", eps=0.5),
            EPS,
            "",
        ),
        (BIAS, {}, NONE, BIASES, ""),
        (BIAS | PRELU, {}, PRELUS_NONE, BIASES, ""),
        (BIAS, {"norm": "instance"}, NONE, BIASES, ""),
        (BIAS, {"conv.bias": True}, NONE, BIASES, ""),
        (BIAS, {"norm": "instance", "conv.bias": False}, NONE, BIASES, ""),
        (
            BIAS,
            {"norm": "instance", "conv.bias": True},
            ObservedNorm("instance", "instance", True, False),
            BIASES,
            "norm",
        ),
    ],
)
def test_norms_are_read_from_the_last_convolution_of_the_first_block(
    state: State, prefer: dict[str, Any], expected: ObservedNorm, conventions: dict[str, str], kept: str
) -> None:
    """Their type, the preferred settings of that type, biases and activations with weights."""
    values = OpenValues(prefer)
    found = observed_norm(state, STAGES, values)
    assert found == expected
    assert found.is_affine is (expected.type in ("batch", "group", "layer"))
    assert values.conventions == conventions
    assert values.preferred == {*kept.split(), *(key for key in prefer if key in conventions and "." in key)}


def test_the_last_convolution_is_that_of_the_type_of_block() -> None:
    """The third of a bottleneck."""
    third = {name.replace("2.", "3."): shape for name, shape in (MEAN | BIAS | PRELU).items()}
    bottlenecks = [stage(1, 64, 64, 0, kind="bottleneck"), *STAGES]
    assert observed_norm(third, bottlenecks, OpenValues({})) == ObservedNorm("batch", "batch", True, True)
    assert observed_norm(WEIGHT, bottlenecks, OpenValues({})) == INSTANCE


NARROW = [stage(1, 64, 64, 0, first=32)]
PROJECTED = [stage(1, 64, 64, 1)]
CONVOLUTION: Shapes = {f"{path}.1.weight": (64, 1, 3, 3) for path in ("maxpool", "layer1.0.downsample")}


@pytest.mark.parametrize(
    ("norm", "state", "stages", "expected"),
    [
        (BATCH, weights("norm", "bn1"), STAGES, True),
        (NONE, weights("norm", "bn1"), STAGES, True),
        (BATCH, weights("act", "bn1"), STAGES, False),
        (PRELUS, weights("act", "bn1"), STAGES, True),
        (PRELUS_INSTANCE, weights("act", "act1"), STAGES, True),
        (NONE, {}, STAGES, None),
        (INSTANCE, weights("bn1"), STAGES, None),
        (BATCH, weights("layer1.0.bn1", "bn1"), NARROW, True),
        (BATCH, weights("layer1.0.bn1", channels=32), NARROW, False),
        (BATCH, weights("layer1.0.bn1", channels=16), NARROW, True),
        (BATCH, weights("layer1.0.bn1"), STAGES, True),
        (BATCH, weights("layer1.0.bn1", "bn1"), STAGES, False),
        (BATCH, weights("layer1.0.act1", "bn1"), NARROW, False),
        (PRELUS_INSTANCE, weights("layer1.0.act1", "bn1"), NARROW, True),
        (PRELUS_NONE, weights("layer1.0.act1", channels=32), NARROW, False),
        (PRELUS, weights("layer1.0.act1", "bn1"), NARROW, False),
        (BATCH, weights("layer2.0.bn1", "bn1"), [*STAGES, stage(2, 64, 64, 0, first=32)], True),
        (BATCH, weights("layer1.1.bn1", "bn1"), [stage(1, 32, 64, 0, 0, first=32)], True),
        (BATCH, weights("layer1.0.downsample.1"), PROJECTED, False),
        (BATCH, weights("layer1.0.downsample.2"), PROJECTED, False),
        (BATCH, weights("layer1.0.downsample.0"), PROJECTED, True),
        (BATCH, weights("layer1.0.downsample.1"), STAGES, True),
        (BATCH, weights("layer2.0.downsample.1"), [*STAGES, stage(2, 64, 64, 1)], False),
        (BATCH, CONVOLUTION, PROJECTED, True),
        (PRELUS_INSTANCE, weights("layer1.0.downsample.1"), PROJECTED, True),
        (BATCH, weights("bn1"), STAGES, False),
        (BATCH, weights("act1"), STAGES, False),
        (BATCH, {}, STAGES, True),
        (BATCH, weights("bn1", "act1", "maxpool.0"), STAGES, True),
        (BATCH, weights("maxpool.0", "maxpool.1"), STAGES, False),
        (BATCH, weights("maxpool.0", "maxpool.2"), STAGES, False),
        (BATCH, weights("maxpool.0", "maxpool.3"), STAGES, False),
        (BATCH, weights("maxpool.0", "maxpool.4"), STAGES, True),
        (BATCH, {**weights("maxpool.0"), **CONVOLUTION}, STAGES, True),
        (BATCH, weights("maxpool.1"), STAGES, True),
    ],
)
def test_weights_reveal_whether_norms_come_first(
    norm: ObservedNorm, state: State, stages: list[ObservedStage], expected: bool | None
) -> None:
    """The last norm, the channels of the first one of a block, norms of projections, and else the end of the stem."""
    assert observed_preactivation(state, stages, norm) is expected
