"""What stands for the 3x3 convolutions of all stages -> the value of `block.conv3x3`."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from ...language.document.canonical import collapsed
from ...language.spec import Conv3x3
from ...lowering.conv3x3.selective_kernel import reduced_channels
from .entries import Unrecognised
from .forms import full, short
from .observed_conv3x3 import Observed3x3
from .observed_stages import ObservedStage
from .open_values import OpenValues
from .reductions import divisors, ratios

_RATIOS = (0.0625, 0.125, 0.25, 0.5)
_DIVISORS = (32, 8, 16, 1)


def conv3x3_values(stages: Sequence[ObservedStage], open_values: OpenValues) -> Any:
    """The value of `block.conv3x3`: settings of all stages together if there are any, else of each.

    Raises:
        Unrecognised: no settings yield the shapes.
    """
    preferred = open_values.preferred_values("block.conv3x3", len(stages))
    shared = _reduction([block.conv3x3 for stage in stages for block in stage.blocks])
    return collapsed([_value(stage, wanted, shared) for stage, wanted in zip(stages, preferred, strict=True)])


def _value(stage: ObservedStage, wanted: Any, shared: dict[str, Any] | None) -> Any:
    observed = [block.conv3x3 for block in stage.blocks]
    first = observed[0]
    if first.kind == "plain":
        return "plain"
    settings = {"type": first.kind, **first.settings}
    kept = full("block.conv3x3", wanted)
    if first.reduced and kept and kept["type"] == first.kind and _yields(observed, kept["ratio"], kept["divisor"]):
        settings |= {key: kept[key] for key in ("ratio", "divisor")}
    elif first.reduced:
        found = shared or _reduction(observed)
        if found is None:
            raise Unrecognised(f"no settings yield the shapes of the 3x3 convolutions in `layer{stage.number}`")
        settings |= found
    return short("block.conv3x3", settings)


def _reduction(observed: Sequence[Observed3x3]) -> dict[str, Any] | None:
    """Ratio and divisor that yield the reduced channels of all of these that have any."""
    reducing = [each for each in observed if each.reduced]
    every = ((ratio, divisor) for ratio, divisor in _candidates(reducing) if _yields(reducing, ratio, divisor))
    found = next(every, None) if reducing else None
    return None if found is None else {"ratio": found[0], "divisor": found[1]}


def _candidates(reducing: Sequence[Observed3x3]) -> Iterator[tuple[float, int]]:
    """Ratios and divisors, the usual ones first."""
    for divisor, ratio in product(_DIVISORS, _RATIOS):
        yield ratio, divisor
    pairs = [(each.inner, each.reduced) for each in reducing]
    for divisor in (*_DIVISORS, *divisors({each.reduced for each in reducing})):
        yield from ((ratio, divisor) for ratio in ratios(pairs, divisor, not_much_less=True))


def _yields(reducing: Sequence[Observed3x3], ratio: float, divisor: int) -> bool:
    settings = Conv3x3(type="selective", ratio=ratio, divisor=divisor)
    return all(reduced_channels(each.inner, settings) == each.reduced for each in reducing)
