"""RegNet's rule."""

from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from resnet_dsl.language.regnet import Rule, base_width, channels_per_group, runs

NAMED = {
    "RegNetX-200MF": ((13, 24, 36.44, 2.49), 8, [1, 1, 4, 7], [24, 56, 152, 368]),
    "RegNetX-1.6GF": ((18, 80, 34.01, 2.25), 24, [2, 4, 10, 2], [72, 168, 408, 912]),
    "RegNetX-3.2GF": ((25, 88, 26.31, 2.25), 48, [2, 6, 15, 2], [96, 192, 432, 1008]),
    "RegNetX-8.0GF": ((23, 80, 49.56, 2.88), 120, [2, 5, 15, 1], [80, 240, 720, 1920]),
    "RegNetX-32GF": ((23, 320, 69.86, 2.0), 168, [2, 7, 13, 1], [336, 672, 1344, 2520]),
    "RegNetY-400MF": ((16, 48, 27.89, 2.09), 8, [1, 3, 6, 6], [48, 104, 208, 440]),
    "RegNetY-4.0GF": ((22, 96, 31.41, 2.24), 64, [2, 6, 12, 2], [128, 192, 512, 1088]),
    "RegNetY-16GF": ((18, 200, 106.23, 2.48), 112, [2, 4, 11, 1], [224, 448, 1232, 3024]),
}
"""Numbers of the rule, group width, and what the paper's tables say comes of them (Radosavovic et al. 2020)."""

rules = st.builds(
    Rule,
    depth=st.integers(1, 60),
    initial=st.integers(1, 40).map(lambda number: 8 * number),
    slope=st.floats(0, 200),
    multiplier=st.floats(1.05, 8),
    rounding=st.sampled_from(["pycls", "torchvision"]),
)


@pytest.mark.parametrize("name", NAMED)
def test_the_networks_of_the_paper(name: str) -> None:
    """Their depths and widths follow from their numbers."""
    (depth, initial, slope, multiplier), group_width, depths, widths = NAMED[name]
    rule = Rule(depth=depth, initial=initial, slope=slope, multiplier=multiplier)
    found = runs(rule)
    assert [run.depth for run in found] == depths
    assert [base_width(rule, run.width, 1, group_width) for run in found] == widths


@given(rules)
def test_stages_are_runs_of_blocks_with_rising_widths(rule: Rule) -> None:
    """All blocks are in one, in order; widths are multiples of 8."""
    found = runs(rule)
    assert sum(run.depth for run in found) == rule.depth
    assert all(one.width < other.width for one, other in pairwise(found))
    assert all(run.width % 8 == 0 for run in found)
    wanted = [each for run in found for each in run.wanted]
    assert wanted == sorted(wanted)
    assert wanted[0] == rule.initial == found[0].width


@given(rules)
def test_a_width_is_the_nearest_step_to_each_block(rule: Rule) -> None:
    """Within half a step of the multiplier, and half of 8."""
    assume(rule.initial * (rule.multiplier - 1) > 8)  # so that every step has a width of its own
    for run in runs(rule):
        assert abs(run.width - run.exact) <= 4 * (1 + 1e-6)
        for wanted in run.wanted:
            assert 1 - 1e-4 <= run.exact / wanted * sqrt(rule.multiplier) <= rule.multiplier * (1 + 1e-4)


@given(rules, st.integers(1, 64), st.integers(1, 4096), st.integers(0, 256))
def test_groups_divide_the_width(rule: Rule, expansion: int, width: int, group_width: int) -> None:
    """And it stays near what it was: within half a group, or a group if that would be much less in torchvision."""
    found, inner = base_width(rule, width, expansion, group_width), width // expansion
    group = channels_per_group(inner, group_width)
    if inner == 0:
        assert found == 0
        return
    assert found % group == 0
    assert found >= group == min(group_width or 1, inner)
    assert abs(found - inner) <= (group / 2 if rule.rounding == "pycls" else group)
    if rule.rounding == "torchvision":
        assert found >= 0.9 * inner


def test_ties_are_rounded_to_even() -> None:
    """Two and a half groups of 8 become two, three and a half four; torchvision rounds them up."""
    pycls = Rule(depth=1, initial=8, slope=0, multiplier=2)
    torchvision = Rule(depth=1, initial=8, slope=0, multiplier=2, rounding="torchvision")
    assert [base_width(pycls, width, 1, 8) for width in (20, 28)] == [16, 32]
    assert [base_width(torchvision, width, 1, 8) for width in (20, 28)] == [24, 32]
    assert [base_width(each, 68, 1, 64) for each in (pycls, torchvision)] == [64, 64]
    assert [base_width(each, 92, 1, 64) for each in (pycls, torchvision)] == [64, 128]


def test_each_step_is_rounded_to_single_precision() -> None:
    """In double precision, the fourth block, exactly between two steps, would be in the second stage."""
    rule = Rule(depth=5, initial=144, slope=45.75, multiplier=1.5625)
    assert [(run.depth, run.width) for run in runs(rule)] == [(1, 144), (2, 224), (2, 352)]
    assert runs(Rule(depth=2, initial=24, slope=0.1, multiplier=2.0))[0].wanted == (24.0, 24.100000381469727)
