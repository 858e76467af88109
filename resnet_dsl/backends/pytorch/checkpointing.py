"""Gradient checkpointing: a module's forward pass is run again for its backward pass."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint


def checkpointed(module: nn.Module, function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """What the function returns, of whose work only its input is kept for the backward pass (Chen et al. 2016).

    Random numbers are the same the second time, and the module's running statistics count the batch once.
    """

    def contexts() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        return nullcontext(), _unchanged_buffers(module)

    options: Any = {} if torch.compiler.is_compiling() else {"context_fn": contexts}  # torch.compile does both itself
    output: Tensor = checkpoint(function, x, use_reentrant=False, **options)
    return output


@contextmanager
def _unchanged_buffers(module: nn.Module) -> Iterator[None]:
    """Gives the module's buffers their values back afterwards."""
    kept = [(buffer, buffer.clone()) for buffer in module.buffers()]
    try:
        yield
    finally:
        with torch.no_grad():
            for buffer, value in kept:
                buffer.copy_(value)
