"""How much memory training and evaluation need, and the largest batch that fits."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import index
from typing import Literal, TypeAlias, get_args

from ..graph.graph import Graph
from .inference import inference_peak
from .saved_tensors import FLOAT32, saved_for_backward

Optimizer: TypeAlias = Literal["sgd", "momentum", "adam", "adamw"]
OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)

_STATES: Mapping[Optimizer, int] = {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}
"""How many numbers an optimizer keeps for each parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a network takes, in bytes, for a batch of this size."""

    batch_size: int
    saved_for_backward: int
    """What a training pass keeps for the gradients: the tensors that autograd saves, each memory once."""
    inference_peak: int
    """All tensors that are alive at once in evaluation, in float32, with the input; parameters aside."""
    parameters: int
    gradients: int
    optimizer: int
    """The optimizer's state."""

    @property
    def training(self) -> int:
        """All that a training step holds: parameters, gradients, the optimizer's state, and what backward needs."""
        return self.parameters + self.gradients + self.optimizer + self.saved_for_backward


def memory(graph: Graph, batch_size: int = 1, *, optimizer: Optimizer = "sgd", autocast: bool = False) -> Memory:
    """How much memory a network takes, from the graph alone.

    `saved_for_backward` is to the byte what `torch.autograd.graph.saved_tensors_hooks` sees in a training pass on the
    CPU: each storage once, inputs, pooling indices and statistics of norms included, the module's own parameters and
    buffers not. `inference_peak` is the most bytes of storages that are alive after any operation of PyTorch, in
    evaluation without gradients. What a kernel needs for itself, and what an allocator rounds up, come on top.

    >>> import resnet_dsl
    >>> from resnet_dsl.analysis import memory
    >>> memory(resnet_dsl.lower("resnet50"), 64, optimizer="momentum").parameters
    102228128

    Args:
        graph: the network.
        batch_size: how many inputs are taken at once.
        optimizer: `"sgd"` keeps nothing for each parameter, `"momentum"` one number, `"adam"` and `"adamw"` two.
        autocast: whether training runs under `torch.autocast` in bfloat16. Then convolutions, linear layers and PReLUs
            keep casts of their inputs and weights; parameters, gradients and the optimizer's state stay in float32.

    Raises:
        TypeError: the batch size is not an integer.
        ValueError: the batch size is below 1, or there is no such optimizer.
    """
    if optimizer not in _STATES:
        raise ValueError(
            f"unknown optimizer `{optimizer}`: optimizers are {', '.join(f'`{name}`' for name in _STATES)}"
        )
    weights = FLOAT32 * graph.parameters
    return Memory(
        batch_size=batch_size,
        saved_for_backward=sum(saved_for_backward(graph, batch_size, autocast=autocast).values()),
        inference_peak=inference_peak(graph, batch_size),
        parameters=weights,
        gradients=weights,
        optimizer=_STATES[optimizer] * weights,
    )


def largest_batch(graph: Graph, capacity: int, *, optimizer: Optimizer = "sgd", autocast: bool = False) -> int:
    """The largest batch for which `memory(…).training` is at most `capacity` bytes; 0 if there is none.

    Raises:
        TypeError: the capacity is not an integer.
        ValueError: there is no such optimizer.
    """
    one, two = (
        memory(graph, batch, optimizer=optimizer, autocast=autocast).training for batch in (1, 2)
    )  # and so on: what is kept grows by as much for every further input
    return max(0, 1 + (index(capacity) - one) // (two - one))
