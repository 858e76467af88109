"""Which keys have no effect beside which values of other keys, as a table."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from ..kinds import Kinds
from ..spec import CONV_SETTINGS, NORM_SETTINGS, POOL_SETTINGS
from .wording import quoted


@dataclass(frozen=True)
class Rule:
    """`key` has no effect where `because` has one of these values; writing its default is still allowed.

    `*` stands for the name of any single block.
    """

    key: str
    because: str
    reasons: Mapping[Any, str]
    """Why, for each of the values."""
    values: Collection[Any] | None = None
    """The values of the key that have no effect; None if none has."""
    blocks: Collection[str] | None = None
    """The types of block that can have what makes it so; None if all can."""

    @cached_property
    def path(self) -> tuple[str, ...]:
        return tuple(self.key.split("."))

    @cached_property
    def cause(self) -> tuple[str, ...]:
        return tuple(self.because.split("."))


_SHORTCUT, _NORM, _STEM_POOL, _HEAD_POOL = "shortcut.type", "norm.type", "stem.pool.type", "head.pool.type"
_PREACTIVATION = "block.preactivation"
_SINGLE: Mapping[str, str] = {
    "block.groups": "blocks.*.groups",
    "block.width_per_group": "blocks.*.inner",
    "block.reduce_first": "blocks.*.first",
}
"""A key of all blocks -> the one of single blocks that has no effect for the same reason."""


def _without(settings: Mapping[Any, tuple[str, ...]], setting: str, reason: str) -> Mapping[str, str]:
    """The types that have no such setting."""
    return {type_: reason for type_, names in settings.items() if setting not in names}


_RULES: tuple[Rule, ...] = (
    Rule("stem.pool.kernel", _STEM_POOL, _without(POOL_SETTINGS, "kernel", "there is no pooling")),
    Rule("stem.pool.padding", _STEM_POOL, _without(POOL_SETTINGS, "padding", "only max pooling has a choice here")),
    Rule("stem.pool.padding", "stem.pool.kernel", {2: "a 2x2 window has no border"}),
    Rule("shortcut.when", _SHORTCUT, {"none": "a plain network has no shortcuts"}),
    Rule("shortcut.when", _SHORTCUT, {"padding": "where shapes are equal, padding changes nothing"}),
    Rule("shortcut.kernel", _SHORTCUT, dict.fromkeys(("none", "padding"), "only a projection has a kernel")),
    Rule("shortcut.kernel", "shortcut.pool", {"avg": "a projection that pools is always 1x1"}),
    Rule("shortcut.pool", _SHORTCUT, dict.fromkeys(("none", "padding"), "only a projection pools")),
    Rule("shortcut.source", _SHORTCUT, {"none": "a plain network has no shortcuts"}),
    Rule("shortcut.source", _PREACTIVATION, {False: "only pre-activation blocks begin with an activation"}),
    Rule("shortcut.zeros", _SHORTCUT, dict.fromkeys(("none", "projection"), "only padding adds zeros")),
    Rule("shortcut.norm", _SHORTCUT, dict.fromkeys(("none", "padding"), "only a projection has a norm")),
    Rule("shortcut.norm", _PREACTIVATION, {True: "a projection of pre-activation blocks has no norm"}),
    Rule("shortcut.norm", _NORM, {"none": "there is no norm"}),
    Rule("init.zero_residual", _SHORTCUT, {"none": "a plain network has no residual branches"}),
    Rule("init.zero_residual", _NORM, {"none": "there is no norm whose weight could be 0"}),
    Rule("init.zero_residual", _NORM, {"instance": "instance norm has no weight that could be 0"}),
    Rule("drop_path", _SHORTCUT, {"none": "a plain network has no residual branches"}),
    Rule("conv.eps", "conv.type", _without(CONV_SETTINGS, "eps", "only standardised convolutions have it")),
    Rule("conv.bias", _NORM, {"none": "without a norm, convolutions have a bias anyway"}),
    Rule("norm.eps", _NORM, _without(NORM_SETTINGS, "eps", "there is no norm")),
    Rule("norm.momentum", _NORM, _without(NORM_SETTINGS, "momentum", "only batch norm keeps running statistics")),
    Rule("norm.groups", _NORM, _without(NORM_SETTINGS, "groups", "only group norm has groups")),
    Rule("norm.group_width", _NORM, _without(NORM_SETTINGS, "group_width", "only group norm has groups")),
    Rule("head.norm", _PREACTIVATION, {False: "only pre-activation networks end with a norm"}),
    Rule("head.activation", _PREACTIVATION, {False: "only pre-activation networks end with an activation"}),
    Rule(
        "head.pool.heads",
        _HEAD_POOL,
        dict.fromkeys(("avg", "max", "avgmax", "catavgmax"), "only attention pooling has heads"),
    ),
)


@cache
def rules(kinds: Kinds) -> tuple[Rule, ...]:
    """All rules."""
    return (*_rules_of_kinds(kinds), *_RULES)


def _rules_of_kinds(kinds: Kinds) -> Iterator[Rule]:
    """The rules that the facts of blocks, 3x3 convolutions and attentions make."""
    yield from _rules_of(kinds.blocks, "block.type")
    for kind, facts in kinds.convs3x3.items():
        yield from _rules_of({kind: facts}, "block.conv3x3.type", facts.blocks)
        reason = f"only {quoted([*facts.blocks])} blocks have `{kind}`"
        others = [type_ for type_ in kinds.blocks if type_ not in facts.blocks]
        yield Rule("block.conv3x3.type", "block.type", dict.fromkeys(others, reason), (kind,))
    yield from _rules_of_settings(kinds.convs3x3, "plain", "block.conv3x3")
    yield from _rules_of_settings(kinds.attentions, "none", "attention")
    yield from _rules_of_settings(kinds.attentions, "none", "blocks.*.attention")


def _rules_of(kinds: Mapping[str, Any], because: str, blocks: Collection[str] | None = None) -> Iterator[Rule]:
    """The keys that have no effect beside some kinds, as their facts say."""
    for key in dict.fromkeys(key for facts in kinds.values() for key in facts.ineffective):
        reasons = {type_: facts.ineffective[key] for type_, facts in kinds.items() if key in facts.ineffective}
        yield Rule(key, because, reasons, blocks=blocks)
        if key in _SINGLE:
            yield Rule(_SINGLE[key], because, reasons, blocks=blocks)


def _rules_of_settings(kinds: Mapping[str, Any], none: str, section: str) -> Iterator[Rule]:
    """The settings that only some kinds have; `none` is the type that is no kind."""
    for name in dict.fromkeys(name for facts in kinds.values() for name in facts.settings):
        having = [type_ for type_, facts in kinds.items() if name in facts.settings]
        reason = f"only {quoted(having)} {'has' if len(having) == 1 else 'have'} `{name}`"
        others = (type_ for type_ in (none, *kinds) if type_ not in having)
        yield Rule(f"{section}.{name}", f"{section}.type", dict.fromkeys(others, reason))
