"""Weights whose names mean what a network has, where their library gives one name to layers of two kinds."""

from dataclasses import replace

from ..checkpoint import Checkpoint
from ..comparison import State, compare


def read_for(network: State, checkpoint: Checkpoint) -> Checkpoint:
    """The weights, read so that they are the network's if they can be.

    Args:
        network: names and shapes of its entries.
        checkpoint: weights that were read as those of a usual network of their library.
    """
    state = checkpoint.state
    if checkpoint.dialect is None or _is_of(network, state):
        return checkpoint
    for reading in checkpoint.dialect.other_readings(state):
        parts = {reading.get(name, name): part for name, part in checkpoint.parts.items()}
        names = {reading.get(name, name): theirs for name, theirs in checkpoint.names.items()}
        reread = replace(checkpoint, parts=parts, names=names)
        if _is_of(network, reread.state):
            return reread
    return checkpoint


def _is_of(network: State, state: State) -> bool:
    """Whether the entries are the network's, but for the classifier."""
    comparison = compare(network, state)
    return comparison.is_equal or comparison.differs_in_classifier_only
