"""The stages of drawn networks: how many blocks of which type and width, stated or by RegNet's rule."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from .choices import flip, integer, one_of, per_stage, stated, values
from .conventions import Conventions
from .regnet import rules, widths_by_rule

_EXPANSIONS = {"basic": 1, "bottleneck": 4}


@dataclass(frozen=True, kw_only=True)
class Body:
    """One entry per stage."""

    depths: list[int]
    types: list[str]
    expansions: list[int]
    widths: list[int]
    rule: dict[str, Any] | None = None
    """`stages.regnet`, from which depths and widths follow."""
    group_width: int = 0
    """That of the rule."""

    @property
    def outs(self) -> list[int]:
        """Output channels."""
        return [width * expansion for width, expansion in zip(self.widths, self.expansions, strict=True)]


@st.composite
def bodies(draw: DrawFn, shared: Conventions, stem: int, by_rule: bool) -> Body:
    """Stages that fit a stem of this many channels: where shortcuts are padded, channels never decrease.

    Args:
        by_rule: RegNet's rule gives their depths and widths, unless those that it gives decrease.
    """
    if by_rule or one_of(draw, [False, False, False, True]):
        body = draw(_by_rule(shared))
        if not shared.padding_floor or sorted([stem, *body.outs]) == [stem, *body.outs]:
            return body
    most = one_of(draw, [min(4, shared.scale.stages), shared.scale.stages])
    depths = draw(st.lists(st.integers(1, shared.scale.depth), min_size=1, max_size=most))
    types = values(draw, len(depths), lambda: one_of(draw, ["basic", "bottleneck"]))
    default = [_EXPANSIONS[type_] for type_ in types]
    expansions = values(draw, len(depths), lambda: integer(draw, 1, shared.scale.expansion), default)
    widths = draw(_widths(shared, expansions, stem if shared.padding_floor else 0))
    return Body(depths=depths, types=types, expansions=expansions, widths=widths)


@st.composite
def _by_rule(draw: DrawFn, shared: Conventions) -> Body:
    rule = draw(rules(shared.scale))
    type_ = one_of(draw, ["bottleneck", "bottleneck", "basic"])
    expansion = _EXPANSIONS[type_] if flip(draw) else integer(draw, 1, min(shared.scale.expansion, 8 // shared.least))
    group_width = one_of(draw, [0, 1, 4, 8, 24]) if type_ == "bottleneck" else 0
    depths, widths = widths_by_rule(rule, expansion=expansion, group_width=group_width)
    count = len(depths)
    return Body(
        depths=depths,
        types=[type_] * count,
        expansions=[expansion] * count,
        widths=widths,
        rule=rule,
        group_width=group_width,
    )


@st.composite
def _widths(draw: DrawFn, shared: Conventions, expansions: list[int], floor: int) -> list[int]:
    """Widths per stage; with a floor, the output channels start there and never decrease, as padding requires."""
    unit, largest = shared.unit, shared.scale.width
    count = len(expansions)
    default = [64 << index for index in range(count)]
    has_default = shared.scale.has_large_defaults and count <= 5 and (not floor or _rises(floor, default, expansions))
    if has_default and flip(draw):
        return default
    if not floor:
        return [unit * width for width in values(draw, count, lambda: integer(draw, 1, largest))]
    widths = []
    for expansion in expansions:
        least = -(-floor // (expansion * unit))
        widths.append(unit * integer(draw, least, max(least, largest)))
        floor = widths[-1] * expansion
    return widths


def _rises(floor: int, widths: list[int], expansions: list[int]) -> bool:
    channels = [floor, *(width * expansion for width, expansion in zip(widths, expansions, strict=True))]
    return channels == sorted(channels)


def written(draw: DrawFn, body: Body) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `block` and `stages` say of them; one value for all stages is always one value beside a rule."""
    default = [_EXPANSIONS[type_] for type_ in body.types]
    if body.rule is not None:
        return {"type": body.types[0], "expansion": stated(draw, body.expansions[0], default[0])}, {"regnet": body.rule}
    widths = per_stage(draw, body.widths, [64 << index for index in range(len(body.widths))])
    block = {"type": per_stage(draw, body.types), "expansion": per_stage(draw, body.expansions, default)}
    return block, {"depths": body.depths, "widths": widths}
