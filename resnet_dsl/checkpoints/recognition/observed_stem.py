"""What the names and shapes of a checkpoint reveal about its stem."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from ...lowering.names import STEM_CONVOLUTION, STEM_POOL
from ..comparison import State
from .entries import Unrecognised, shape_of
from .forms import settings_of, short
from .observed_head import ATTENTION_POOL
from .open_values import OpenValues

_SMALL_KERNEL = 3


@dataclass(frozen=True, slots=True)
class ObservedStem:
    """The stem's channels and kernel."""

    in_channels: int
    channels: tuple[int, ...]
    kernel: int
    pools_by_convolution: bool

    @property
    def is_small(self) -> bool:
        """Whether it is like those of networks for small images, which neither stride nor pool."""
        return len(self.channels) == 1 and self.kernel == _SMALL_KERNEL


def observed_stem(state: State) -> ObservedStem:
    """The stem.

    Raises:
        Unrecognised: it has no convolution.
    """
    found = (STEM_CONVOLUTION.fullmatch(name) for name, shape in state.items() if len(shape) == 4)
    matches = [match for match in found if match is not None]
    shapes = [shape_of(state, match[0], 4) for match in sorted(matches, key=lambda match: int(match[1] or 0))]
    if not shapes:
        raise Unrecognised("it has no convolution `conv1.weight`")
    channels = tuple(shape[0] for shape in shapes)
    return ObservedStem(shapes[0][1], channels, shapes[0][2], f"{STEM_POOL}.0.weight" in state)


def stem_keys(stem: ObservedStem, state: State, is_regnet: bool, open_values: OpenValues) -> dict[str, Any]:
    """The value of `stem`."""
    channels = stem.channels[0] if len(stem.channels) == 1 else [*stem.channels]
    stride = 1 if stem.is_small and not is_regnet else 2
    keys: dict[str, Any] = {"channels": channels, "kernel": stem.kernel} | _strides(stem, stride, open_values)
    if stem.pools_by_convolution:
        return keys | {"pool": "conv"}
    usual = "avg" if ATTENTION_POOL in state else "none" if stem.is_small else "max"
    pool = open_values.choose("stem.pool", usual, "pooling has no weights", lambda value: settings_of(value) != _CONV)
    return keys | {"pool": short("stem.pool", pool)}


_CONV = {"type": "conv"}


def _strides(stem: ObservedStem, stride: int, open_values: OpenValues) -> dict[str, Any]:
    reason = "shapes do not reveal strides"
    strides = open_values.preferred_value("stem.strides")
    if isinstance(strides, list) and len(strides) == len(stem.channels):
        return {"strides": open_values.choose("stem.strides", strides, reason)}
    return {"stride": open_values.choose("stem.stride", stride, reason)}


def reduction(stem: Mapping[str, Any]) -> int:
    """Input pixels per pixel of the first stage's input, along each side, of a value of `stem`."""
    strides: list[int] = stem.get("strides", [stem.get("stride", 1)])
    return prod(strides) * (1 if stem["pool"] == "none" else 2)
