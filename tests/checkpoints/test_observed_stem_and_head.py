"""What names and shapes reveal about stem and head: whole values, and all that is left open."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.recognition.entries import Unrecognised
from resnet_dsl.checkpoints.recognition.observed_head import observed_head
from resnet_dsl.checkpoints.recognition.observed_norms import ObservedNorm
from resnet_dsl.checkpoints.recognition.observed_stem import ObservedStem, observed_stem, reduction, stem_keys
from resnet_dsl.checkpoints.recognition.observed_strides import total_stride
from resnet_dsl.checkpoints.recognition.open_values import OpenValues

from .observations import BATCH, INSTANCE, NONE, PRELUS, PRELUS_INSTANCE, PRELUS_NONE, Shapes

STRIDES = "shapes do not reveal strides"
POOLING = "pooling has no weights"
SMALL = ObservedStem(3, (16,), 3, False)
LARGE = ObservedStem(3, (64,), 7, False)
DEEP = ObservedStem(3, (32, 32, 64), 3, False)
BY_CONVOLUTION = ObservedStem(3, (64,), 3, True)
ATTENTION_POOL: Shapes = {"attnpool.positional_embedding": (50, 64)}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"conv1.weight": (64, 3, 7, 5)}, LARGE),
        ({"conv1.weight": (16, 1, 3, 3), "maxpool.0.weight": (1,)}, ObservedStem(1, (16,), 3, True)),
        ({"conv1.weight": (16, 1, 3, 3), "maxpool.1.weight": (1,)}, ObservedStem(1, (16,), 3, False)),
        (
            {
                "conv1.10.weight": (48, 32, 3, 3),
                "conv1.3.weight": (32, 16, 3, 3),
                "conv1.0.weight": (16, 4, 5, 5),
                "conv1.1.weight": (16,),
            },
            ObservedStem(4, (16, 32, 48), 5, False),
        ),
    ],
)
def test_a_stem_is_read_exactly(state: State, expected: ObservedStem) -> None:
    """In the order of its numbers; its kernel and input are those of the first convolution."""
    assert observed_stem(state) == expected


@pytest.mark.parametrize("state", [{}, {"conv1.weight": (64, 3, 7)}, {"xconv1.weight": (64, 3, 7, 7)}])
def test_without_a_convolution_there_is_no_stem(state: State) -> None:
    """Neither by an entry of another rank, nor by one that only ends so."""
    with pytest.raises(Unrecognised) as caught:
        observed_stem(state)
    assert str(caught.value) == "it has no convolution `conv1.weight`"


SMALL_VALUES = {"channels": 16, "kernel": 3, "stride": 1, "pool": "none"}
LARGE_VALUES = {"channels": 64, "kernel": 7, "stride": 2, "pool": "max"}
DEEP_VALUES: dict[str, Any] = {"channels": [32, 32, 64], "kernel": 3, "stride": 2, "pool": "max"}
CONV_VALUES = {"channels": 64, "kernel": 3, "stride": 1, "pool": "conv"}
SAME = {"type": "max", "padding": "same"}


@pytest.mark.parametrize(
    ("stem", "state", "is_regnet", "prefer", "expected", "open_keys", "kept"),
    [
        (SMALL, {}, False, {}, SMALL_VALUES, "stride pool", ""),
        (SMALL, {}, True, {}, SMALL_VALUES | {"stride": 2}, "stride pool", ""),
        (LARGE, {}, False, {}, LARGE_VALUES, "stride pool", ""),
        (DEEP, {}, False, {}, DEEP_VALUES, "stride pool", ""),
        (SMALL, ATTENTION_POOL, False, {}, SMALL_VALUES | {"pool": "avg"}, "stride pool", ""),
        (BY_CONVOLUTION, {}, False, {}, CONV_VALUES, "stride", ""),
        (
            BY_CONVOLUTION,
            {},
            False,
            {"stem.pool": "max", "stem.stride": 2},
            CONV_VALUES | {"stride": 2},
            "stride",
            "stride",
        ),
        (
            LARGE,
            {},
            False,
            {"stem.pool": "conv", "stem.stride": 4},
            LARGE_VALUES | {"stride": 4},
            "stride pool",
            "stride",
        ),
        (LARGE, {}, False, {"stem.pool": {"type": "conv"}}, LARGE_VALUES, "stride pool", ""),
        (LARGE, {}, False, {"stem.pool": SAME | {"kernel": 3}}, LARGE_VALUES | {"pool": SAME}, "stride pool", "pool"),
        (
            DEEP,
            {},
            False,
            {"stem.strides": [1, 1, 2], "stem.stride": 1},
            {"channels": [32, 32, 64], "kernel": 3, "strides": [1, 1, 2], "pool": "max"},
            "strides pool",
            "strides",
        ),
        *(
            (DEEP, {}, False, {"stem.strides": strides}, DEEP_VALUES, "stride pool", "")
            for strides in ([2, 1], [2, 1, 1, 1], 2)
        ),
    ],
)
def test_the_values_of_the_stem(
    stem: ObservedStem,
    state: State,
    is_regnet: bool,
    prefer: dict[str, Any],
    expected: dict[str, Any],
    open_keys: str,
    kept: str,
) -> None:
    """A small one neither strides nor pools, but for that of a RegNet, which strides; preferred ones if possible."""
    values = OpenValues(prefer)
    assert stem_keys(stem, state, is_regnet, values) == expected
    reasons = {"stride": STRIDES, "strides": STRIDES, "pool": POOLING}
    assert values.conventions == {f"stem.{key}": reasons[key] for key in open_keys.split()}
    assert values.preferred == {f"stem.{key}" for key in kept.split()}


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ({"stride": 2, "pool": "max"}, 4),
        ({"stride": 2, "pool": "none"}, 2),
        ({"stride": 1, "pool": "none"}, 1),
        ({"pool": "conv"}, 2),
        ({"pool": {"type": "max"}}, 2),
        ({"strides": [2, 3, 1], "pool": "max"}, 12),
        ({"strides": [2, 3], "stride": 5, "pool": "none"}, 6),
    ],
)
def test_a_stem_reduces_by_its_strides_and_twice_where_it_pools(stem: dict[str, Any], expected: int) -> None:
    """Whatever the pooling; the network also by the strides of its stages."""
    assert reduction(stem) == expected
    assert total_stride(stem, [1, 2, 3]) == 6 * expected


FC: Shapes = {"fc.weight": (5, 64)}
CONV_HEAD: Shapes = {"conv_head.weight": (32, 64, 1, 1)}
HEAD_POOL = {"head.pool": POOLING}
AVG = {"pool": "avg", "classes": 5}
NO_CLASSES = {"pool": "avg", "classes": 0}
DOUBLE = {"pool": "catavgmax", "classes": 5}


@pytest.mark.parametrize(
    ("state", "prefer", "expected", "conventions", "kept"),
    [
        ({}, {}, NO_CLASSES, HEAD_POOL, ""),
        (FC, {}, AVG, HEAD_POOL, ""),
        ({"fc.weight": (5, 128)}, {}, DOUBLE, {}, ""),
        ({"fc.weight": (5, 128)}, {"head.pool": "avg"}, DOUBLE, {}, ""),
        (CONV_HEAD | {"fc.weight": (5, 32)}, {}, {"conv": 32} | AVG, HEAD_POOL, ""),
        (CONV_HEAD | {"fc.weight": (5, 64)}, {}, {"conv": 32} | DOUBLE, {}, ""),
        (CONV_HEAD, {}, {"conv": 32} | NO_CLASSES, HEAD_POOL, ""),
        *((FC, {"head.pool": each}, AVG | {"pool": each}, HEAD_POOL, "pool") for each in ("avg", "max", "avgmax")),
        *((FC, {"head.pool": each}, AVG, HEAD_POOL, "") for each in ("catavgmax", "attention", {"type": "attention"})),
        *(
            ({}, {"head.pool": each}, {"pool": each, "classes": 0}, HEAD_POOL, "pool")
            for each in ("avg", "max", "avgmax", "catavgmax")
        ),
        ({}, {"head.pool": "attention"}, NO_CLASSES, HEAD_POOL, ""),
        (
            FC,
            {"head.dropout": 0.5},
            {"pool": "avg", "dropout": 0.5, "classes": 5},
            HEAD_POOL | {"head.dropout": "dropout has no weights"},
            "dropout",
        ),
        (FC, {"head.dropout": 0}, AVG, HEAD_POOL, ""),
        (FC, {"head.norm": False, "head.activation": False}, AVG, HEAD_POOL, ""),
    ],
)
def test_the_values_of_a_head(
    state: State, prefer: dict[str, Any], expected: dict[str, Any], conventions: dict[str, str], kept: str
) -> None:
    """Without pre-activation: convolution, pooling, dropout and classes, in this order."""
    values = OpenValues(prefer)
    found = observed_head(state, 64, BATCH, False, values)
    assert list(found.items()) == list(expected.items())
    assert values.conventions == conventions
    assert values.preferred == {f"head.{key}" for key in kept.split()}


NORM_KEY = {"head.norm": "instance norm has no weights"}
ACTIVATION_KEY = {"head.activation": "activations have no weights"}
NORM_WEIGHT: Shapes = {"norm.weight": (64,)}
ACTIVATION_WEIGHT: Shapes = {"act.weight": (64,)}


@pytest.mark.parametrize(
    ("norm", "state", "prefer", "expected", "conventions", "kept"),
    [
        (BATCH, NORM_WEIGHT, {}, {}, {}, ""),
        (BATCH, {}, {}, {"norm": False}, {}, ""),
        (BATCH, NORM_WEIGHT, {"head.norm": False}, {}, {}, ""),
        (BATCH, {}, {"head.norm": True}, {"norm": False}, {}, ""),
        (BATCH, NORM_WEIGHT, {"head.activation": False}, {"activation": False}, ACTIVATION_KEY, "activation"),
        (BATCH, NORM_WEIGHT, {"head.activation": True}, {}, {}, ""),
        (BATCH, {}, {"head.activation": True}, {"norm": False, "activation": True}, ACTIVATION_KEY, "activation"),
        (BATCH, {}, {"head.activation": False}, {"norm": False}, {}, ""),
        (INSTANCE, {}, {}, {}, {}, ""),
        (INSTANCE, {}, {"head.norm": True}, {}, {}, ""),
        (INSTANCE, {}, {"head.norm": False}, {"norm": False}, NORM_KEY, "norm"),
        (
            INSTANCE,
            {},
            {"head.norm": False, "head.activation": True},
            {"norm": False, "activation": True},
            NORM_KEY | ACTIVATION_KEY,
            "norm activation",
        ),
        (INSTANCE, {}, {"head.norm": False, "head.activation": False}, {"norm": False}, NORM_KEY, "norm"),
        (INSTANCE, {}, {"head.activation": False}, {"activation": False}, ACTIVATION_KEY, "activation"),
        (PRELUS, NORM_WEIGHT | ACTIVATION_WEIGHT, {}, {}, {}, ""),
        (PRELUS, NORM_WEIGHT, {"head.activation": True}, {"activation": False}, {}, ""),
        (PRELUS, ACTIVATION_WEIGHT, {"head.activation": False}, {"norm": False, "activation": True}, {}, ""),
        (PRELUS, {}, {}, {"norm": False}, {}, ""),
        (PRELUS_INSTANCE, {}, {}, {"activation": False}, {}, ""),
        (PRELUS_INSTANCE, ACTIVATION_WEIGHT, {}, {}, {}, ""),
        (
            PRELUS_INSTANCE,
            ACTIVATION_WEIGHT,
            {"head.norm": False},
            {"norm": False, "activation": True},
            NORM_KEY,
            "norm",
        ),
        (PRELUS_INSTANCE, {}, {"head.norm": False}, {"norm": False}, NORM_KEY, "norm"),
        (NONE, {}, {"head.norm": False}, {}, {}, ""),
        (NONE, {}, {"head.activation": False}, {"activation": False}, ACTIVATION_KEY, "activation"),
        (PRELUS_NONE, {}, {"head.norm": False}, {"activation": False}, {}, ""),
    ],
)
def test_what_follows_preactivated_blocks(
    norm: ObservedNorm, state: State, prefer: dict[str, Any], expected: dict[str, Any], conventions: Any, kept: str
) -> None:
    """The network's norm and activation, where weights or preferences do not say otherwise."""
    values = OpenValues(prefer)
    assert observed_head({**FC, **state}, 64, norm, True, values) == expected | AVG
    assert values.conventions == conventions | HEAD_POOL
    assert values.preferred == {f"head.{key}" for key in kept.split()}
    assert observed_head({**FC, **state}, 64, norm, False, OpenValues(prefer)) == AVG


