"""What the names and shapes of a checkpoint reveal about attention, and the settings that yield it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...language.spec import Attention
from ...lowering.attention import ATTENTIONS
from ...lowering.attention.efficient import kernel_of
from ...lowering.attention.steps import reduced_channels
from ...lowering.names import ACTIVATION, ATTENTION, ATTENTION_ACTIVATION
from ..comparison import State
from .entries import shape_of
from .forms import attention_of
from .observed_blocks import ObservedBlock
from .reductions import divisors, ratios

_RATIOS = (0.0625, 0.25, 0.125, 0.5)
_DIVISORS = (8, 1)
_REGNET = 0.25
"""RegNet's ratio."""
_KERNEL_DIMENSIONS = 3
"""Of the weight of a convolution over channels."""


@dataclass(frozen=True, slots=True)
class ObservedAttention:
    """The attention of one block."""

    block: ObservedBlock
    kind: str
    """Empty if there is none."""
    channels: int = 0
    """The channels that it scales; 0 if that does not show."""
    reduced: int = 0
    """Channels between its layers; 0 if it does not reduce any."""
    kernel: int = 0
    """Size of its kernel, 0 if there is none."""
    has_prelu: bool = False
    """Whether the activation inside has weights."""
    activated: bool | None = None
    """Whether an activation with weights precedes it; None if activations have no weights."""

    def fits(self, attention: Attention) -> bool:
        """Whether settings yield its shapes."""
        if attention.type != (self.kind or "none"):
            return False
        if not self.kind:
            return True
        settings = ATTENTIONS[self.kind].settings
        channels = self.block.attended if attention.position == "inner" else self.block.out_channels
        reduced = reduced_channels(channels, self.block.in_channels, attention) if "ratio" in settings else 0
        kernel = (attention.kernel or kernel_of(channels)) if "kernel" in settings else 0
        return (
            self.channels in (0, channels)
            and (self.reduced, self.kernel) == (reduced, kernel)
            and ("activation" not in settings or self.has_prelu == (attention.activation == "prelu"))
            and self.activated in (None, attention.position == "activated")
        )


def observed_attention(state: State, block: ObservedBlock, has_prelus: bool) -> ObservedAttention:
    """What a block's entries reveal of its attention.

    Args:
        state: names and shapes.
        block: the block.
        has_prelus: whether the network's activations have weights.

    Raises:
        Unrecognised: an entry has a shape that no attention gives it.
    """
    path = f"{block.name}.{ATTENTION}"
    for name, kind in ATTENTIONS.items():
        entry = f"{path}.{kind.weight}"
        if entry not in state:
            continue
        shape = shape_of(state, entry, _KERNEL_DIMENSIONS if "kernel" in kind.settings else 4)
        reduced, channels, *_ = shape
        return ObservedAttention(
            block,
            name,
            channels=0 if "kernel" in kind.settings else channels,
            reduced=reduced if "ratio" in kind.settings else 0,
            kernel=shape[-1] if "kernel" in kind.settings else 0,
            has_prelu="activation" in kind.settings and f"{path}.{kind.weight.replace('fc1', ACTIVATION)}" in state,
            activated=f"{block.name}.{ATTENTION_ACTIVATION}.weight" in state if has_prelus else None,
        )
    return ObservedAttention(block, "")


def fitting_settings(observed: Sequence[ObservedAttention], *, any_divisor: bool = False) -> Attention | None:
    """Settings that yield the shapes of all of these, which are of one kind; conventional ones if there are several.

    Reduced channels that count the block's input are RegNet's, whose attention is inside of the block.

    Args:
        observed: the attention of some blocks.
        any_divisor: whether others than the usual divisors are tried.
    """
    every = (each for each in _candidates(observed, any_divisor) if all(one.fits(each) for one in observed))
    return next(every, None)


def _candidates(observed: Sequence[ObservedAttention], any_divisor: bool) -> Iterator[Attention]:
    first = observed[0]
    usual = attention_of(first.kind or "none")
    settings = ATTENTIONS[first.kind].settings if first.kind else ()
    if first.has_prelu:
        usual = replace(usual, activation="prelu")
    last = replace(usual, position="activated") if first.activated else usual
    places = (last, replace(usual, position="inner"))
    if "ratio" in settings:
        yield from _reducing(observed, usual, places, any_divisor)
        return
    yield from places
    if "kernel" in settings:
        kernels = dict.fromkeys(each.kernel for each in observed)
        yield from (replace(place, kernel=kernel) for kernel in kernels for place in places)


def _reducing(
    observed: Sequence[ObservedAttention], usual: Attention, places: Sequence[Attention], any_divisor: bool
) -> Iterator[Attention]:
    """Settings of a kind that reduces channels: usual ratios and divisors first, those of RegNet among them."""
    regnet = [replace(place, of="input", divisor=1, ratio=_REGNET) for place in reversed(places)]
    few = [*dict.fromkeys((usual.divisor, *_DIVISORS))]
    for base in (*places, *regnet):
        for divisor in dict.fromkeys((base.divisor, *few)):
            for ratio in dict.fromkeys((base.ratio, *_RATIOS)):
                yield replace(base, divisor=divisor, ratio=ratio)
    exact = [*divisors({each.reduced for each in observed})] if any_divisor else few
    for base in (*places, *regnet):
        pairs = [(each.channels if base.of == "own" else each.block.in_channels, each.reduced) for each in observed]
        for divisor in exact:
            yield from (replace(base, divisor=divisor, ratio=ratio) for ratio in ratios(pairs, divisor))
