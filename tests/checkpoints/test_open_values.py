"""Decisions that shapes leave open: which value is taken, and what is remembered of it."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.recognition.open_values import DEFAULTED, OpenValues, values_by_key


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, [7, 7, 7]),
        (None, [None, None, None]),
        ("se", ["se", "se", "se"]),
        ([1, 2, 3], [1, 2, 3]),
        ((1, 2, 3), [1, 2, 3]),
        ([1], [1, None, None]),
        ([], [None, None, None]),
        ([1, 2, 3, 4], [1, 2, 3]),
    ],
)
def test_each_stage_has_the_preferred_value(value: Any, expected: list[Any]) -> None:
    """The same one, or its own of a list, which may be too short or too long."""
    values = OpenValues({"key": value})
    assert values.preferred_value("key") == value
    assert values.preferred_values("key", 3) == expected
    assert values.preferred_value("other") is None
    assert values.preferred_values("other", 2) == [None, None]


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        ({}, {}),
        ({"norm": "batch"}, {"type": "batch"}),
        ({"norm": {"type": "group", "groups": 4}}, {"type": "group", "groups": 4}),
        ({"norm.type": "group", "norm.eps": 0.1}, {"type": "group", "eps": 0.1}),
        ({"norm": {"type": "group", "groups": 4}, "norm.groups": 2, "conv.eps": 0.1}, {"type": "group", "groups": 2}),
        ({"normal.eps": 0.1, "norm_eps": 0.1, "a.norm.eps": 0.1}, {}),
    ],
)
def test_preferred_settings_are_those_of_one_key(prefer: dict[str, Any], expected: dict[str, Any]) -> None:
    """As one value, or each by its own dotted key, which wins."""
    assert OpenValues(prefer).preferred_settings("norm") == expected


@pytest.mark.parametrize("key", DEFAULTED)
def test_an_unusual_value_is_written_with_its_reason(key: str) -> None:
    """By the last step of its key; the usual value and none at all leave nothing behind."""
    values = OpenValues({key: "rare"})
    assert values.unusual(key, "usual") == {key.rpartition(".")[2]: "rare"}
    assert (values.conventions, values.preferred) == ({key: DEFAULTED[key]}, {key})
    for prefer in ({key: "usual"}, {key: None}, {}):
        values = OpenValues(prefer)
        assert values.unusual(key, "usual") == {}
        assert (values.conventions, values.preferred) == ({}, set())


@pytest.mark.parametrize(
    ("prefer", "allowed", "expected", "preferred"),
    [
        ({"key": 2}, True, 2, {"key"}),
        ({"key": 1}, True, 1, {"key"}),
        ({"key": 0}, True, 0, {"key"}),
        ({"key": 2}, False, 1, set()),
        ({"key": None}, True, 1, set()),
        ({"other": 2}, True, 1, set()),
    ],
)
def test_a_choice_has_a_reason_whatever_is_taken(
    prefer: dict[str, Any], allowed: bool, expected: int, preferred: set[str]
) -> None:
    """The preferred value if it is allowed, which is asked of this value alone."""
    values = OpenValues(prefer)
    asked: list[Any] = []

    def allows(value: Any) -> bool:
        asked.append(value)
        return allowed

    assert values.choose("key", 1, "because", allows) == expected
    assert (values.conventions, values.preferred) == ({"key": "because"}, preferred)
    assert asked == [value for key, value in prefer.items() if key == "key" and value is not None]
    assert OpenValues(prefer).choose("key", 1, "because") == (1 if prefer.get("key") is None else prefer["key"])


@pytest.mark.parametrize(
    ("prefer", "is_more", "expected", "is_preferred"),
    [
        (None, [None, None], [1, 2], False),
        ([3, 3], [None, None], [3, 3], True),
        ([1, 2], [None, None], [1, 2], True),
        (3, [None, True], [3, 3], True),
        ([3, 3], [False, True], [1, 3], False),
        ([1, 1], [None, True], [1, 2], False),
        ([1, 1], [False, False], [1, 1], True),
        ([2, 4], [True, True], [2, 4], True),
        ([3], [None, None], [3, 2], False),
        ([3, None], [None, None], [3, 2], False),
    ],
)
def test_a_number_per_stage_is_taken_where_shapes_allow_it(
    prefer: Any, is_more: list[bool | None], expected: list[int], is_preferred: bool
) -> None:
    """It counts as preferred if all are."""
    values = OpenValues({"key": prefer})
    assert values.choose_each("key", [1, 2], is_more, "because") == expected
    assert values.conventions == {"key": "because"}
    assert values.preferred == ({"key"} if is_preferred else set())


def test_values_have_dotted_keys() -> None:
    """But for three sections that are one value each, and whatever is no section; `conv` may be its type alone."""
    document: dict[str, Any] = {
        "name": "net",
        "input": {"channels": 3, "size": [8, 16]},
        "conv": {"type": "plain", "bias": True},
        "stem": {"pool": {"type": "max", "kernel": 2}},
        "norm": {"type": "batch"},
        "attention": {"type": "se"},
        "blocks": {"layer1.0": {"first": 3}},
        "activation": "relu",
        "init": {},
    }
    assert values_by_key(document) == {
        "name": "net",
        "input.channels": 3,
        "input.size": [8, 16],
        "conv.type": "plain",
        "conv.bias": True,
        "stem.pool": {"type": "max", "kernel": 2},
        "norm": {"type": "batch"},
        "attention": {"type": "se"},
        "blocks": {"layer1.0": {"first": 3}},
        "activation": "relu",
    }
    assert values_by_key({"conv": "standardized", "norm": "batch"}) == {"conv.type": "standardized", "norm": "batch"}