@pytest.mark.parametrize(
    ("channels", "preferred", "heads"),
    [
        (64, None, None),
        (32, None, None),
        (256, None, None),
        (256, {"type": "attention", "heads": 4}, None),
        (256, {"type": "attention", "heads": 8}, 8),
        (256, {"type": "attention", "heads": 3}, None),
        (256, "attention", None),
        (200, None, 2),
        (200, {"type": "attention", "heads": 3}, 2),
        (200, {"type": "attention", "heads": 200}, 200),
        (200, {"type": "attention", "heads": 201}, 2),
        (449, None, 1),
    ],
)
def test_the_heads_of_attention_pooling(channels: int, preferred: Any, heads: int | None) -> None:
    """The preferred number if it divides the channels, else the largest that does and is not above the usual one."""
    values = OpenValues({"head.pool": preferred})
    found = observed_head({**ATTENTION_POOL, "fc.weight": (5, 2 * channels)}, channels, BATCH, False, values)
    pool = "attention" if heads is None else {"type": "attention", "heads": heads}
    assert found == {"pool": pool, "classes": 5}
    assert values.conventions == ({} if heads is None else {"head.pool.heads": "shapes do not reveal heads"})
    assert values.preferred == set()


@pytest.mark.parametrize(
    ("entry", "shape", "rank"), [("fc", (5,), 2), ("fc", (5, 5, 1, 1), 2), ("conv_head", (5, 5), 4)]
)
def test_a_head_of_another_rank_is_refused(entry: str, shape: tuple[int, ...], rank: int) -> None:
    """Its entry is named."""
    with pytest.raises(Unrecognised) as caught:
        observed_head({f"{entry}.weight": shape}, 64, BATCH, False, OpenValues({}))
    assert str(caught.value) == f"`{entry}.weight` has shape {list(shape)} instead of {rank} dimensions"
