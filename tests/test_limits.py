"""Every bound has one home: the JSON Schema states those of `limits.py`, and no other file states one."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import resnet_dsl
from resnet_dsl import limits
from resnet_dsl.language.checks.schema import resolved, schema

from .keys import Key, all_keys

PACKAGE = Path(resnet_dsl.__file__).parent
BOUNDS = {name: value for name, value in vars(limits).items() if name.startswith("MAX_")}

EXPECTED = {
    "input.channels": {limits.MAX_CHANNELS},
    "input.size": {limits.MAX_SIZE},
    "stem.channels": {limits.MAX_CHANNELS, limits.MAX_STEM_CONVOLUTIONS},
    "stem.kernel": {limits.MAX_KERNEL},
    "stem.stride": {limits.MAX_STRIDE},
    "stem.strides": {limits.MAX_STRIDE, limits.MAX_STEM_CONVOLUTIONS},
    "block.type": {limits.MAX_STAGES},
    "block.expansion": {limits.MAX_CHANNELS, limits.MAX_STAGES},
    "block.groups": {limits.MAX_CHANNELS, limits.MAX_STAGES},
    "block.width_per_group": {limits.MAX_CHANNELS, limits.MAX_STAGES},
    "block.group_width": {limits.MAX_CHANNELS, limits.MAX_STAGES},
    "block.reduce_first": {limits.MAX_CHANNELS, limits.MAX_STAGES},
    "block.conv3x3": {limits.MAX_STAGES},
    "block.conv3x3.scale": {limits.MAX_SPLITS},
    "block.conv3x3.radix": {limits.MAX_SPLITS},
    "block.conv3x3.divisor": {limits.MAX_CHANNELS},
    "norm.groups": {limits.MAX_CHANNELS},
    "norm.group_width": {limits.MAX_CHANNELS},
    "attention": {limits.MAX_STAGES},
    "attention.divisor": {limits.MAX_CHANNELS},
    "attention.kernel": {limits.MAX_KERNEL},
    "stages.depths": {limits.MAX_BLOCKS, limits.MAX_STAGES},
    "stages.widths": {limits.MAX_CHANNELS, limits.MAX_STAGES},
    "stages.regnet.depth": {limits.MAX_BLOCKS},
    "stages.regnet.initial": {limits.MAX_CHANNELS},
    "stages.regnet.slope": {limits.MAX_CHANNELS},
    "stages.regnet.multiplier": {limits.MAX_CHANNELS},
    "stages.strides": {limits.MAX_STRIDE, limits.MAX_STAGES},
    "stages.dilations": {limits.MAX_DILATION, limits.MAX_STAGES},
    **{f"blocks.*.{key}": {limits.MAX_CHANNELS} for key in ("first", "inner", "groups")},
    "blocks.*.dilation": {limits.MAX_DILATION},
    "blocks.*.attention.divisor": {limits.MAX_CHANNELS},
    "blocks.*.attention.kernel": {limits.MAX_KERNEL},
    "head.conv": {limits.MAX_CHANNELS},
    "head.pool.heads": {limits.MAX_CHANNELS},
    "head.classes": {limits.MAX_CHANNELS},
    "expect.output": {2 * limits.MAX_CHANNELS},  # the mean and the maximum of every channel
}
"""The bounds of each key, but for those that its meaning brings, such as 1 for a probability."""


def bounds(part: Any) -> Iterator[int]:
    """The upper bounds that the schema states for a key, its `$ref` and its items; a pair has no bound of its own."""
    part = resolved(part)
    yield from (part[key] for key in ("maximum", "maxItems") if part.get(key, 0) > 3)
    if isinstance(part.get("items"), dict):
        yield from bounds(part["items"])


@pytest.mark.parametrize("key", all_keys(), ids=lambda key: key.name)
def test_the_schema_states_the_bounds_of_the_limits(key: Key) -> None:
    """No more and no others; counts of what is expected may be any number."""
    found = set(bounds(key.node)) - {2**63 - 1}
    assert found == EXPECTED.get(key.name, set()) or key.name in ("expect.params", "expect.macs", "expect.depth")


def test_the_length_of_a_name_is_that_of_the_pattern() -> None:
    """A letter, and then the rest."""
    assert f"{{0,{limits.MAX_NAME - 1}}}" in schema()["properties"]["name"]["pattern"]


def test_output_strides_go_up_to_the_largest_input() -> None:
    """Powers of two."""
    values = [value for value in schema()["properties"]["stages"]["properties"]["output_stride"]["enum"] if value]
    assert values == [2**power for power in range(limits.MAX_SIZE.bit_length())]


@pytest.mark.parametrize(
    "module", sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if path.name != "limits.py")
)
def test_no_other_file_states_a_bound(module: str) -> None:
    """Neither by that name nor as a large number that is one of them."""
    tree = ast.parse((PACKAGE / module).read_text("utf-8"))
    assigned = [
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id.lstrip("_").startswith("MAX_")
    ]
    large = {value for value in BOUNDS.values() if value > 1000}
    numbers = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in large]
    assert (assigned, numbers) == ([], [])
