"""How far a changed spec is from a checkpoint: entries that differ, depths, and values without effect."""

from math import inf
from typing import Any

import pytest

from resnet_dsl.checkpoints.fitting.trials import Trials

from ..helpers import lower
from ..strategies import Document
from .test_recognition import network, state

SMALL = network([2, 3])
ODD = {"blocks": {"layer2.1": {"first": 5}}}
ODD_TWICE = {"blocks": {"layer2.1": {"first": 5}, "layer2.2": {"first": 5}}}


def trials(other: Document, *, ignores_classifier: bool = False) -> Trials:
    """The small spec, and the weights of another."""
    return Trials({"name": "small", **SMALL}, state(other), ignores_classifier)


@pytest.mark.parametrize(
    ("other", "changes", "distance", "counts"),
    [
        (SMALL, {}, (0, 0), (74, 0, 0, 0)),
        (SMALL, {"stages.depths": [2, 4]}, (1, 0), (74, 10, 0, 0)),
        (SMALL, {"stages.depths": [4, 3]}, (2, 0), (74, 20, 0, 0)),
        (SMALL, {"stages.depths": [2, 1]}, (14, 0), (50, 0, 24, 0)),
        (network([2, 3, 1]), {}, (20, 0), (73, 0, 18, 1)),
        (network([2]), {}, (29, 0), (31, 35, 0, 1)),
        (SMALL, {"head.classes": 7}, (2, 0), (72, 0, 0, 2)),
        (SMALL, {"head.classes": 0}, (2, 0), (72, 0, 2, 0)),
        (SMALL, {"head": None}, (2, 0), (72, 0, 0, 2)),
        (SMALL, {"stages.widths": [8, 24]}, (26, 0), (38, 0, 0, 36)),
        (SMALL, {"stem.channels": 16}, (11, 0), (68, 5, 0, 6)),
        (SMALL, {"norm": "instance"}, (50, 0), (14, 0, 60, 0)),
        (SMALL, {"conv.type": "standardized"}, (0, 0), (74, 0, 0, 0)),
        (SMALL, {"block.type": "bottleneck"}, (35, 0), (63, 30, 0, 11)),
        (SMALL, {"block.groups": 2}, (0, 1), (74, 0, 0, 0)),
        (SMALL, {"block.groups": 2, "block.stride_in": "1x1"}, (0, 2), (74, 0, 0, 0)),
        (SMALL | ODD, {}, (6, 0), (68, 0, 0, 6)),
        (SMALL | ODD, ODD, (0, 0), (74, 0, 0, 0)),
        (SMALL | ODD_TWICE, {}, (6, 0), (62, 0, 0, 12)),
        (SMALL | ODD_TWICE, ODD, (6, 0), (68, 0, 0, 6)),
        (SMALL | {"blocks": {"layer2.2": {"first": 5}}}, ODD, (12, 0), (62, 0, 0, 12)),
    ],
)
def test_entries_and_depths_count(
    other: Document, changes: Document, distance: tuple[float, int], counts: tuple[int, int, int, int]
) -> None:
    """Of equal blocks one stands for all, but for their number; the whole comparison has every entry."""
    tried = trials(other)
    assert tried.distance(changes) == distance
    found = tried.comparison(changes)
    lengths = [len(each) for each in (found.agreeing, found.missing, found.unexpected, found.reshaped)]
    assert lengths == [*counts]


@pytest.mark.parametrize(
    "changes",
    [
        {"stages.depths": [2]},
        {"name": 3},
        {"name": None},
        {"stages": None},
        {"block.type": None},
        {"head.unknown": 1},
        {"unknown": 1},
        {"stem.kernel": 32},
    ],
)
def test_an_invalid_spec_is_as_far_as_can_be(changes: Document) -> None:
    """Whatever the reason."""
    assert trials(SMALL).distance(changes) == (inf, 0)


@pytest.mark.parametrize("changes", [{"head.classes": 7}, {"head.classes": 0}, {"head.pool": "catavgmax"}, {}])
def test_the_classifier_does_not_count_where_it_may_differ(changes: Document) -> None:
    """Neither its shape nor whether it is there; everything else does."""
    tried = trials(SMALL, ignores_classifier=True)
    assert tried.distance(changes) == (0, 0)
    assert tried.comparison(changes).agreeing == tuple(name for name in state(SMALL) if not name.startswith("fc."))
    assert tried.distance({**changes, "stem.kernel": 5}) == (1, 0)


def test_a_trial_does_not_change_the_spec() -> None:
    """Values in sections that are there, in those that are not, and sections that are removed."""
    document: Any = {"name": "small", **SMALL, "stem": {"channels": 8}}
    tried = Trials(document, state(SMALL), ignores_classifier=False)
    every: list[Document] = [{"stem.channels": 4}, {"conv.type": "plain"}, {"stem.channels": None}, {"stem": None}]
    for changes in every:
        tried.distance(changes)
    assert document == {"name": "small", **SMALL, "stem": {"channels": 8}}
    assert tried.distance({"stem.channels": None}) == tried.distance({"stem.channels": 64})
    assert tried.distance({"stem": None}) == tried.distance({"stem.channels": 64})


def test_a_hundred_blocks_cost_no_more_than_one() -> None:
    """The last of many differs; a network that is much deeper differs by its depth."""
    long = network([2, 90])
    odd = lower({"name": "odd", **long, "blocks": {"layer2.89": {"first": 5}}}).state
    assert Trials({"name": "small", **long}, odd, ignores_classifier=False).distance({}) == (6, 0)
    assert trials(long).distance({}) == (87, 0)
