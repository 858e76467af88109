"""What names and shapes reveal about shortcuts: whole values, and all that is left open."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.comparison import State
from resnet_dsl.checkpoints.recognition.observed_norms import ObservedNorm
from resnet_dsl.checkpoints.recognition.observed_shortcut import observed_shortcut
from resnet_dsl.checkpoints.recognition.observed_stages import ObservedStage
from resnet_dsl.checkpoints.recognition.open_values import OpenValues

from .observations import BATCH, GROUP, INSTANCE, NONE, stage, weights

NEITHER = {"shortcut.type": "neither padding nor a plain network has shortcut weights"}
MAY_STRIDE = {"shortcut.when": "the stage may have a projection because it strides"}
MAY_ALL = {"shortcut.when": "stages of one block do not show whether all blocks have projections"}
NARROWER = [stage(1, 64, 64, 0), stage(2, 64, 32, 0)]
WIDER = [stage(1, 64, 64, 0), stage(2, 64, 128, 0)]
SAME = [stage(1, 64, 64, 0, 0)]
PROJECTION = {"type": "projection"}
PADDING = {"type": "padding"}
PLAIN = {"type": "none"}


@pytest.mark.parametrize(
    ("stages", "prefer", "expected", "conventions", "kept"),
    [
        (SAME, {}, PROJECTION, NEITHER, ""),
        (SAME * 2, {}, PADDING, NEITHER, ""),
        (SAME * 2, {"shortcut.type": "projection"}, PROJECTION, NEITHER, "type"),
        (SAME, {"shortcut.type": "none"}, PLAIN, NEITHER, "type"),
        (SAME, {"shortcut.type": "padding"}, PADDING, NEITHER, "type"),
        (WIDER, {}, PADDING, NEITHER, ""),
        (WIDER[1:], {}, PADDING, NEITHER, ""),
        (WIDER, {"shortcut.type": "projection"}, PADDING, NEITHER, ""),
        (WIDER, {"shortcut.type": "none"}, PLAIN, NEITHER, "type"),
        (NARROWER, {}, PLAIN, {}, ""),
        (NARROWER[::-1], {"shortcut.type": "padding"}, PLAIN, {}, ""),
        (
            WIDER,
            {"shortcut.zeros": "split"},
            PADDING | {"zeros": "split"},
            NEITHER | {"shortcut.zeros": "padding has no weights"},
            "zeros",
        ),
        (WIDER, {"shortcut.zeros": "end"}, PADDING, NEITHER, ""),
        (SAME, {"shortcut.zeros": "split"}, PROJECTION, NEITHER, ""),
        (SAME, {"shortcut.norm": False}, PROJECTION, NEITHER, ""),
        (WIDER, {"shortcut.source": "activated"}, PADDING, NEITHER, ""),
    ],
)
def test_shortcuts_without_weights(
    stages: list[ObservedStage], prefer: dict[str, Any], expected: dict[str, Any], conventions: Any, kept: str
) -> None:
    """Padding, unless it would have to drop channels, or nothing would have to be added."""
    values = OpenValues(prefer)
    assert observed_shortcut({}, stages, BATCH, False, values) == expected
    assert values.conventions == conventions
    assert values.preferred == {f"shortcut.{key}" for key in kept.split()}


USUAL = {"type": "projection", "kernel": 1}
ALWAYS = {"type": "projection", "when": "always", "kernel": 1}
FIRST = {"type": "projection", "when": "first", "kernel": 1}
CHANGES = {"type": "projection", "when": "shape_change", "kernel": 1}
K3 = {"kernel": 3}
TWO = [stage(1, 64, 64, 1), stage(2, 64, 128, 3)]


@pytest.mark.parametrize(
    ("stages", "prefer", "expected", "conventions", "kept"),
    [
        ([stage(1, 64, 128, 1, 0)], "", USUAL, {}, ""),
        ([stage(1, 64, 128, 1)], "always", USUAL, {}, ""),
        ([stage(1, 64, 128, 3, 0)], "", USUAL | K3, {}, ""),
        ([stage(1, 64, 128, 1), stage(2, 128, 256, 3)], "", USUAL | K3, {}, ""),
        ([stage(1, 64, 128, 1, 1)], "", ALWAYS, {}, ""),
        ([stage(1, 64, 64, 1, 1)], "first", ALWAYS, {}, ""),
        ([stage(1, 64, 128, 1, 1, 0)], "", USUAL, {}, ""),
        ([stage(1, 64, 64, 0, 0), stage(2, 64, 128, 1, 0)], "", USUAL, {}, ""),
        ([stage(1, 64, 64, 0, 0), stage(2, 64, 64, 1, 0)], "first", USUAL, {}, ""),
        ([stage(1, 64, 64, 1)], "", ALWAYS, MAY_STRIDE, ""),
        ([stage(1, 64, 64, 1)], "first", FIRST, MAY_STRIDE, "when"),
        ([stage(1, 64, 64, 1)], "shape_change", CHANGES, MAY_STRIDE, "when"),
        ([stage(1, 64, 64, 1)], "always", ALWAYS, MAY_STRIDE, "when"),
        ([stage(1, 64, 64, 1, 0)], "", CHANGES, MAY_STRIDE, ""),
        ([stage(1, 64, 64, 1, 0)], "always", CHANGES, MAY_STRIDE, ""),
        ([stage(1, 64, 64, 1, 0)], "first", FIRST, MAY_STRIDE, "when"),
        ([stage(1, 64, 64, 3)], "", CHANGES | K3, MAY_STRIDE, ""),
        ([stage(1, 64, 128, 1), stage(2, 128, 128, 1)], "", CHANGES, MAY_STRIDE, ""),
        ([stage(1, 64, 64, 1), stage(2, 64, 128, 1)], "", ALWAYS, MAY_STRIDE, ""),
        (TWO, "", ALWAYS | K3, MAY_ALL, ""),
        (TWO, "first", FIRST | K3, MAY_ALL, "when"),
        (TWO, "shape_change", ALWAYS | K3, MAY_ALL, ""),
        ([stage(1, 64, 64, 1), stage(2, 64, 128, 3, 0)], "", FIRST | K3, {}, ""),
        ([stage(1, 64, 64, 1, 0), stage(2, 64, 64, 3)], "always", FIRST | K3, {}, ""),
        ([stage(1, 64, 64, 3), stage(2, 64, 128, 1)], "", CHANGES | K3, MAY_STRIDE, ""),
        ([stage(number, 64, 64, 1, 0) for number in range(1, 14)], "", CHANGES, MAY_STRIDE, ""),
        ([stage(number, 64, 64, 1, 0) for number in range(1, 15)], "", FIRST, MAY_STRIDE, ""),
        ([stage(number, 64, 64, 1) for number in range(1, 15)], "", ALWAYS, MAY_STRIDE, ""),
    ],
)
def test_projections_reveal_where_they_are(
    stages: list[ObservedStage], prefer: str, expected: dict[str, Any], conventions: Any, kept: str
) -> None:
    """Everywhere, at the beginning of stages or where shapes change; the preferred one where several are possible."""
    values = OpenValues({"shortcut.when": prefer or None})
    assert observed_shortcut({}, stages, NONE, False, values) == expected
    assert values.conventions == conventions
    assert values.preferred == {f"shortcut.{key}" for key in kept.split()}


PROJECTED = [stage(1, 64, 128, 1)]
POOLED: State = {"layer1.0.downsample.1.weight": (128, 64, 1, 1)}
NORM: State = weights("layer1.0.downsample.1")
POOLED_NORM: State = {**POOLED, **weights("layer1.0.downsample.2")}
SOURCE = {"shortcut.source": "both are of the same shape"}
NORM_OPEN = {"shortcut.norm": "instance norm has no weights"}
NO_NORM = USUAL | {"norm": False}


@pytest.mark.parametrize(
    ("norm", "state", "preactivation", "prefer", "expected", "conventions"),
    [
        (BATCH, NORM, False, {}, USUAL, {}),
        (BATCH, {}, False, {}, NO_NORM, {}),
        (GROUP, {}, False, {"shortcut.norm": True}, NO_NORM, {}),
        (BATCH, NORM, False, {"shortcut.norm": False}, USUAL, {}),
        (BATCH, POOLED, False, {}, {"type": "projection", "pool": "avg", "norm": False}, {}),
        (BATCH, POOLED_NORM, False, {"shortcut.source": "activated"}, {"type": "projection", "pool": "avg"}, {}),
        (BATCH, {}, True, {}, USUAL, {}),
        (BATCH, {}, True, {"shortcut.norm": False}, USUAL, {}),
        (BATCH, {}, True, {"shortcut.source": "activated"}, USUAL | {"source": "activated"}, SOURCE),
        (BATCH, {}, True, {"shortcut.source": "input"}, USUAL, {}),
        (NONE, {}, False, {"shortcut.norm": False}, USUAL, {}),
        (INSTANCE, {}, False, {}, USUAL, {}),
        (INSTANCE, {}, False, {"shortcut.norm": True}, USUAL, {}),
        (INSTANCE, {}, False, {"shortcut.norm": False}, NO_NORM, NORM_OPEN),
        (INSTANCE, {}, True, {"shortcut.norm": False}, USUAL, {}),
    ],
)
def test_the_norm_and_the_source_of_projections(
    norm: ObservedNorm, state: State, preactivation: bool, prefer: Any, expected: dict[str, Any], conventions: Any
) -> None:
    """A norm with weights is seen, one without is open; the source is open where norms come first."""
    values = OpenValues(prefer)
    assert observed_shortcut(state, PROJECTED, norm, preactivation, values) == expected
    assert values.conventions == conventions


@pytest.mark.parametrize(
    ("stages", "preactivation", "prefer", "expected"),
    [
        (WIDER, True, {"source": "activated"}, PADDING | {"source": "activated"}),
        (NARROWER, True, {"source": "activated"}, PLAIN),
        (SAME, True, {"source": "activated", "norm": False}, PROJECTION | {"source": "activated"}),
        (SAME, False, {"source": "activated", "norm": False}, PROJECTION | {"norm": False}),
        (WIDER, False, {"norm": False}, PADDING),
    ],
)
def test_the_norm_and_the_source_of_shortcuts_without_weights(
    stages: list[ObservedStage], preactivation: bool, prefer: dict[str, Any], expected: dict[str, Any]
) -> None:
    """The preferred ones, if there is a shortcut, and a projection for the norm."""
    values = OpenValues({f"shortcut.{key}": value for key, value in prefer.items()})
    assert observed_shortcut({}, stages, INSTANCE, preactivation, values) == expected
    assert values.preferred == {f"shortcut.{key}" for key in expected if key != "type"}
