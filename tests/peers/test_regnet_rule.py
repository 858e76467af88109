"""The rule of `stages.regnet` against timm's and torchvision's: depths and widths of many random rules."""

import random
from collections.abc import Callable
from dataclasses import replace
from math import log
from typing import Literal

import pytest
import torch

from resnet_dsl.language.regnet import Rule, base_width, runs
from tests.peers.libraries import require_libraries

require_libraries(whole_module=True)
timm_regnet = pytest.importorskip("timm.models.regnet")
torchvision_regnet = pytest.importorskip("torchvision.models.regnet")

pytestmark = pytest.mark.slow

RULES = 2000
COMPARED = 0.9
"""Share of the rules that the libraries must be comparable for."""


def anywhere(draw: random.Random) -> Rule:
    """Numbers like those of published networks."""
    return Rule(
        depth=draw.randint(1, 40),
        initial=8 * draw.randint(1, 40),
        slope=draw.choice([0.0, draw.uniform(0, 120), round(draw.uniform(0, 120), 2)]),
        multiplier=draw.choice([draw.uniform(1.2, 4), round(draw.uniform(1.2, 4), 2), 1.5, 2.0]),
    )


def on_an_edge(draw: random.Random) -> Rule:
    """One of the blocks is exactly between two steps, so that the last digit of single precision decides."""
    root, initial = draw.choice([1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0]), 8 * draw.randint(1, 40)
    edge, block = initial * root ** (2 * draw.randint(0, 2) + 1), draw.randint(1, 20)
    depth = block + draw.randint(1, 12)
    return Rule(depth=depth, initial=initial, slope=(edge - initial) / block, multiplier=root * root)


def is_rounded_well(rule: Rule) -> bool:
    """Whether the libraries take the steps of correctly rounded logarithms, as we do on every processor.

    Exactly between two steps the last digit decides, and torch's logarithm in single precision may be off by one, other
    than on another processor. So the libraries make different networks of such a rule.
    """
    ratios = (rule.initial + torch.arange(rule.depth, dtype=torch.float32) * rule.slope) / rule.initial
    logarithms = torch.log(ratios), torch.log(ratios.double()).float()
    steps, correct = (torch.round(each / log(rule.multiplier)) for each in logarithms)
    return torch.equal(steps, correct)


def timm_stages(rule: Rule, expansion: int, group_width: int) -> tuple[list[int], list[int]]:
    """Depths, and widths after expansion."""
    blocks, _, groups = timm_regnet.generate_regnet(rule.slope, rule.initial, rule.multiplier, rule.depth, group_width)
    distinct = sorted(set(blocks))
    widths, _ = timm_regnet.adjust_widths_groups_comp(distinct, [1 / expansion] * len(distinct), groups)
    return [blocks.count(width) for width in distinct], widths


def torchvision_stages(rule: Rule, expansion: int, group_width: int) -> tuple[list[int], list[int]]:
    """The same of torchvision, whose groups are fitted in another way."""
    found = torchvision_regnet.BlockParams.from_init_params(
        rule.depth, rule.initial, rule.slope, rule.multiplier, group_width, bottleneck_multiplier=1 / expansion
    )
    return found.depths, found.widths


@pytest.mark.parametrize("rounding", ["pycls", "torchvision"])
@pytest.mark.parametrize("rule_of", [anywhere, on_an_edge])
def test_depths_and_widths_are_those_of_the_library(
    rule_of: Callable[[random.Random], Rule], rounding: Literal["pycls", "torchvision"]
) -> None:
    """For expansions that are powers of two, as others have no exact reciprocal; ties as far as torch rounds well."""
    draw = random.Random(11)
    stages = {"pycls": timm_stages, "torchvision": torchvision_stages}[rounding]
    compared = 0
    for _ in range(RULES):
        rule = replace(rule_of(draw), rounding=rounding)
        expansion, group_width = draw.choice([1, 1, 2, 4]), draw.choice([1, 2, 4, 8, 16, 24, 40, 64, 112])
        if not is_rounded_well(rule):
            continue
        compared += 1
        widths = [expansion * base_width(rule, run.width, expansion, group_width) for run in runs(rule)]
        assert ([run.depth for run in runs(rule)], widths) == stages(rule, expansion, group_width), rule
    assert compared >= COMPARED * RULES
