"""Compares the names and shapes of a checkpoint with those of a network."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..graph.shapes import Shape
from ..lowering.names import CLASSIFIER

State = Mapping[str, Shape]
"""Name and shape of every entry of a `state_dict`."""

_COUNTER = "num_batches_tracked"
"""Batch norm entry that checkpoints from before PyTorch 0.4.1 lack and that nothing depends on."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the entries of a checkpoint differ from those of a network."""

    agreeing: tuple[str, ...]
    missing: tuple[str, ...]
    """In the network, not in the checkpoint."""
    unexpected: tuple[str, ...]
    """In the checkpoint, not in the network."""
    reshaped: tuple[str, ...]
    """In both, with different shapes."""

    @property
    def differing(self) -> tuple[str, ...]:
        return (*self.missing, *self.unexpected, *self.reshaped)

    @property
    def is_equal(self) -> bool:
        return not self.differing

    @property
    def lacks_only(self) -> bool:
        """Whether the checkpoint only lacks entries, and those that it has agree."""
        return bool(self.missing) and not self.unexpected and not self.reshaped

    @property
    def total(self) -> int:
        return len(self.agreeing) + len(self.differing)

    @property
    def differs_in_classifier_only(self) -> bool:
        """Whether only the classifier differs: in shape, or because one side lacks it."""
        return bool(self.differing) and all(name.startswith(f"{CLASSIFIER}.") for name in self.differing)


def compare(network: State, checkpoint: State) -> Comparison:
    """Compare all entries, in the order of the network and then of the checkpoint."""
    shared = [name for name in network if name in checkpoint]
    return Comparison(
        agreeing=tuple(name for name in shared if network[name] == checkpoint[name]),
        missing=tuple(name for name in network if name not in checkpoint and not name.endswith(_COUNTER)),
        unexpected=tuple(name for name in checkpoint if name not in network),
        reshaped=tuple(name for name in shared if network[name] != checkpoint[name]),
    )
