"""Which entries of a network start from a checkpoint's, and which start afresh."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ...lowering.names import IN_BLOCK, STEM_CONVOLUTION
from ..comparison import State, compare

RGB = 3
"""Input channels of weights that can be adapted to any other number; those to one channel can have any number."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a network takes the weights of a checkpoint."""

    loaded: tuple[str, ...]
    """Entries that are taken as they are."""
    adapted: str = ""
    """The weight of the first convolution, if it is taken for another number of input channels."""
    fresh: tuple[str, ...] = ()
    """Blocks, and layers elsewhere, that start afresh."""
    unused: tuple[str, ...] = ()
    """Blocks, and layers elsewhere, of the checkpoint that are not taken."""


def fit(network: State, checkpoint: State, *, may_replace_classifier: bool, is_partial: bool) -> Fit | None:
    """How the network takes the weights; None if they are another network's.

    Args:
        network: names and shapes of its entries.
        checkpoint: those of the weights.
        may_replace_classifier: a classifier of another shape starts afresh.
        is_partial: so does every block, and every layer elsewhere, that the checkpoint lacks or has in another shape.
    """
    adapted = _adapted(network, checkpoint)
    comparison = compare(network, {**checkpoint, adapted: network[adapted]} if adapted else checkpoint)
    differing = {_unit(name) for name in comparison.differing}
    is_fitting = comparison.is_equal or (may_replace_classifier and comparison.differs_in_classifier_only)
    loaded = tuple(name for name in comparison.agreeing if _unit(name) not in differing and name != adapted)
    if not is_fitting and not (is_partial and any(map(IN_BLOCK.match, loaded))):
        return None
    fresh = _units(name for name in network if _unit(name) in differing)
    return Fit(
        loaded=loaded,
        adapted="" if _unit(adapted) in differing else adapted,
        fresh=fresh,
        unused=_units(name for name in comparison.unexpected if _unit(name) not in fresh),
    )


def _adapted(network: State, checkpoint: State) -> str:
    """The weight of the first convolution, if it differs in the number of input channels and can be adapted."""
    name = next((name for name in network if STEM_CONVOLUTION.fullmatch(name)), "")
    ours, theirs = network.get(name, ()), checkpoint.get(name, ())
    is_same_otherwise = len(ours) == len(theirs) == 4 and (*ours[:1], *ours[2:]) == (*theirs[:1], *theirs[2:])
    return name if is_same_otherwise and ours[1] != theirs[1] and (ours[1] == 1 or theirs[1] == RGB) else ""


def adaptation_notes(found: Fit, network: State, checkpoint: State) -> tuple[str, ...]:
    """How the weight of the first convolution was adapted, in a clause, if it was and the network has it."""
    if found.adapted not in network:
        return ()
    ours, theirs = network[found.adapted][1], checkpoint[found.adapted][1]
    how = "summed into" if ours == 1 else "repeated and scaled to"
    return (f"the {theirs} input channels of `{found.adapted.removesuffix('.weight')}` were {how} {ours}",)


def _unit(name: str) -> str:
    """The block that an entry is in, or else its layer: what is taken as a whole or not at all."""
    match = IN_BLOCK.match(name)
    return match[0].rstrip(".") if match else name.rpartition(".")[0]


def _units(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_unit, names)))


def listed(units: Iterable[str]) -> str:
    """Blocks and layers in a sentence, consecutive blocks of a stage as one: `layer3.6` to `layer3.22`, `fc`."""

    def ranges() -> Iterator[str]:
        for _, group in groupby(enumerate(units), key=_run):
            first, *_, last = [unit for _, unit in group] * 2
            yield f"`{first}`" if first == last else f"`{first}` to `{last}`"

    return ", ".join(ranges())


def _run(item: tuple[int, str]) -> tuple[str, int]:
    """The same for consecutive blocks of a stage."""
    position, unit = item
    stage, _, number = unit.rpartition(".")
    return (stage, int(number) - position) if number.isdigit() and stage else (unit, -1)
