"""Figures that follow from a network's graph alone, without building it."""

from .memory_needs import OPTIMIZERS, Memory, Optimizer, largest_batch, memory

__all__ = ["OPTIMIZERS", "Memory", "Optimizer", "largest_batch", "memory"]
