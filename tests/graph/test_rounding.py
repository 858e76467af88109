"""How counts of channels are rounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.graph.rounding import round_to, round_to_not_much_less


@given(st.floats(0, 1e6), st.integers(1, 64))
def test_the_result_is_the_nearest_multiple_and_at_least_one(number: float, divisor: int) -> None:
    """A half is rounded up."""
    found = round_to(number, divisor)
    assert found % divisor == 0
    assert found == divisor or -divisor / 2 < found - number <= divisor / 2


def test_squeeze_and_excitation_rounds_as_timm_does() -> None:
    """A sixteenth of 64, 192 and 256 channels, in steps of 8."""
    assert [round_to(channels / 16, 8) for channels in (64, 192, 256)] == [8, 16, 16]


@pytest.mark.parametrize(
    ("number", "divisor", "least", "wanted"),
    [
        (0, 8, 0, 8),
        (11.99, 8, 0, 8),
        (12, 8, 0, 16),
        (19.99, 8, 0, 16),
        (20, 8, 0, 24),
        (12, 8, 32, 32),
        (35.9, 8, 32, 32),
        (36, 8, 32, 40),
        (3, 8, 5, 5),
        (2.5, 1, 0, 3),
        (2.49, 1, 0, 2),
        (1.5, 3, 0, 3),
        (4.4, 3, 0, 3),
        (4.5, 3, 0, 6),
    ],
)
def test_halves_are_rounded_up_to_at_least_the_least(number: float, divisor: int, least: int, wanted: int) -> None:
    """The least is the divisor unless stated, and need not be a multiple."""
    assert round_to(number, divisor, least) == wanted


@pytest.mark.parametrize(
    ("number", "divisor", "least", "wanted"),
    [
        (16, 8, 0, 16),
        (17.7, 8, 0, 16),
        (17.8, 8, 0, 24),
        (19.9, 8, 0, 24),
        (20, 8, 0, 24),
        (26.6, 8, 0, 24),
        (26.7, 8, 0, 32),
        (10, 9, 0, 9),
        (20, 6, 18, 18),
        (20.1, 6, 18, 24),
        (1, 8, 0, 8),
        (1, 8, 32, 32),
        (34, 8, 32, 32),
        (35.6, 8, 32, 40),
    ],
)
def test_one_divisor_more_below_nine_tenths(number: float, divisor: int, least: int, wanted: int) -> None:
    """Nine tenths themselves are enough."""
    assert round_to_not_much_less(number, divisor, least) == wanted
