"""Figures that follow from a network's graph alone, without building it."""

from .memory_needs import OPTIMIZERS, Memory, Optimizer, largest_batch, memory
from .receptive_field import ReceptiveField, receptive_field

__all__ = ["OPTIMIZERS", "Memory", "Optimizer", "ReceptiveField", "largest_batch", "memory", "receptive_field"]
