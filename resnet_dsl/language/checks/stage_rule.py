"""What is wrong with the rule of `stages.regnet`."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...diagnostics.diagnostic import Diagnostic, Label
from ...limits import MAX_CHANNELS, MAX_STAGES
from ..by_rule import RULE, expansion_of, is_network, rule_of, single, widths_of
from ..document.lineage import Lineage
from ..kinds import Kinds
from ..regnet import Rule, runs
from ..spec import default
from ..text.tree import Path, Table, find, find_value, value_span
from .contradictions import contradiction

_TYPE = ("block", "type")
_EXPANSION = ("block", "expansion")
_GROUP_WIDTH = ("block", "group_width")
_WIDTH_PER_GROUP = ("block", "width_per_group")
_MULTIPLIERS = (1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)


def stage_rule(tree: Table, kinds: Kinds, lineage: Lineage) -> Iterator[Diagnostic]:
    """A diagnostic if the rule gives no network, or contradicts another key.

    Args:
        tree: the document in canonical form, still with the rule.
        kinds: the available blocks.
        lineage: the texts that the document inherits from.
    """
    rule = rule_of(tree)
    if rule is None:
        return
    yield from _other_keys(tree, kinds, lineage)
    widths = widths_of(rule, tree, kinds)
    if widths is not None and not is_network(rule, widths):
        yield _no_network(tree, rule, widths, kinds)


def _other_keys(tree: Table, kinds: Kinds, lineage: Lineage) -> Iterator[Diagnostic]:
    """The keys whose values the rule does not allow."""
    for path in (_EXPANSION, _GROUP_WIDTH):
        values = find_value(tree, path)
        if values is not None and single(tree, path) is None:
            reason = "a rule needs one value for all stages"
            yield contradiction(tree, [RULE, path], reason, lineage, {path: values[0]})
    if find(tree, _EXPANSION) is None and find(tree, _TYPE) is not None and expansion_of(tree, kinds) is None:
        reason = "a rule needs one expansion for all blocks"
        yield contradiction(tree, [RULE, _TYPE], reason, lineage, {_EXPANSION: 1})
    usual: Any = default(_WIDTH_PER_GROUP)
    if any(value != usual for value in find_value(tree, _WIDTH_PER_GROUP) or ()):
        reason = "the inner width is that of the rule"
        yield contradiction(tree, [RULE, _WIDTH_PER_GROUP], reason, lineage, {_WIDTH_PER_GROUP: usual})


def _no_network(tree: Table, rule: Rule, widths: tuple[int, ...], kinds: Kinds) -> Diagnostic:
    def label(path: Path, text: str) -> Label:
        return Label(value_span(tree, path), text)

    if len(widths) > MAX_STAGES:
        return Diagnostic(
            code="RD308",
            message=f"a network has at most {MAX_STAGES} stages, but this rule gives {len(widths):,}",
            labels=(label((*RULE, "multiplier"), "each stage is this many times as wide as the one before"),),
            helps=_larger_multiplier(tree, rule, kinds),
        )
    index = next(index for index, width in enumerate(widths) if not 0 < width <= MAX_CHANNELS)
    width, run = widths[index], runs(rule)[index]
    if width == 0:
        labels = [label((*RULE, "initial"), "the first block has this width")]
        if (expansion := find(tree, _EXPANSION)) is not None:
            labels.append(Label(expansion.span, "which is less than this"))
        return Diagnostic(
            code="RD308",
            message=f"stage {index + 1} would be {run.width} wide, less than `block.expansion`, "
            f"{expansion_of(tree, kinds)}",
            labels=tuple(labels),
        )
    position = sum(each.depth for each in runs(rule)[: index + 1]) - 1
    last = f"{rule.initial:,} + {rule.slope:g} × {position:,} = {run.wanted[-1]:,.0f}"
    return Diagnostic(
        code="RD308",
        message=f"stage {index + 1} would be {width:,} wide, more than {MAX_CHANNELS:,}",
        labels=(label((*RULE, "slope"), f"the width of its last block before quantisation is {last}"),),
    )


def _larger_multiplier(tree: Table, rule: Rule, kinds: Kinds) -> tuple[str, ...]:
    """The help with one that gives few enough stages."""
    from .vocabulary.lines import values_help  # only once a mistake has been made

    larger = (replace(rule, multiplier=multiplier) for multiplier in _MULTIPLIERS if multiplier > rule.multiplier)
    fitting = (each for each in larger if is_network(each, widths_of(each, tree, kinds) or (0,)))
    return values_help(each.multiplier for each in [*fitting][:1])
