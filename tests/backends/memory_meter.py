"""Measures what tensors a built network keeps: with hooks of saved tensors, and by the lives of their storages."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def saved_bytes(module: nn.Module, x: Tensor, *, autocast: bool = False) -> int:
    """Bytes of the storages that a training pass saves, each once, without those of parameters and buffers."""
    own = {each.untyped_storage()._cdata for each in (*module.parameters(), *module.buffers())}
    storages = {}

    def pack(tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            storages[storage._cdata] = storage  # kept, so that no other takes its place

    # No tensor is kept for a backward pass: one that its own operation saves would never be freed.
    hooks = torch.autograd.graph.saved_tensors_hooks(pack, lambda _: torch.empty(0))
    with hooks, torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        output = module.train()(x)
    assert all(each.requires_grad for each in tree_leaves(output))
    return sum(storage.nbytes() for storage in storages.values())


_reference: Any = StorageWeakRef


class _Lives(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """The most bytes of storages that are alive at once after any operation."""

    def __init__(self, x: Tensor, own: set[int]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._own = own
        self._alive: dict[int, tuple[Any, int]] = {}
        self._note(x)
        self.peak: int = x.untyped_storage().nbytes()

    def _note(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in self._own | self._alive.keys():
            self._alive[storage._cdata] = (_reference(storage), storage.nbytes())

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self._alive = {key: each for key, each in self._alive.items() if not each[0].expired()}
        output = func(*args, **(kwargs or {}))
        self._alive = {key: each for key, each in self._alive.items() if not each[0].expired()}
        for tensor in tree_leaves(output):
            if isinstance(tensor, Tensor):
                self._note(tensor)
        self.peak = max(self.peak, sum(size for _, size in self._alive.values()))
        return output


def peak_bytes(module: nn.Module, x: Tensor) -> int:
    """The most bytes of storages alive at once in evaluation, without those of parameters and buffers."""
    own = {each.untyped_storage()._cdata for each in (*module.parameters(), *module.buffers())}
    with torch.no_grad(), _Lives(x, own) as lives:
        module.eval()(x)
    peak: int = lives.peak
    return peak
