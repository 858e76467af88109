"""Ratios and divisors: which there are for channels and what they were reduced to."""

from itertools import islice

import pytest

from resnet_dsl.checkpoints.recognition.reductions import divisors, ratios


@pytest.mark.parametrize(
    ("reduced", "expected"),
    [({8}, [1, 2, 4, 8]), ({12, 18}, [1, 2, 3, 6]), ({7, 9}, [1]), ({1}, [1]), ([8, 8], [1, 2, 4, 8])],
)
def test_divisors_are_common_to_all_reduced_channels(reduced: list[int], expected: list[int]) -> None:
    """Each of them, from 1 to the largest."""
    assert list(divisors(reduced)) == expected


@pytest.mark.parametrize(
    ("pairs", "divisor", "not_much_less", "expected"),
    [
        ([(64, 16)], 8, False, [0.2, 0.3, 0.19, 0.2, 0.188, 0.189, 0.1875, 0.1876]),
        ([(64, 16)], 1, False, [0.25, 0.243, 0.244, 0.2422, 0.2423, 0.24219, 0.2422, 0.242188]),
        ([(64, 8)], 8, False, [0.1, 0.01, 0.02, 0.001, 0.002, 0.0001, 0.0002, 0.00001]),
        ([(64, 9)], 8, False, [0.1, 0.2, 0.08, 0.09, 0.079, 0.08, 0.0782, 0.0783]),
        ([(64, 16), (128, 32)], 1, False, [0.25, 0.247, 0.248, 0.2461, 0.2462, 0.2461, 0.24611, 0.246094]),
        ([(128, 32), (64, 16)], 1, False, [0.25, 0.247, 0.248, 0.2461, 0.2462, 0.2461, 0.24611, 0.246094]),
        ([(64, 16), (64, 32)], 8, False, []),
        ([(64, 64)], 8, False, [1.0, 0.94, 0.95, 0.938, 0.939, 0.9375, 0.9376, 0.9375]),
        ([(64, 16)], 8, True, [0.2, 0.14, 0.15, 0.139, 0.14, 0.1389, 0.139, 0.13889]),
        ([(256, 64)], 32, True, [0.2, 0.14, 0.15, 0.139, 0.14, 0.1389, 0.139, 0.13889]),
        ([(64, 32)], 32, True, [0.1, 0.2, 0.01, 0.02, 0.001, 0.002, 0.0001, 0.0002]),
        ([(1024, 160)], 8, True, [0.16, 0.153, 0.154, 0.1524, 0.1525, 0.15235, 0.15236, 0.152344]),
        ([(1024, 500)], 4, True, [0.49, 0.487, 0.488, 0.4864, 0.4865, 0.48633, 0.48634, 0.486329]),
    ],
)
def test_ratios_of_few_digits_come_first(
    pairs: list[tuple[int, int]], divisor: int, not_much_less: bool, expected: list[float]
) -> None:
    """The least two of each number of digits, none of which exceeds the limit that the shapes set."""
    assert list(islice(ratios(pairs, divisor, not_much_less=not_much_less), 8)) == expected
    assert not_much_less or list(islice(ratios(pairs, divisor), 8)) == expected


def test_ratios_end_with_nine_digits() -> None:
    """No spec needs more; those of which the next one exceeds the limit are alone."""
    digits = [[10**-count, 2 * 10**-count] for count in range(1, 10)]
    assert list(ratios([(8, 8)], 16)) == pytest.approx([each for pair in digits for each in pair], rel=1e-12)
    assert list(ratios([(1, 1)], 0)) == [1.0] * 9
    assert list(ratios([(3, 1)], 0)) == []
