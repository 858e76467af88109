"""How a rule came to the widths of stages."""

from dataclasses import replace

import resnet_dsl
from resnet_dsl.compiler import quantisation_of

from ..helpers import TINY, loads

RULED = """\
name: ruled
block: {type: bottleneck, expansion: 1, group_width: 8}
stages: {regnet: {depth: 13, initial: 24, slope: 36.44, multiplier: 2.49}}
"""


def test_each_stage_is_explained_step_by_step() -> None:
    """From the line to the step of the multiplier, to a multiple of 8."""
    assert quantisation_of(loads(RULED)).splitlines() == [
        "layer1: 1 block of width 24: 24 on the line, nearest to 24 × 2.49^0 = 24; as a multiple of 8, 24",
        "layer2: 1 block of width 56: 60.44 on the line, nearest to 24 × 2.49^1 = 59.76; as a multiple of 8, 56",
        "layer3: 4 blocks of width 152: 96.88 to 206.2 on the line, nearest to 24 × 2.49^2 = 148.8; "
        "as a multiple of 8, 152",
        "layer4: 7 blocks of width 368: 242.6 to 461.3 on the line, nearest to 24 × 2.49^3 = 370.5; "
        "as a multiple of 8, 368",
    ]


def test_expansion_and_groups_are_steps_of_their_own() -> None:
    """Only where they change the width."""
    lines = quantisation_of(loads(RULED, overrides=["block.expansion=4", "block.group_width=24"])).splitlines()
    assert [line.partition("as a multiple of 8, ")[2] for line in lines] == [
        "24; before expansion, 6",
        "56; before expansion, 14",
        "152; before expansion, 38; in groups of 24, 48",
        "368; before expansion, 92; in groups of 24, 96",
    ]
    (*_, line) = quantisation_of(loads(RULED, overrides=["block.group_width=16"])).splitlines()
    assert line.endswith("as a multiple of 8, 368")


def test_without_a_rule_there_is_nothing_to_explain() -> None:
    """Nor in a spec that Python has changed, which is written out; what is explained is what was read."""
    assert quantisation_of(loads(TINY)) == ""
    spec = loads(RULED)
    assert quantisation_of(replace(spec, drop_path=0.1)) == ""
    assert resnet_dsl.explain(spec).startswith(quantisation_of(spec) + "layer1.0: ")
    assert resnet_dsl.explain(resnet_dsl.lower(spec)).startswith("layer1.0: ")
