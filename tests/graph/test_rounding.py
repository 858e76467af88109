"""How counts of channels are rounded."""

from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.graph.rounding import round_to


@given(st.floats(0, 1e6), st.integers(1, 64))
def test_the_result_is_the_nearest_multiple_and_at_least_one(number: float, divisor: int) -> None:
    """A half is rounded up."""
    found = round_to(number, divisor)
    assert found % divisor == 0
    assert found == divisor or -divisor / 2 < found - number <= divisor / 2


def test_squeeze_and_excitation_rounds_as_timm_does() -> None:
    """A sixteenth of 64, 192 and 256 channels, in steps of 8."""
    assert [round_to(channels / 16, 8) for channels in (64, 192, 256)] == [8, 16, 16]
