"""What was measured, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median, quantiles

from .settings import Settings


@dataclass(frozen=True, slots=True)
class Measurement:
    """One network, run by one runtime."""

    name: str
    """The network's, with where it is from if others have the same."""
    runtime: str
    parameters: int
    macs: int
    """Of one image."""
    milliseconds: tuple[float, ...]
    """Of each pass, in the order in which they were made."""
    peak_memory: int | None
    """Bytes that its process took at most for weights and passes; those of the card where there is one; None where the
    system does not say."""

    @property
    def median(self) -> float:
        """Milliseconds of a pass."""
        return median(self.milliseconds)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The milliseconds that a quarter of the passes stay below, and those that a quarter exceed."""
        if len(self.milliseconds) == 1:
            return self.median, self.median
        first, _, third = quantiles(self.milliseconds, n=4, method="inclusive")
        return first, third

    def relative_to(self, other: "Measurement") -> float:
        """The median of the ratios of each pass to the other's of the same round."""
        return median(one / theirs for one, theirs in zip(self.milliseconds, other.milliseconds, strict=True))


@dataclass(frozen=True, slots=True)
class Machine:
    """What ran the networks."""

    device: str
    """The name of the processor or the card."""
    threads: int
    """Those that torch takes on a processor."""
    versions: Mapping[str, str]
    """Of the packages that ran the networks."""


@dataclass(frozen=True)
class Results:
    """Networks side by side."""

    settings: Settings
    machine: Machine
    measurements: tuple[Measurement, ...]
