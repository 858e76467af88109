"""What the names and shapes of a checkpoint reveal about its attention."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...language.document.canonical import collapsed, shortened_settings
from ...language.spec import Attention
from ...lowering.attention import ATTENTIONS
from ...lowering.attention.steps import reduced_channels
from ...lowering.names import stage as stage_path
from .observed_stages import ObservedStage, Unrecognised
from .open_values import OpenValues

_RATIOS = (Attention().ratio, 0.25, 0.125, 0.5)


def observed_attention(stages: Sequence[ObservedStage], open_values: OpenValues) -> Any:
    """The value of `attention`: each stage's preferred one if it yields these shapes, else one ratio if it fits all.

    Raises:
        Unrecognised: no ratio yields the shapes.
    """
    shared = _ratio([stage for stage in stages if has_ratio(stage)])

    def one(stage: ObservedStage, preferred: Any) -> Any:
        if not has_ratio(stage):
            return stage.attention or "none"
        settings = preferred if isinstance(preferred, Mapping) else {"type": preferred}
        kept = settings.get("ratio", _RATIOS[0]) if settings.get("type") == stage.attention else None
        ratio = kept if kept is not None and _yields(kept, stage) else shared or _ratio([stage])
        if ratio is None:
            raise Unrecognised(f"no ratio yields the shape of the attention in `{stage_path(stage.number)}`")
        return shortened_settings({"type": stage.attention} | ({} if ratio == _RATIOS[0] else {"ratio": ratio}))

    return collapsed(list(map(one, stages, open_values.preferred_values("attention", len(stages)))))


def has_ratio(stage: ObservedStage) -> bool:
    """Whether the stage has attention of a kind with a ratio, of which shapes reveal only the rounded product."""
    return stage.attention in ATTENTIONS and "ratio" in ATTENTIONS[stage.attention].settings


def _ratio(stages: Sequence[ObservedStage]) -> float | None:
    """The reduction ratio of `se` that yields the reduced channels of all these stages."""
    exact = [min(1.0, _reduced(stage) / stage.out_channels) for stage in stages]
    found = (ratio for ratio in (*_RATIOS, *exact) if ratio and all(_yields(ratio, stage) for stage in stages))
    return next(found, None)


def _yields(ratio: float, stage: ObservedStage) -> bool:
    return reduced_channels(stage.out_channels, stage.in_channels, Attention(ratio=ratio)) == _reduced(stage)


def _reduced(stage: ObservedStage) -> int:
    return next(iter(stage.attention_shape), 0)
