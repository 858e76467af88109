"""The convolutions in blocks: their channels and groups, and what stands for the 3x3, which must fit one another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from .bodies import Body
from .choices import OMITTED, flip, for_bottlenecks, integer, one_of, per_stage, stated, values
from .conventions import Conventions

CHANNELS = 65_536

PLAIN: dict[str, Any] = {"type": "plain"}


@dataclass(frozen=True, kw_only=True)
class Branch:
    """The convolutions in a block, but for the last one."""

    is_bottleneck: bool
    inputs: tuple[int, ...]
    """The input channels of the blocks that are like this."""
    base: int
    """The width of a basic block; a bottleneck's inner width, for each of its groups."""
    reduce_first: int = 1
    groups: int = 1
    group_width: int = 0
    conv3x3: dict[str, Any]
    stated_first: int | None = None
    stated_inner: int | None = None

    @property
    def inner(self) -> int:
        """Output channels of the 3x3; of a basic block, the width."""
        return self.stated_inner or self.base * self.groups

    @property
    def first(self) -> int:
        """Output channels of the first convolution; of `res2`, for each of its splits."""
        if self.conv3x3["type"] == "res2":
            return self.inner
        return self.stated_first or self.base * self.groups // self.reduce_first

    @property
    def all_groups(self) -> int:
        """Groups of the bottleneck's 3x3."""
        return self.inner // min(self.group_width, self.inner) if self.group_width else self.groups

    @property
    def divides(self) -> bool:
        """Whether there is such a network: all groups divide their channels."""
        if self.group_width and self.inner % min(self.group_width, self.inner):
            return False
        kind, groups = self.conv3x3["type"], self.all_groups
        reads = (self.first,) if self.is_bottleneck else self.inputs
        if kind == "split":
            parts = groups * self.conv3x3.get("radix", 2)
            return all(count % groups == 0 for count in (self.inner, self.reduced)) and self.first % parts == 0
        if kind == "selective" and self.conv3x3.get("split", False):
            return self.inner % groups == 0 and all(count % (2 * groups) == 0 for count in reads)
        if kind == "res2" and (self.reduce_first != 1 or self.stated_first):
            return False
        return not self.is_bottleneck or (self.first % groups == 0 and self.inner % groups == 0)

    @property
    def reduced(self) -> int:
        """Channels between the two layers of split attention."""
        wanted = self.first * self.conv3x3.get("radix", 2) / 4
        found = max(32, int(wanted + 4) // 8 * 8)
        return found + 8 if found < 0.9 * wanted else found

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels of all that is in the block; what divides them divides those of each norm."""
        match self.conv3x3["type"]:
            case "res2":
                return (self.first, self.first * self.conv3x3.get("scale", 4))
            case "split":
                return (self.first, self.inner, self.inner * self.conv3x3.get("radix", 2), self.reduced)
            case "selective":
                return (self.first, self.inner, 2 * max(self.first, self.inner))
            case _:
                return (self.first, self.inner)


@st.composite
def branches(draw: DrawFn, shared: Conventions, body: Body, stem: int) -> tuple[dict[str, Any], list[Branch]]:
    """What `block` says of them, and the branch of each stage."""
    scale, count = shared.scale, len(body.types)
    bottlenecks = [index for index, type_ in enumerate(body.types) if type_ == "bottleneck"]
    per_group = _widths_per_group(draw, shared, body, bottlenecks)
    bases = {index: body.widths[index] * per_group[index] // 64 for index in bottlenecks}
    most = min([scale.groups, *(CHANNELS // base for base in bases.values())])
    groups = [1] * len(bottlenecks)
    if bottlenecks and body.rule is None:
        groups = values(draw, len(bottlenecks), lambda: integer(draw, 1, most), groups)
    in_groups = dict(zip(bottlenecks, groups, strict=True))
    start = [
        Branch(
            is_bottleneck=index in bases,
            inputs=(before, out) if depth > 1 else (before,),
            base=bases.get(index, width),
            groups=in_groups.get(index, 1),
            conv3x3=PLAIN,
        )
        for index, (width, before, out, depth) in enumerate(
            zip(body.widths, [stem, *body.outs], body.outs, body.depths, strict=False)
        )
    ]
    found = _with_kinds(draw, shared, _with_group_widths(draw, body, _reduced(draw, shared, start)))
    return {
        **_written_groups(draw, body, [found[index] for index in bottlenecks], [*per_group.values()]),
        "reduce_first": per_stage(draw, [each.reduce_first for each in found], [1] * count),
        "conv3x3": _written_kinds(draw, found),
    }, found


def _written_groups(draw: DrawFn, body: Body, inner: list[Branch], per_group: list[int]) -> dict[str, Any]:
    """What decides the inner widths of bottlenecks and their groups; beside a rule, one value for all stages."""
    if body.rule is not None:
        return {"group_width": stated(draw, body.group_width, 0)}
    return {
        "groups": for_bottlenecks(draw, body.types, [each.groups for each in inner], 1),
        "width_per_group": for_bottlenecks(draw, body.types, per_group, 64),
        "group_width": for_bottlenecks(draw, body.types, [each.group_width for each in inner], 0),
    }


def _widths_per_group(draw: DrawFn, shared: Conventions, body: Body, bottlenecks: list[int]) -> dict[int, int]:
    """`width_per_group` of each bottleneck stage, so that no convolution is without channels."""
    least = {index: -(-64 * shared.least // body.widths[index]) for index in bottlenecks}
    if body.rule is not None:
        return dict.fromkeys(bottlenecks, 64)
    is_shared: bool = bool(bottlenecks) and flip(draw)
    if is_shared:
        lowest = max(least.values())
        every = values(draw, len(bottlenecks), lambda: integer(draw, lowest, 128), [64] * len(bottlenecks))
        return dict(zip(bottlenecks, every, strict=True))
    return {index: integer(draw, low, 128) for index, low in least.items()}


def _reduced(draw: DrawFn, shared: Conventions, found: list[Branch]) -> list[Branch]:
    """With a `reduce_first` for each stage that divides its channels."""
    possible = [[by for by in range(1, 9) if each.base % by == 0 and each.base // by >= shared.least] for each in found]
    common = sorted(set.intersection(*map(set, possible)))
    match one_of(draw, ("none", "uniform", "varied")):
        case "none":
            return found
        case "uniform":
            chosen = [one_of(draw, common)] * len(found)
        case _:
            chosen = [one_of(draw, each) for each in possible]
    return [replace(each, reduce_first=by) for each, by in zip(found, chosen, strict=True)]


def _with_group_widths(draw: DrawFn, body: Body, found: list[Branch]) -> list[Branch]:
    """Some of the bottlenecks with channels per group instead of groups; all of those whose width follows from them."""

    def fitting(group_width: int) -> list[Branch]:
        return [replace(each, groups=1, group_width=group_width) if each.is_bottleneck else each for each in found]

    if body.rule is not None:
        return [each if each.divides else replace(each, reduce_first=1) for each in fitting(body.group_width)]
    every = [fitting(value) for value in (1, 2, 3, 4, 8, 16, 24, 64)]
    uniform = [
        each
        for each in every
        if all(branch.divides for branch in each) and any(branch.all_groups > 1 for branch in each)
    ]
    if not uniform:
        return found
    match one_of(draw, ("none", "uniform", "varied")):
        case "none":
            return found
        case "uniform":
            return one_of(draw, uniform)
        case _:
            return [one_of(draw, pair) for pair in zip(found, one_of(draw, uniform), strict=True)]


def _kind(draw: DrawFn, shared: Conventions) -> dict[str, Any]:
    """What may stand for the 3x3; instance norm cannot normalise the single pixel that split attention has."""
    settings: dict[str, dict[str, Sequence[Any]]] = {
        "plain": {},
        "res2": {"scale": range(1, shared.scale.splits + 1)},
        "split": {"radix": range(1, 5)},
        "selective": {"ratio": [0.0625, 0.5, 1], "divisor": [32, 8, 1], "split": [False, True]},
    }
    if shared.norm == "instance":
        del settings["split"]
    kind = one_of(draw, list(settings))
    return {"type": kind} | {key: one_of(draw, every) for key, every in settings[kind].items() if flip(draw)}


def _with_kinds(draw: DrawFn, shared: Conventions, found: list[Branch]) -> list[Branch]:
    """Each stage with one of few kinds of 3x3 that its channels fit."""
    wanted = [_kind(draw, shared) for _ in range(integer(draw, 1, 2))]
    result = []
    for branch in found:
        first = integer(draw, 0, len(wanted) - 1)
        candidates = [replace(branch, conv3x3=each) for each in [*wanted[first:], *wanted[:first]]]
        result.append(next((each for each in candidates if is_possible(each)), branch))
    return result


def is_possible(branch: Branch) -> bool:
    """Whether blocks of this type can have such a 3x3, with these channels."""
    has_place = branch.is_bottleneck or branch.conv3x3["type"] in ("plain", "selective")
    has_channels = min(2, branch.inner) <= branch.first and max(branch.channels) <= CHANNELS
    return has_place and has_channels and branch.divides


def _written_kinds(draw: DrawFn, found: list[Branch]) -> Any:
    """`conv3x3`, in any form: one value for all stages may be one that only bottlenecks have."""
    every = [_written_kind(draw, each.conv3x3) for each in found]
    forms: list[Any] = [every]
    if all(each == found[0].conv3x3 for each in (branch.conv3x3 for branch in found)):
        forms.append(every[0])
    inner = [branch.conv3x3 for branch in found if branch.is_bottleneck]
    if inner and inner[0]["type"] in ("res2", "split") and all(each == inner[0] for each in inner):
        forms.append(_written_kind(draw, inner[0]))
    if all(branch.conv3x3 == PLAIN for branch in found):
        forms.append(OMITTED)
    return one_of(draw, forms)


def _written_kind(draw: DrawFn, kind: dict[str, Any]) -> Any:
    return kind["type"] if len(kind) == 1 and flip(draw) else kind
