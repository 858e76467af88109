"""What the entries of a network show of it, on which depends what else its library implies."""

from typing import Any

import pytest

from resnet_dsl.checkpoints.dialects.conditions import holds
from tests.helpers import lower

Document = dict[str, Any]

BASIC: Document = {"type": "basic"}
BOTTLENECK: Document = {"type": "bottleneck"}
PREACTIVATED: Document = {"type": "basic", "preactivation": True}


def network(block: Document = BASIC, **others: Any) -> Document:
    """A network of two stages, the second of which projects."""
    return {"name": "test", "input": {"size": 64}, "block": block, "stages": {"depths": [1, 1], "widths": [8, 16]}} | (
        {"stem": {"channels": 8}} | others
    )


@pytest.mark.parametrize(
    ("condition", "holding", "other"),
    [
        ("attention", network(attention="se"), network()),
        ("basic", network(), network(BOTTLENECK)),
        ("deep_stem", network(stem={"channels": [4, 8]}), network()),
        ("group_norms", network(norm={"type": "group", "groups": 1}), network()),
        ("head_convolution", network(head={"conv": 4}), network()),
        ("padding", network(shortcut={"type": "padding"}), network()),
        ("plain_bottlenecks", network(BOTTLENECK), network({"type": "bottleneck", "groups": 2})),
        ("plain_bottlenecks", network(BOTTLENECK), network()),
        ("pooled_projections", network(shortcut={"pool": "avg"}), network()),
        ("preactivation", network(PREACTIVATED), network()),
        ("unexpanded", network({"type": "bottleneck", "expansion": 1}), network(BOTTLENECK)),
        ("unexpanded", network({"type": "bottleneck", "expansion": 1}), network()),
        ("not attention", network(), network(attention="eca")),
        ("basic and attention", network(attention="se"), network(BOTTLENECK, attention="se")),
        ("deep_stem and not attention", network(stem={"channels": [4, 8]}), network(attention="se")),
    ],
)
def test_a_condition_holds_of_some_networks(condition: str, holding: Document, other: Document) -> None:
    """And not of others."""
    assert holds(condition, lower(holding).state)
    assert not holds(condition, lower(other).state)
