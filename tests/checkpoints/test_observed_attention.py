"""What names and shapes reveal about attention, and which settings come first of those that yield them."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.entries import Unrecognised
from resnet_dsl.checkpoints.recognition.observed_attention import (
    ObservedAttention,
    fitting_settings,
    observed_attention,
)
from resnet_dsl.checkpoints.recognition.observed_blocks import Channels, ObservedBlock
from resnet_dsl.checkpoints.recognition.observed_conv3x3 import Observed3x3
from resnet_dsl.language.spec import Attention


def block(read: int = 48, inner: int = 64, out: int = 256, splits: int = 1) -> ObservedBlock:
    """A bottleneck with these channels."""
    conv3x3 = Observed3x3("plain", inner, 1, splits=splits)
    return ObservedBlock("b", "bottleneck", read, out, Channels(inner, inner), conv3x3, 0)


BLOCK = block()


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({}, ObservedAttention(BLOCK, "")),
        ({"c.se.fc1.weight": (16, 256, 1, 1)}, ObservedAttention(BLOCK, "")),
        ({"b.se.fc1.weight": (16, 256, 1, 1)}, ObservedAttention(BLOCK, "se", 256, 16)),
        (
            {"b.se.fc1.weight": (16, 256, 1, 1), "b.se.act.weight": (16,)},
            ObservedAttention(BLOCK, "se", 256, 16, has_prelu=True),
        ),
        ({"b.se.conv.weight": (1, 2, 5)}, ObservedAttention(BLOCK, "eca", kernel=5)),
        ({"b.se.conv.weight": (1, 2, 5), "b.se.act.weight": (1,)}, ObservedAttention(BLOCK, "eca", kernel=5)),
        ({"b.se.fc.weight": (256, 256, 1, 1)}, ObservedAttention(BLOCK, "ese", 256)),
        ({"b.se.channel.fc1.weight": (16, 256, 1, 1)}, ObservedAttention(BLOCK, "cbam", 256, 16)),
        (
            {"b.se.channel.fc1.weight": (16, 256, 1, 1), "b.se.channel.act.weight": (1,)},
            ObservedAttention(BLOCK, "cbam", 256, 16),
        ),
        ({"b.se.mlp_scale.fc1.weight": (32, 256, 1, 1)}, ObservedAttention(BLOCK, "gc", 256, 32)),
        (
            {"b.se.mlp_scale.fc1.weight": (32, 256, 1, 1), "b.se.mlp_scale.act.weight": (32,)},
            ObservedAttention(BLOCK, "gc", 256, 32, has_prelu=True),
        ),
        ({"b.se.mlp_add.fc1.weight": (32, 256, 1, 1)}, ObservedAttention(BLOCK, "gca", 256, 32)),
        (
            {"b.se.mlp_add.fc1.weight": (32, 256, 1, 1), "b.se.mlp_add.act.weight": (32,)},
            ObservedAttention(BLOCK, "gca", 256, 32, has_prelu=True),
        ),
    ],
)
@pytest.mark.parametrize("activated", [None, True, False])
def test_attention_is_read_exactly(
    entries: dict[str, Any], expected: ObservedAttention, activated: bool | None
) -> None:
    """Its kind, the channels that it scales and reduces to, its kernel and the activations around it."""
    state = {**entries, **({"b.se_act.weight": (64,)} if activated else {})}
    found = observed_attention(state, BLOCK, activated is not None)
    assert found.activated is (activated if expected.kind else None)
    fields = ("block", "kind", "channels", "reduced", "kernel", "has_prelu")
    assert [getattr(found, field) for field in fields] == [getattr(expected, field) for field in fields]


@pytest.mark.parametrize(
    ("entry", "shape", "rank"),
    [
        ("fc1", (1, 2, 3), 4),
        ("conv", (1, 2, 3, 4), 3),
        ("fc", (1, 2, 3), 4),
        ("channel.fc1", (1,), 4),
        ("mlp_scale.fc1", (1,), 4),
        ("mlp_add.fc1", (1,), 4),
    ],
)
def test_attention_of_another_rank_is_refused(entry: str, shape: tuple[int, ...], rank: int) -> None:
    """Its entry is named."""
    with pytest.raises(Unrecognised) as caught:
        observed_attention({f"b.se.{entry}.weight": shape}, BLOCK, False)
    assert str(caught.value) == f"`b.se.{entry}.weight` has shape {list(shape)} instead of {rank} dimensions"


def se(channels: int, reduced: int, **keys: Any) -> ObservedAttention:
    return ObservedAttention(keys.pop("block", BLOCK), keys.pop("kind", "se"), channels, reduced, **keys)


@pytest.mark.parametrize(
    ("observed", "settings", "fits"),
    [
        (ObservedAttention(BLOCK, ""), Attention(type="none"), True),
        (ObservedAttention(BLOCK, ""), Attention(type="se"), False),
        (se(256, 16), Attention(type="none"), False),
        (se(256, 16), Attention(type="gc"), False),
        (se(256, 16), Attention(type="se"), True),
        (se(0, 16), Attention(type="se"), True),
        (se(255, 16), Attention(type="se"), False),
        (se(256, 15), Attention(type="se"), False),
        (se(256, 16), Attention(type="se", position="inner"), False),
        (se(64, 8), Attention(type="se", position="inner"), True),
        (se(64, 8), Attention(type="se"), False),
        (se(128, 8, block=block(splits=2)), Attention(type="se", position="inner"), True),
        (se(256, 16), Attention(type="se", position="activated"), True),
        (se(256, 16), Attention(type="se", activation="prelu"), False),
        (se(256, 16, has_prelu=True), Attention(type="se", activation="prelu"), True),
        (se(256, 16, has_prelu=True), Attention(type="se"), False),
        (se(256, 16, kind="cbam"), Attention(type="cbam", divisor=1, activation="prelu"), True),
        (se(256, 16, activated=True), Attention(type="se"), False),
        (se(256, 16, activated=True), Attention(type="se", position="activated"), True),
        (se(256, 16, activated=False), Attention(type="se"), True),
        (se(256, 16, activated=False), Attention(type="se", position="activated"), False),
        (se(256, 12), Attention(type="se", of="input", ratio=0.25, divisor=1), True),
        (se(256, 16), Attention(type="se", of="input", ratio=0.25, divisor=8), True),
        (se(256, 0, kind="ese"), Attention(type="ese"), True),
        (se(256, 16, kind="ese"), Attention(type="ese"), False),
        (ObservedAttention(BLOCK, "eca", kernel=5), Attention(type="eca"), True),
        (ObservedAttention(BLOCK, "eca", kernel=3), Attention(type="eca"), False),
        (ObservedAttention(BLOCK, "eca", kernel=3), Attention(type="eca", kernel=3), True),
        (ObservedAttention(BLOCK, "eca", kernel=3), Attention(type="eca", position="inner"), True),
        (ObservedAttention(BLOCK, "eca", kernel=7), Attention(type="eca", kernel=7, activation="prelu"), True),
        (se(256, 0, kind="ese", kernel=5), Attention(type="ese"), False),
    ],
)
def test_settings_fit_if_they_yield_the_same_shapes(
    observed: ObservedAttention, settings: Attention, fits: bool
) -> None:
    """Those settings that a kind does not have say nothing."""
    assert observed.fits(settings) is fits


TENS = [se(channels, reduced, block=block(out=channels)) for channels, reduced in ((256, 30), (264, 30), (200, 20))]
INPUT_8 = Attention(type="se", of="input", ratio=0.25, divisor=8)
INPUT: Any = {"of": "input", "divisor": 1, "ratio": 0.25}


@pytest.mark.parametrize(
    ("observed", "any_divisor", "expected"),
    [
        ([ObservedAttention(BLOCK, "")], False, Attention(type="none")),
        ([se(256, 16)], False, Attention(type="se")),
        ([se(256, 16, has_prelu=True)], False, Attention(type="se", activation="prelu")),
        ([se(256, 16, activated=True)], False, Attention(type="se", position="activated")),
        ([se(256, 16, activated=False)], False, Attention(type="se")),
        ([se(64, 8)], False, Attention(type="se", position="inner")),
        ([se(256, 64)], False, Attention(type="se", ratio=0.25)),
        ([se(256, 32)], False, Attention(type="se", ratio=0.125)),
        ([se(256, 128)], False, Attention(type="se", ratio=0.5)),
        ([se(64, 4)], False, Attention(type="se", divisor=1, position="inner")),
        ([se(256, 12)], False, Attention(type="se", **INPUT)),
        ([se(64, 12)], False, Attention(type="se", position="inner", **INPUT)),
        ([se(64, 40)], False, Attention(type="se", ratio=0.6, position="inner")),
        ([se(256, 40)], False, Attention(type="se", ratio=0.15)),
        ([se(256, 40, has_prelu=True)], False, Attention(type="se", ratio=0.15, activation="prelu")),
        ([se(256, 40, activated=True)], False, Attention(type="se", ratio=0.15, position="activated")),
        ([se(256, 24)], False, Attention(type="se", of="input", ratio=0.5, divisor=1)),
        ([se(256, 3)], False, Attention(type="se", of="input", ratio=0.0625, divisor=1)),
        ([se(256, 6)], False, Attention(type="se", of="input", ratio=0.125, divisor=1)),
        ([se(256, 8, block=block(20)), se(256, 24, block=block(100))], False, INPUT_8),
        ([se(256, 12), se(256, 10, block=block(40))], False, Attention(type="se", **INPUT)),
        ([se(256, 13), se(256, 11, block=block(40))], False, Attention(type="se", **INPUT | {"ratio": 0.27})),
        (TENS, False, None),
        (TENS, True, Attention(type="se", ratio=0.11, divisor=5)),
        ([se(256, 300)], False, None),
        ([se(256, 16), se(256, 24)], False, None),
        ([se(256, 16), se(64, 8)], False, None),
        ([se(256, 16, activated=True), se(256, 16, activated=False)], False, None),
        ([se(256, 16, kind="cbam")], False, Attention(type="cbam", divisor=1)),
        ([se(64, 8, kind="cbam")], False, Attention(type="cbam", divisor=1, ratio=0.125, position="inner")),
        ([se(256, 32, kind="gc")], False, Attention(type="gc", ratio=0.125, divisor=1)),
        (
            [se(256, 32, kind="gca", has_prelu=True)],
            False,
            Attention(type="gca", ratio=0.125, divisor=1, activation="prelu"),
        ),
        ([se(256, 0, kind="ese")], False, Attention(type="ese")),
        ([se(64, 0, kind="ese")], False, Attention(type="ese", position="inner")),
        ([se(60, 0, kind="ese")], False, None),
        ([ObservedAttention(BLOCK, "eca", kernel=5)], False, Attention(type="eca")),
        ([ObservedAttention(BLOCK, "eca", kernel=3)], False, Attention(type="eca", position="inner")),
        ([ObservedAttention(BLOCK, "eca", kernel=9)], False, Attention(type="eca", kernel=9)),
        (
            [ObservedAttention(BLOCK, "eca", kernel=9, activated=True)],
            False,
            Attention(type="eca", kernel=9, position="activated"),
        ),
        ([ObservedAttention(BLOCK, "eca", kernel=9), ObservedAttention(BLOCK, "eca", kernel=7)], False, None),
        ([se(256, 9), se(256, 9, block=block(50))], False, Attention(type="se", ratio=0.034, divisor=1)),
    ],
)
def test_usual_settings_come_first(
    observed: list[ObservedAttention], any_divisor: bool, expected: Attention | None
) -> None:
    """Usual ratios and divisors, those of RegNets, then any ratio; outside of the block before inside."""
    assert fitting_settings(observed, any_divisor=any_divisor) == expected
